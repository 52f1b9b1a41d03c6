"""What each page of the dashboard shows, read in one transaction within its viewer's sight."""
