"""Open tickets as the TAM asks for them, read from the store.

The counterpart of `TicketClient`, which reads them from Notion; it knows no score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.agents.technical_account_manager.schemas import TicketSummary
from app.clock import Clock, days_between
from app.domain.ticket import URGENT, Priority, Ticket
from app.ports.store import Store, Unit

PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreTickets:
    """`TicketReader` of one tenant on the store.

    A priority that the source did not give counts as the tenant's default. Tickets without an
    account wait on the list of unresolved ones and are nobody's here.
    """

    store: Store
    tenant_id: str
    clock: Clock

    async def get_open_tickets(self, account_id: str) -> Sequence[TicketSummary]:
        """One account's open tickets, newest first."""
        return await self._of(account_id)

    async def get_p1_p2_tickets(self, account_id: str) -> Sequence[TicketSummary]:
        """One account's open P1 and P2 tickets, oldest first."""
        urgent = [ticket for ticket in await self._of(account_id) if ticket.priority in URGENT]
        return sorted(urgent, key=_age)

    async def get_ticket_count_by_account(self, account_id: str) -> int:
        """How many open tickets one account has."""
        return len(await self._of(account_id))

    async def get_open_tickets_by_account(self) -> Mapping[str, Sequence[TicketSummary]]:
        """All open tickets, newest first, by account id; accounts without any are left out."""
        by_account: dict[str, list[TicketSummary]] = {}
        for ticket in await self._read(""):
            by_account.setdefault(ticket.account_id, []).append(ticket)
        return by_account

    async def _of(self, account_id: str) -> Sequence[TicketSummary]:
        return await self._read(account_id) if account_id else ()

    async def _read(self, account_id: str) -> Sequence[TicketSummary]:
        """Newest first, of one account; empty: of all."""
        now = self.clock()

        def read(unit: Unit) -> Sequence[TicketSummary]:
            default = unit.tenant.settings().settings.default_priority
            found: list[TicketSummary] = []
            after = ""
            while page := unit.book.open_tickets(after=after, limit=PAGE, account_id=account_id):
                found += [_summary(ticket, default, now) for ticket in page]
                after = page[-1].ticket_id
            return sorted(found, key=_age, reverse=True)

        return await self.store.read(self.tenant_id, read)


def _age(ticket: TicketSummary) -> tuple[datetime, str]:
    return ticket.created_at, ticket.ticket_id


def _summary(ticket: Ticket, default: Priority, now: datetime) -> TicketSummary:
    return TicketSummary(
        ticket_id=ticket.ticket_id,
        account_id=ticket.account_id,
        priority=ticket.priority or default,
        status=ticket.status,
        created_at=ticket.created_at,
        age_days=max(days_between(ticket.created_at, now), 0.0),
        subject=ticket.subject,
    )
