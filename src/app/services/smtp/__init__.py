"""Mail to our own reps, by SMTP."""
