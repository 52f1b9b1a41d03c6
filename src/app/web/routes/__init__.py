"""What may be asked over HTTP, one module a subject."""
