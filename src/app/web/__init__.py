"""Tend over HTTP."""
