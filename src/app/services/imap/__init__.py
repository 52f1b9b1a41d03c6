"""Drafts in mailboxes that are reached by IMAP."""
