"""An account's tickets: the open ones, those closed lately, and what a factor of a score rests on.

Their words are anybody's text and are shown as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.assessment import Agent, LedgerRow
from app.domain.feed import FactKind
from app.domain.ticket import OPEN_STATUSES, URGENT, Priority, Ticket
from app.domain.unread import Unread
from app.jobs.feed_views import feeds_at
from app.jobs.pages.account_asked import AccountAsked
from app.ports.account_sheet import TicketCounts
from app.ports.store import Unit

CLOSED_SINCE = timedelta(days=180)
MOST_OPEN, CLOSED_A_PAGE = 200, 50
_TICKET = "ticket:"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """One ticket as it is listed."""

    ticket: Ticket
    priority: Priority
    is_assumed: bool
    """The source gave no priority: it counts as the tenant's default."""
    age: timedelta
    """Since it came; of a closed one, how long it took."""
    is_open: bool
    is_over: bool
    """Open, urgent and older than the tenant's limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorTickets:
    """What one factor of a score rests on."""

    agent: Agent
    row: LedgerRow
    as_of: datetime
    """When its ledger was last written."""
    lines: tuple[TicketLine, ...]
    gone: tuple[str, ...]
    """Tickets that it names and that are no longer this account's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsView:
    """The view."""

    still_open: tuple[TicketLine, ...]
    closed: tuple[TicketLine, ...]
    counts: TicketCounts
    page: int
    pages: int
    factor: FactorTickets | None
    """None: no factor was asked for, or none of that name rests on single tickets. Where there is
    one, `still_open` and `closed` are left out."""
    matched_by: tuple[str, ...]
    """The rules that tied them to this account, such as `component`."""
    limit_days: float
    """From then on an urgent ticket costs points."""
    feeds: tuple[str, ...]
    """Who brings its tickets; empty: nobody does."""
    trouble: str
    """Why their word cannot be trusted now; empty: it can."""
    unread: tuple[Unread, ...]
    """Sources in trouble that never had any of its tickets."""


def tickets_view(unit: Unit, asked: AccountAsked) -> TicketsView:
    """The account's tickets; `factor` in the address asks for what that factor rests on."""
    account_id, name = asked.account_id, asked.word("factor")
    feeds = feeds_at(unit, asked.now, account_id)
    counts = unit.sheet.ticket_counts(account_id, since=asked.now - CLOSED_SINCE)
    factor = _factor(unit, asked, name) if name else None
    pages = max(-(-counts.closed // CLOSED_A_PAGE), 1)
    page = min(asked.number("page"), pages)
    still_open, closed = ((), ()) if factor else _lists(unit, asked, page)
    return TicketsView(
        still_open=still_open,
        closed=closed,
        counts=counts,
        page=page,
        pages=pages,
        factor=factor,
        matched_by=_rules((*still_open, *closed, *(factor.lines if factor else ()))),
        limit_days=asked.settings.tam.p1_p2_age_threshold_days,
        feeds=tuple(one.name for one in feeds.speaking_for(account_id, FactKind.TICKETS)),
        trouble=feeds.trouble_for(account_id, [FactKind.TICKETS]) or "",
        unread=feeds.unread_for(account_id),
    )


def _lists(
    unit: Unit, asked: AccountAsked, page: int
) -> tuple[tuple[TicketLine, ...], tuple[TicketLine, ...]]:
    still_open = unit.sheet.open_tickets(
        asked.account_id, default_priority=asked.settings.default_priority, most=MOST_OPEN
    )
    closed = unit.sheet.closed_tickets(
        asked.account_id,
        since=asked.now - CLOSED_SINCE,
        most=CLOSED_A_PAGE,
        skip=(page - 1) * CLOSED_A_PAGE,
    )
    return (
        tuple(_line(ticket, asked) for ticket in still_open),
        tuple(_line(ticket, asked) for ticket in closed),
    )


def _factor(unit: Unit, asked: AccountAsked, name: str) -> FactorTickets | None:
    for agent, kept in unit.one_account.ledgers(asked.account_id, most=1).items():
        for row in kept[0].ledger or ():
            named = any(source.startswith(_TICKET) for source in row.sources)
            if row.factor == name and named:
                return _rests_on(unit, asked, agent, row, kept[0].taken_at)
    return None


def _rests_on(
    unit: Unit, asked: AccountAsked, agent: Agent, row: LedgerRow, as_of: datetime
) -> FactorTickets:
    named = [one.removeprefix(_TICKET) for one in row.sources if one.startswith(_TICKET)]
    found = unit.sheet.tickets_named(asked.account_id, named)
    known = {ticket.ticket_id for ticket in found}
    return FactorTickets(
        agent=agent,
        row=row,
        as_of=as_of,
        lines=tuple(_line(ticket, asked) for ticket in found),
        gone=tuple(one for one in named if one not in known),
    )


def _line(ticket: Ticket, asked: AccountAsked) -> TicketLine:
    priority = ticket.priority or asked.settings.default_priority
    is_open = ticket.status in OPEN_STATUSES
    until = asked.now if is_open or ticket.resolved_at is None else ticket.resolved_at
    age = max(until - ticket.created_at, timedelta())
    limit = timedelta(days=asked.settings.tam.p1_p2_age_threshold_days)
    return TicketLine(
        ticket=ticket,
        priority=priority,
        is_assumed=ticket.priority is None,
        age=age,
        is_open=is_open,
        is_over=is_open and priority in URGENT and age > limit,
    )


def _rules(lines: Sequence[TicketLine]) -> tuple[str, ...]:
    return tuple(sorted({line.ticket.mapped_by for line in lines} - {""}))
