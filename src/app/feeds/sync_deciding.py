"""What becomes of a page's tickets: placed, waiting, moved, merged or gone. Pure.

It is told what is known of them and decides; what is read before and written after stands in
`sync_write`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.fact_rows import FactRow, FactValue
from app.domain.ticket import OPEN_STATUSES, Ticket, TicketStatus
from app.domain.ticket_source import SourceTicket
from app.feeds.account_resolver import Directory, hints_text, resolve
from app.feeds.sync_item import SourcedTicket
from app.feeds.sync_tally import SyncTally
from app.feeds.unresolved import ticket_as_json
from app.ports.rows import UnresolvedTicket

_MOVED = "moved:"
"""Before the former number of a ticket, as the id that its end is remembered by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What of a page is to be written."""

    placed: list[FactRow] = field(default_factory=list)
    waiting: list[UnresolvedTicket] = field(default_factory=list)
    known: list[SourceTicket] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    """Numbers of tickets that are closed though nobody says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What is known of a page's tickets before it is written."""

    known: Mapping[str, SourceTicket]
    """By the source's id."""
    stored: Mapping[str, Ticket]
    """Those that have an account, by number."""
    directory: Directory


def decided(
    fresh: Sequence[SourcedTicket], before: Before, feed: str, tally: SyncTally, now: datetime
) -> Batch:
    """What is written of tickets that are news; all of it is counted."""
    batch = Batch()
    for item in fresh:
        former = before.known.get(item.source_id)
        ended = _told_end(item, batch, former, tally, now)
        batch.known.append(
            SourceTicket(
                feed=feed,
                source_id=item.source_id,
                ticket_id=item.ticket_id,
                updated_at=item.updated_at,
                ended=ended,
            )
        )
        if item.is_gone:
            batch.ended.append(item.ticket_id)
            continue
        last = before.stored.get(item.ticket_id)
        row = _row(item, last, former, ended=bool(ended), tally=tally)
        _place(item, row, last, before.directory, batch, feed, tally)
    return batch


def latest_of(items: Iterable[SourcedTicket]) -> Mapping[str, SourcedTicket]:
    """Each ticket once, as it was updated last."""
    found: dict[str, SourcedTicket] = {}
    for item in items:
        other = found.get(item.source_id)
        if other is None or other.updated_at <= item.updated_at:
            found[item.source_id] = item
    return found


def is_outdated(item: SourcedTicket, known: Mapping[str, SourceTicket]) -> bool:
    """Whether a newer word on the ticket is stored already."""
    before = known.get(item.source_id)
    return before is not None and before.updated_at > item.updated_at


def _told_end(
    item: SourcedTicket,
    batch: Batch,
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
    batch: Batch,
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
