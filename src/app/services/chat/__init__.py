"""Alerts into the chat programs that reps have open."""
