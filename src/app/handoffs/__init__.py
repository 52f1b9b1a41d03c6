"""What agents hand to each other: the payloads and how strictly they are checked."""
