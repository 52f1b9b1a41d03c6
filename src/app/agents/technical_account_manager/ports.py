"""What the TAM needs of others, each as narrow as it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.agents.technical_account_manager.schemas import TAMResult, TAMTask, TicketSummary


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckinTurn:
    """When an account was last checked in with, and how often it wants to be."""

    account_id: str
    interval_days: int | None = None
    """The account's own "Check-in Interval"; None: the 1st of each month."""
    last_checkin_on: date | None = None
    """None: never."""


class ScheduledWork(Protocol):
    """What a schedule starts, by tenant and local day; a slot asked for twice is done once."""

    async def daily_health_scan(self, tenant_id: str, day: date) -> None:
        """Scan all active accounts for this day."""
        ...

    async def checkin_turns(self, tenant_id: str) -> Sequence[CheckinTurn]:
        """The turn of every active account."""
        ...

    async def health_checkin(self, tenant_id: str, account_id: str, day: date) -> None:
        """Draft this account's check-in of this day."""
        ...
