"""Tend: looks after a software company's customers once they have bought."""

__version__ = "0.1.0"
