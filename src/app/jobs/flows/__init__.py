"""The few shapes of flow that Tend runs: scan, then act."""
