"""The facts and rules that everybody speaks of. Imports nothing of Tend's but errors and clock."""
