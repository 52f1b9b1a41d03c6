"""Tickets that were closed though their source did not say so: why, when, and whose they were.

Of what a source is and how it is read it knows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.ticket import Ticket
from app.domain.ticket_source import SourceTicket
from app.ports.store import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedTicket:
    """A ticket that is gone, moved or merged."""

    ticket_id: str
    feed: str
    reason: str
    ended_at: datetime
    """When it was closed; of one that never had an account, when its source last told of it."""
    account_id: str = ""
    """Empty: it never had one."""
    subject: str = ""


def ended_tickets(unit: Unit) -> tuple[EndedTicket, ...]:
    """All of them, the last first."""
    ended = unit.sources.ended()
    stored = unit.book.tickets([one.ticket_id for one in ended])
    told = [_told(one, stored.get(one.ticket_id)) for one in ended]
    return tuple(sorted(told, key=lambda one: one.ended_at, reverse=True))


def _told(ended: SourceTicket, ticket: Ticket | None) -> EndedTicket:
    return EndedTicket(
        ticket_id=ended.ticket_id,
        feed=ended.feed,
        reason=ended.ended,
        ended_at=(ticket and ticket.resolved_at) or ended.updated_at,
        account_id="" if ticket is None else ticket.account_id,
        subject="" if ticket is None else ticket.subject,
    )
