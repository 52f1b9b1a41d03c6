"""The CRM: the port that readers of it share, and one module for each system."""
