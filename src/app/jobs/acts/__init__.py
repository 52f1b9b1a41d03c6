"""What people do about their accounts: one thing in one transaction, with a line in the log."""
