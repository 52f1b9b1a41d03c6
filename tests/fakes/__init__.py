"""Hand-written stand-ins for what a port leads to, asserted on by their state."""
