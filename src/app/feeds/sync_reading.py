"""What a reading of a source goes by: where it begins, what a page holds, how far it came. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from app.domain.ticket_source import SourceCursor
from app.feeds.refusals import CellRefused
from app.feeds.source_spec import (
    Change,
    Paging,
    Place,
    Source,
    SourcePage,
    SourceSpec,
    TicketSystem,
)
from app.feeds.sync_item import Overrides, SourcedTicket, read_item, source_id_of
from app.feeds.sync_tally import SyncTally


def asked_of(source: Source, overrides: Overrides) -> str:
    """A digest of what a reading asks for, of whom, and of what its answers are taken for."""
    spec = source.spec
    variables = sorted(spec.variables.items())
    told = (source.address, spec.call, spec.paginator, variables, overrides)
    return sha256(repr(told).encode()).hexdigest()[:32]


def whom_of(system: TicketSystem) -> str:
    """A digest of what the settings ask, and of whom: known before anybody answers."""
    return sha256(system.whom.encode()).hexdigest()[:32]


def place_after(cursor: SourceCursor, spec: SourceSpec) -> Place:
    """Where a reading of changes begins."""
    if spec.incremental.kind is Change.CURSOR:
        return Place(cursor=cursor.cursor)
    if cursor.read_until is None:
        return Place()
    overlap = timedelta(minutes=spec.incremental.overlap_minutes)
    return Place(since=cursor.read_until - overlap)


def items_of(
    page: SourcePage, spec: SourceSpec, overrides: Overrides, tally: SyncTally, now: datetime
) -> tuple[list[SourcedTicket], list[str]]:
    """The page's tickets, and the ids of all its items, of refused ones too; both are counted."""
    found: list[SourcedTicket] = []
    names: list[str] = []
    for raw in page.items:
        name = ""
        try:
            name = source_id_of(raw, spec)
            names.append(name)
            item = read_item(raw, spec, overrides, now)
        except CellRefused as exc:
            tally.refuse(name, f"{exc.column} {exc.reason}".strip())
            continue
        found.append(item)
        tally.newest = max(tally.newest or item.updated_at, item.updated_at)
    tally.seen.update(names)
    return found, names


def is_torn(page: SourcePage, spec: SourceSpec, seen: Collection[str]) -> bool:
    """Whether a list by offsets moved so far that tickets may stand before the page, unread.

    The page is one that was read already, as its first ticket must show.
    """
    if spec.paginator.kind is not Paging.OFFSET:
        return False
    try:
        return not page.items or source_id_of(page.items[0], spec) not in seen
    except CellRefused:
        return True


def reached_by(
    cursor: SourceCursor, spec: SourceSpec, position: str, tally: SyncTally, upto: datetime
) -> SourceCursor:
    """How far was read, at most to the moment when it began.

    So a source whose clock is ahead does not carry us away, and what changes on pages that were
    read already is asked for next time.
    """
    moments = [moment for moment in (cursor.read_until, tally.newest) if moment is not None]
    newest = min(max(moments), upto) if moments else None
    return replace(cursor, read_until=newest, cursor=position, system=spec.system)


def is_past(items: Sequence[SourcedTicket], kind: Change, place: Place) -> bool:
    """Whether a page that comes newest first is older than what is asked for."""
    since = place.since
    if kind is not Change.NEWEST_FIRST or since is None or not items:
        return False
    return all(item.updated_at < since for item in items)
