"""Notion made ready: which databases are ours, how their columns map, what is missing or drifted.

- `schema`: databases and columns as Notion shows them; `address`: ids from what people paste.
- `matching` and `fitness` decide: which column of theirs is which of ours, and what becomes of it.
- `candidates` looks for databases, `sampling` at their rows, `making` makes what is missing.
- `drift` compares what is remembered with what is there; `checking` asks Notion for it.
"""
