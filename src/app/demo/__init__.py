"""A made-up book of business with a year of history, made from a seed. No real firm or person."""
