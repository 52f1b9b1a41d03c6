"""A page of a source's tickets into the store: placed, on the unresolved list, or ended.

Everything is one transaction with how far was read, so that a crash repeats a page at most; and a
page that comes again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.domain.ticket import OPEN_STATUSES, TicketStatus
from app.domain.ticket_source import SourceCursor, SourceTicket
from app.feeds.account_resolver import named_accounts
from app.feeds.sync_deciding import Batch, Before, decided, is_outdated, latest_of
from app.feeds.sync_item import SourcedTicket
from app.feeds.sync_tally import SyncTally
from app.feeds.unresolved import directory_for
from app.ports.store import Unit


def write_page(
    unit: Unit,
    items: Sequence[SourcedTicket],
    cursor: SourceCursor,
    tally: SyncTally,
    now: datetime,
) -> None:
    """Write what a page tells that is new, and how far was read."""
    latest = latest_of(items)
    known = unit.sources.tickets(cursor.feed, latest.keys())
    fresh = [item for item in latest.values() if not is_outdated(item, known)]
    tally.outdated += len(items) - len(fresh)
    named = frozenset(name for item in fresh for name in named_accounts(item.hints))
    before = Before(
        known=known,
        stored=unit.book.tickets([item.ticket_id for item in fresh]),
        directory=directory_for(unit, named),
    )
    batch = decided(fresh, before, cursor.feed, tally, now)
    _write(unit, batch, known, tally, now)
    unit.sources.save_cursor(cursor)


def end_tickets(
    unit: Unit, gone: Sequence[SourceTicket], reason: str, tally: SyncTally, now: datetime
) -> None:
    """Close tickets that their source does not list any more, and remember why."""
    tally.gone += len(gone)
    _close(unit, [ticket.ticket_id for ticket in gone], tally, now)
    unit.sources.save_tickets([replace(ticket, ended=reason) for ticket in gone])


def _write(
    unit: Unit,
    batch: Batch,
    known: Mapping[str, SourceTicket],
    tally: SyncTally,
    now: datetime,
) -> None:
    if batch.placed:
        tally.counts = tally.counts.plus(unit.facts.upsert(FactKind.TICKETS, batch.placed))
        unit.mapping.forget_unresolved([str(row["ticket_id"]) for row in batch.placed])
    unit.mapping.keep_unresolved(batch.waiting)
    _close(unit, batch.ended, tally, now)
    unit.sources.save_tickets(
        [ticket for ticket in batch.known if known.get(ticket.source_id) != ticket]
    )


def _close(unit: Unit, ticket_ids: Sequence[str], tally: SyncTally, now: datetime) -> None:
    if not ticket_ids:
        return
    open_ones = [
        ticket
        for ticket in unit.book.tickets(ticket_ids).values()
        if ticket.status in OPEN_STATUSES
    ]
    if open_ones:
        rows: list[FactRow] = [
            {
                "ticket_id": ticket.ticket_id,
                "status": TicketStatus.CLOSED,
                "resolved_at": max(now, ticket.created_at),
            }
            for ticket in open_ones
        ]
        tally.counts = tally.counts.plus(unit.facts.upsert(FactKind.TICKETS, rows))
    unit.mapping.forget_unresolved(ticket_ids)
