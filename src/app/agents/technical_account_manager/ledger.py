"""The technical score's rows in words. It is told the points and decides none.

Reasons name records and dates, not ages, so that the same facts read the same tomorrow; ages stand
in `raw`.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.agents.technical_account_manager.inputs import OpenTicket, TamInputs
from app.domain.assessment import LedgerRow
from app.domain.heartbeat_finding import Anomaly

TICKET_FACTORS = ("ticket_age", "ticket_volume")
MOST_NAMED = 5
"""Tickets named in one sentence; the others are counted."""

START = LedgerRow(
    factor="base", raw="100", points=100, points_lost=0, reason="every account starts at 100"
)
_NO_FEED = "unknown: no feed brings tickets for this account"


def named(tickets: Sequence[OpenTicket]) -> str:
    """The tickets by id, at most five of them, an assumed priority marked, and how many more."""
    listed = ", ".join([ticket.label for ticket in tickets[:MOST_NAMED]])
    more = len(tickets) - MOST_NAMED
    return f"{listed} and {more} more" if more > 0 else listed


def age_row(inputs: TamInputs, threshold_days: float, lost: int) -> LedgerRow:
    """What urgent tickets take, and which they are."""
    urgent = inputs.urgent
    oldest = inputs.age_days(urgent[0].created_at) if urgent else None
    if lost:
        reason = (
            f"{_count(len(urgent), 'open P1/P2 ticket')}, "
            f"the oldest open for more than {threshold_days:g} days: {named(urgent)}"
        )
    elif urgent:
        reason = f"no P1/P2 older than {threshold_days:g} days; open: {named(urgent)}"
    else:
        reason = f"no P1/P2 older than {threshold_days:g} days"
    return LedgerRow(
        factor="ticket_age",
        raw="0 P1/P2" if oldest is None else f"{len(urgent)} P1/P2, oldest {oldest:.1f} d",
        points=-lost,
        points_lost=lost,
        reason=reason,
        sources=_ticket_sources(urgent, inputs.ticket_feeds),
        age_days=oldest,
    )


def volume_row(inputs: TamInputs, threshold: int, lost: int) -> LedgerRow:
    """What the number of open tickets takes; it names them only where there are too many."""
    tickets = inputs.tickets or ()
    over = len(tickets) - threshold
    assumed = [ticket for ticket in tickets if ticket.is_assumed]
    if over > 0:
        open_ones = _count(len(tickets), "open ticket")
        reason = f"{open_ones}, {over} over the limit of {threshold}: {named(tickets)}"
    elif assumed:
        reason = f"no more than {threshold} open tickets; {named(assumed)}"
    else:
        reason = f"no more than {threshold} open tickets"
    return LedgerRow(
        factor="ticket_volume",
        raw=f"{len(tickets)} open",
        points=-lost,
        points_lost=lost,
        reason=reason,
        sources=_ticket_sources(tickets, inputs.ticket_feeds),
        age_days=inputs.age_days(tickets[0].created_at) if tickets else None,
    )


def heartbeat_row(
    inputs: TamInputs, silent: float | None, limit: float, lost: int, *, counts: bool
) -> LedgerRow:
    """What silence takes; without a score (`counts` False) it is said and takes nothing."""
    last = inputs.last_heartbeat
    age: float | None = None
    if silent is None or last is None:
        raw = "never set"
        reason = "integration not monitored: a heartbeat was never set, so nothing is lost"
    else:
        raw = f"{silent:.1f} h silent"
        age = inputs.age_days(last)
        reason = f"integration heard from within {limit:g} h"
        if silent > limit:
            many = "twice " if silent > 2 * limit else ""
            reason = (
                f"integration silent since {last:%Y-%m-%d %H:%M} UTC, longer than {many}{limit:g} h"
            )
    return LedgerRow(
        factor="heartbeat",
        raw=raw,
        points=-lost if counts else 0,
        points_lost=lost,
        reason=reason,
        sources=tuple([f"feed:{name}" for name in inputs.heartbeat_feeds]),
        age_days=age,
    )


def anomaly_rows(inputs: TamInputs, silent: float | None, limit: float) -> tuple[LedgerRow, ...]:
    """What is out of the heartbeat's own ordinary: said, with its figures, and takes nothing.

    Silence beyond the limit is the heartbeat row's affair.
    """
    is_over = silent is not None and silent > limit
    feeds = tuple([f"feed:{name}" for name in inputs.heartbeat_feeds])
    return tuple(
        [
            LedgerRow(
                factor=one.anomaly.value,
                raw=one.measured,
                points=0,
                points_lost=0,
                reason=one.reason,
                sources=(f"heartbeats:{one.since}", *feeds),
            )
            for one in inputs.anomalies
            if not (is_over and one.anomaly is Anomaly.SILENCE)
        ]
    )


def unknown_rows() -> tuple[LedgerRow, ...]:
    """In place of a score, where tickets are unknown: not zero, not healthy."""
    return (
        LedgerRow(
            factor="coverage",
            raw="tickets unknown",
            points=0,
            points_lost=100,
            reason="no score: no feed brings tickets for this account",
        ),
        *[
            LedgerRow(factor=factor, raw="unknown", points=0, points_lost=0, reason=_NO_FEED)
            for factor in TICKET_FACTORS
        ],
    )


def clamp_row(points: int) -> LedgerRow:
    """Gives back what the rows take beyond 0."""
    return LedgerRow(
        factor="clamp",
        raw=f"{points} below 0",
        points=points,
        points_lost=-points,
        reason="a score never falls below 0",
    )


def _ticket_sources(
    tickets: Sequence[OpenTicket], ticket_feeds: tuple[str, ...]
) -> tuple[str, ...]:
    """The tickets themselves; where there are none, the feeds that say so."""
    if tickets:
        return tuple([f"ticket:{ticket.ticket_id}" for ticket in tickets])
    return tuple([f"feed:{name}" for name in ticket_feeds])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
