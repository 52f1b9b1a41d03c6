"""Events between agents: their shape, and the buses that carry them."""
