"""What each page of the dashboard shows: read in one transaction, within what its viewer may see."""
