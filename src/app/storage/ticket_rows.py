"""Tickets read by the hundred thousand: raw columns, made into facts with few calls."""

from __future__ import annotations

from typing import TypeAlias

from sqlalchemy import BigInteger, ColumnElement, Integer, Text, type_coerce

from app.domain.ticket import OPEN_STATUSES, Priority, Ticket, TicketStatus
from app.storage.fact_tables import tickets
from app.storage.types import moment_of

OpenTicketRow: TypeAlias = tuple[
    str, str, str, int, str | None, int | None, str, str, int, int, int | None, str
]

OPEN_TICKET_COLUMNS: tuple[ColumnElement[str | int], ...] = (
    tickets.c.ticket_id,
    tickets.c.account_id,
    type_coerce(tickets.c.status, Text),
    type_coerce(tickets.c.created_at, BigInteger),
    type_coerce(tickets.c.priority, Text),
    type_coerce(tickets.c.updated_at, BigInteger),
    tickets.c.subject,
    tickets.c.component,
    type_coerce(tickets.c.reopened, Integer),
    type_coerce(tickets.c.escalated, Integer),
    tickets.c.csat,
    tickets.c.mapped_by,
)

_AS_OPEN = {
    status.value: status if status in OPEN_STATUSES else TicketStatus.OPEN
    for status in TicketStatus
}
_PRIORITIES = {priority.value: priority for priority in Priority}


def open_ticket_of(row: OpenTicketRow, now: int) -> Ticket:
    """A ticket that was open at `now` (microseconds), as it was then, later words unknown."""
    (
        ticket_id,
        account_id,
        status,
        created,
        priority,
        updated,
        subject,
        component,
        reopened,
        escalated,
        csat,
        mapped_by,
    ) = row
    return Ticket(
        ticket_id=ticket_id,
        account_id=account_id,
        status=_AS_OPEN[status],
        created_at=moment_of(created),
        priority=None if priority is None else _PRIORITIES[priority],
        updated_at=None if updated is None or updated > now else moment_of(updated),
        subject=subject,
        component=component,
        reopened=reopened == 1,
        escalated=escalated == 1,
        csat=csat,
        mapped_by=mapped_by,
    )
