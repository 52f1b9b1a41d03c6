"""Deals: what the CRM says of accounts. It is context for words and for the order of work."""
