"""What the dashboard's pages cost over a large book, and how they look."""
