"""What the TAM needs of others, each as narrow as it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.agents.technical_account_manager.readings import ScannedBook
from app.agents.technical_account_manager.schemas import TAMResult, TAMTask, TicketSummary
from app.domain.told import Told


class BookReader(Protocol):
    """One tenant's whole book at once, beside the dossiers. Every method raises ServiceError."""

    async def book(self) -> ScannedBook:
        """Every active account, in bulk."""
        ...

    async def escalated_accounts(self) -> Sequence[str]:
        """The active accounts with a live technical escalation, by id."""
        ...

    async def escalation(self, account_id: str) -> Told | None:
        """What the account's last scan told people of it; None: it raised nothing."""
        ...


class TicketReader(Protocol):
    """Open tickets (status open or pending) of one tenant. Every method raises ServiceError."""

    async def get_open_tickets(self, account_id: str) -> Sequence[TicketSummary]:
        """One account's open tickets, newest first."""
        ...

    async def get_p1_p2_tickets(self, account_id: str) -> Sequence[TicketSummary]:
        """One account's open P1 and P2 tickets, oldest first."""
        ...

    async def get_ticket_count_by_account(self, account_id: str) -> int:
        """How many open tickets one account has."""
        ...

    async def get_open_tickets_by_account(self) -> Mapping[str, Sequence[TicketSummary]]:
        """All open tickets, newest first, by account id; accounts without any are left out."""
        ...


class TaskFlows(Protocol):
    """Where a task's flow runs."""

    async def run(self, task: TAMTask) -> TAMResult:
        """Run the task's flow to its end and return what became of it.

        Asked twice for the same work it is done once. Raises AppError when it could not be done.
        """
        ...
