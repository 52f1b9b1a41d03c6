"""What the CSM needs of others, each as narrow as it is used."""

from __future__ import annotations

from typing import Protocol

from app.agents.customer_success.readings import ScannedBook
from app.agents.customer_success.schemas import CSMResult, CSMTask
from app.domain.told import Told


class BookReader(Protocol):
    """One tenant's whole book at once, beside the dossiers. Every method raises ServiceError."""

    async def book(self) -> ScannedBook:
        """Every active account, in bulk."""
        ...

    async def alerted(self, account_id: str) -> Told | None:
        """What the account's last scan told people of it; None: it raised nothing."""
        ...


class TaskFlows(Protocol):
    """Where a task's flow runs."""

    async def run(self, task: CSMTask) -> CSMResult:
        """Run the task's flow to its end and return what became of it.

        Asked twice for the same work it is done once. Raises AppError when it could not be done.
        """
        ...
