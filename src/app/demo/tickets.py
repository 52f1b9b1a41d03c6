"""Support tickets: the everyday ones are drawn, those the story turns on are planned.

Everyday tickets of P1 and P2 are solved within two days, so that only planned ones ever grow old.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from app.demo.customers import Customer
from app.demo.story import PlannedTicket
from app.demo.subjects import SUBJECTS
from app.domain.ticket import Priority, Ticket, TicketStatus

FIRST_NUMBER = 20418

_PRIORITIES = (Priority.P1, Priority.P2, Priority.P3, Priority.P4)
_WEIGHTS = (3, 17, 52, 28)
_HOURS_TO_SOLVE = {
    Priority.P1: (2, 20),
    Priority.P2: (4, 38),
    Priority.P3: (8, 190),
    Priority.P4: (24, 300),
}
_WITHOUT_PRIORITY = 0.06
"""Share of tickets that came by mail and were never given one."""
_RATED = 0.35
_REOPENED = 0.03
_MAX_DRAWN_OPEN = 3
"""So many everyday tickets may still be open today."""


def tickets_of(customer: Customer, known_until: datetime) -> Iterator[Ticket]:
    """In no order, without numbers; what happened after `known_until` is not known."""
    rng = customer.rng("tickets")
    for planned in customer.story.trouble:
        yield _as_known(_planned(customer, planned, rng), known_until)
    drawn = (_as_known(ticket, known_until) for ticket in _drawn(customer, rng))
    still_open = 0
    for ticket in drawn:
        still_open += ticket.resolved_at is None
        if ticket.created_at < known_until and (
            ticket.resolved_at is not None or still_open <= _MAX_DRAWN_OPEN
        ):
            yield ticket


def numbered(tickets: Iterable[Ticket], prefix: str) -> tuple[Ticket, ...]:
    """The tickets in order of creation, numbered upwards as a help desk does."""
    in_order = sorted(tickets, key=lambda t: (t.created_at, t.account_id, t.subject))
    return tuple(
        replace(ticket, ticket_id=f"{prefix}-{FIRST_NUMBER + number}")
        for number, ticket in enumerate(in_order)
    )


def _planned(customer: Customer, plan: PlannedTicket, rng: Random) -> Ticket:
    moment = customer.calendar.moment
    resolved_at = None if plan.resolved is None else moment(plan.resolved, plan.minutes)
    return Ticket(
        ticket_id="",
        account_id=customer.account_id,
        status=TicketStatus.OPEN if resolved_at is None else TicketStatus.RESOLVED,
        created_at=moment(plan.opened, plan.minutes),
        priority=plan.priority,
        resolved_at=resolved_at,
        updated_at=resolved_at or moment(plan.opened, min(plan.minutes + 100, 1439)),
        subject=plan.text,
        component=plan.component,
        reopened=plan.reopened,
        escalated=plan.escalated,
        csat=_rating(customer, rng) if resolved_at is not None else None,
        mapped_by="kayako-organization",
    )


def _drawn(customer: Customer, rng: Random) -> Iterator[Ticket]:
    a_day = customer.story.tickets_a_month / 30 * 7 / 5
    for age in range(customer.first_age, 0, -1):
        is_weekend = customer.calendar.day(age).weekday() > 4
        if rng.random() >= a_day or is_weekend:
            continue
        priority = rng.choices(_PRIORITIES, _WEIGHTS)[0]
        subject = rng.choice(SUBJECTS[priority])
        created_at = customer.calendar.moment(age, rng.randrange(7 * 60, 18 * 60))
        resolved_at = created_at + timedelta(minutes=60 * rng.uniform(*_HOURS_TO_SOLVE[priority]))
        resolved_at = resolved_at.replace(second=0, microsecond=0)
        given = None if rng.random() < _WITHOUT_PRIORITY else priority
        yield Ticket(
            ticket_id="",
            account_id=customer.account_id,
            status=TicketStatus.CLOSED if age > 30 else TicketStatus.RESOLVED,
            created_at=created_at,
            priority=given,
            resolved_at=resolved_at,
            updated_at=resolved_at,
            subject=subject.text.format_map(customer.places(rng)),
            component=subject.component,
            reopened=rng.random() < _REOPENED,
            csat=_rating(customer, rng),
            mapped_by="kayako-organization",
        )


def _rating(customer: Customer, rng: Random) -> int | None:
    rating = rng.choice(customer.story.csat)
    return rating if rng.random() < _RATED else None


def _as_known(ticket: Ticket, known_until: datetime) -> Ticket:
    """The ticket as its source last told it: one that is solved later is still open."""
    if ticket.resolved_at is None or ticket.resolved_at <= known_until:
        return ticket
    waits = ticket.priority in (Priority.P3, Priority.P4)
    return replace(
        ticket,
        status=TicketStatus.PENDING if waits else TicketStatus.OPEN,
        resolved_at=None,
        updated_at=ticket.created_at + timedelta(minutes=45),
        csat=None,
    )
