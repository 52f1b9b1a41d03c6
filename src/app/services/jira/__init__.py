"""Jira: what settings say of it, and the few calls besides the list of issues."""
