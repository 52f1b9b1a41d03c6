"""What the Sales Agent needs of others, each as narrow as it is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.agents.sales.schemas import SalesResult, SalesTask


class OpportunityBook(Protocol):
    """One tenant's opportunities over all accounts. Raises ServiceError."""

    async def accounts_waiting(self) -> Sequence[str]:
        """The accounts with room to grow that was handed to Sales and not taken up, by id."""
        ...


class TaskFlows(Protocol):
    """Where a task's flow runs."""

    async def run(self, task: SalesTask) -> SalesResult:
        """Run the task's flow to its end and return what became of it.

        Asked twice for the same work it is done once. Raises AppError when it could not be done.
        """
        ...
