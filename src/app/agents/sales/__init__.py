"""The Sales Agent: the receiving side of opportunities and escalations.

Its schemas are exported here too.
"""

from app.agents.sales.schemas import SalesResult, SalesTask

__all__ = ["SalesResult", "SalesTask"]
