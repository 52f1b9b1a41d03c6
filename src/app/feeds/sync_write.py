"""A page of a source's tickets into the store: placed, on the unresolved list, or ended.

Everything is one transaction with how far was read, so that a crash repeats a page at most; and a
page that comes again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.fact_rows import FactRow, FactValue
from app.domain.feed import FactKind
from app.domain.ticket import OPEN_STATUSES, Ticket, TicketStatus
from app.domain.ticket_source import SourceCursor, SourceTicket
from app.feeds.account_resolver import Directory, hints_text, named_accounts, resolve
from app.feeds.sync_item import SourcedTicket
from app.feeds.sync_tally import SyncTally
from app.feeds.unresolved import directory_for, ticket_as_json
from app.ports.rows import UnresolvedTicket
from app.ports.store import Unit

_MOVED = "moved:"
"""Before the former number of a ticket, as the id that its end is remembered by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What of a page is to be written."""

    placed: list[FactRow] = field(default_factory=list)
    waiting: list[UnresolvedTicket] = field(default_factory=list)
    known: list[SourceTicket] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    """Numbers of tickets that are closed though nobody says so."""


def write_page(
    unit: Unit,
    items: Sequence[SourcedTicket],
    cursor: SourceCursor,
    tally: SyncTally,
    now: datetime,
) -> None:
    """Write what a page tells that is new, and how far was read."""
    latest = _latest(items)
    known = unit.sources.tickets(cursor.feed, latest.keys())
    fresh = [item for item in latest.values() if not _is_outdated(item, known)]
    tally.outdated += len(items) - len(fresh)
    stored = unit.book.tickets([item.ticket_id for item in fresh])
    directory = directory_for(unit, frozenset(n for i in fresh for n in named_accounts(i.hints)))
    batch = _Batch()
    for item in fresh:
        before = known.get(item.source_id)
        ended = _told_end(item, batch, before, tally, now)
        batch.known.append(
            SourceTicket(
                feed=cursor.feed,
                source_id=item.source_id,
                ticket_id=item.ticket_id,
                updated_at=item.updated_at,
                ended=ended,
            )
        )
        if item.is_gone:
            batch.ended.append(item.ticket_id)
            continue
        last = stored.get(item.ticket_id)
        row = _row(item, last, before, ended=bool(ended), tally=tally)
        _place(item, row, last, directory, batch, cursor.feed, tally)
    _write(unit, batch, known, tally, now)
    unit.sources.save_cursor(cursor)


def end_tickets(
    unit: Unit, gone: Sequence[SourceTicket], reason: str, tally: SyncTally, now: datetime
) -> None:
    """Close tickets that their source does not list any more, and remember why."""
    tally.gone += len(gone)
    _close(unit, [ticket.ticket_id for ticket in gone], tally, now)
    unit.sources.save_tickets([replace(ticket, ended=reason) for ticket in gone])


def _latest(items: Iterable[SourcedTicket]) -> Mapping[str, SourcedTicket]:
    """Each ticket once, as it was updated last."""
    found: dict[str, SourcedTicket] = {}
    for item in items:
        other = found.get(item.source_id)
        if other is None or other.updated_at <= item.updated_at:
            found[item.source_id] = item
    return found


def _is_outdated(item: SourcedTicket, known: Mapping[str, SourceTicket]) -> bool:
    before = known.get(item.source_id)
    return before is not None and before.updated_at > item.updated_at


def _told_end(
    item: SourcedTicket,
    batch: _Batch,
    before: SourceTicket | None,
    tally: SyncTally,
    now: datetime,
) -> str:
    """Why the ticket is closed whatever its status; empty: it is not. Its former number ends."""
    if before is not None and before.ticket_id != item.ticket_id:
        tally.moved += 1
        batch.ended.append(before.ticket_id)
        batch.known.append(
            replace(
                before,
                source_id=f"{_MOVED}{before.ticket_id}",
                ended=f"moved to {item.ticket_id}",
            )
        )
    if item.is_gone:
        if before is None or not before.ended:
            tally.gone += 1
        return before.ended if before is not None and before.ended else _gone(now)
    if item.merged_into:
        told = f"merged into {item.merged_into}"
        tally.merged += before is None or before.ended != told
        return told
    return ""


def _gone(now: datetime) -> str:
    return f"deleted at its source, seen {now:%Y-%m-%d}"


def _row(
    item: SourcedTicket,
    last: Ticket | None,
    before: SourceTicket | None,
    *,
    ended: bool,
    tally: SyncTally,
) -> dict[str, FactValue]:
    """The ticket's columns, with what only its past tells."""
    row = dict(item.row)
    if ended and item.is_open:
        row.update(status=TicketStatus.CLOSED, resolved_at=item.updated_at)
    if row["priority"] is None:
        tally.assumed.add(item.source_id)
    if item.unknown_priority:
        tally.unknown.add(item.unknown_priority)
    if last is not None:
        was_ended = last.status not in OPEN_STATUSES and not (before is not None and before.ended)
        is_back = was_ended and row["status"] in OPEN_STATUSES
        tally.reopened += is_back
        row["reopened"] = bool(row["reopened"]) or last.reopened or is_back
    return row


def _place(
    item: SourcedTicket,
    row: FactRow,
    last: Ticket | None,
    directory: Directory,
    batch: _Batch,
    feed: str,
    tally: SyncTally,
) -> None:
    """Give the ticket its account, leave it where it was, or put it on the list."""
    found = resolve(item.hints, directory)
    if found.account_id is not None and found.rule is not None:
        account_id, rule = found.account_id, found.rule.value
    elif last is not None:  # no rule knows it any more: it stays where it was put
        account_id, rule = last.account_id, last.mapped_by
    else:
        tally.rules[item.source_id] = ""
        batch.waiting.append(
            UnresolvedTicket(
                ticket_id=item.ticket_id,
                source=feed,
                hints=hints_text(item.hints, found.reason),
                row=ticket_as_json(row),
            )
        )
        return
    tally.rules[item.source_id] = rule
    batch.placed.append({**row, "account_id": account_id, "mapped_by": rule})


def _write(
    unit: Unit,
    batch: _Batch,
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
