"""A real model, though a small one, writes drafts for the made-up book; nothing bad may pass."""
