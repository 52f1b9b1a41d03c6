"""Words that can be trusted: what a text may speak of, and the checks that hold it to that."""
