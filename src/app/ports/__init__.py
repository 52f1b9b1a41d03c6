"""The protocols that cross layers, each with its promise written out."""
