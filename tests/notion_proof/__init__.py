"""Holds the Notion test server against recorded traffic of the real API."""
