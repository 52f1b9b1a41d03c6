"""A source of tickets brought up to date: page by page, each written before the next is asked for.

Changes only, or everything from end to end, which notices what is gone. Of the system it knows the
spec alone; whatever goes wrong is written on the feed, whose accounts keep their last score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from pydantic import JsonValue

from app.domain.ticket_source import SourceCursor, SourceTicket
from app.errors import ServiceError
from app.feeds.refusals import CellRefused, FileRefused
from app.feeds.source_spec import Change, Place, Source, SourcePage, TicketSystem
from app.feeds.sync_item import Overrides, SourcedTicket, read_item, source_id_of
from app.feeds.sync_standing import after_failure, after_reading, why
from app.feeds.sync_tally import SyncTally
from app.feeds.sync_write import end_tickets, write_page
from app.ports.store import Store, Unit

NEARLY = 0.95
"""Of the hours between full readings: a scan each day is not to miss one by a second."""

log = structlog.get_logger(__name__)


class TooManyGone(FileRefused):
    """More tickets are gone at once than is believed: none is taken as gone."""


def _silent(tally: SyncTally) -> None:
    del tally


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSync:
    """One feed of one tenant."""

    store: Store
    tenant_id: str
    feed: str
    system: TicketSystem
    overrides: Overrides = field(default_factory=Overrides)
    full_read_hours: float = 24.0
    most_gone_share: float = 0.2
    progress: Callable[[SyncTally], None] = _silent
    """Told after each page."""

    async def run(self, now: datetime, *, is_full: bool = False) -> dict[str, JsonValue]:
        """Read what is due and write the feed's row; the figures, with `failed` and why."""
        cursor = await self.store.read(self.tenant_id, lambda unit: unit.sources.cursor(self.feed))
        tally = SyncTally(is_full=is_full or self._is_due(cursor, now))
        try:
            source = await self.system.look()
            tally.is_full = tally.is_full or source.spec.incremental.kind is Change.NEVER
            await self._read(source, cursor, tally, now)
        except (ServiceError, TooManyGone) as exc:
            return await self._failed(tally, now, why(exc, self.feed))
        remarks = tally.remarks()
        await self.store.write(
            self.tenant_id,
            lambda unit: unit.feeds.save(after_reading(unit, self.feed, now, remarks)),
        )
        log.info("feed.brought_in", feed=self.feed, tenant_id=self.tenant_id, **tally.as_json())
        return tally.as_json()

    def _is_due(self, cursor: SourceCursor, now: datetime) -> bool:
        if cursor.full_read_at is None:
            return True
        return now - cursor.full_read_at >= timedelta(hours=self.full_read_hours * NEARLY)

    async def _read(
        self, source: Source, cursor: SourceCursor, tally: SyncTally, now: datetime
    ) -> None:
        """All pages; then how far was read, and what is gone."""
        is_whole, reached = await self._pages(source, cursor, tally, now)
        if tally.is_full and is_whole:
            gone = await self._missing(source, reached, tally, now) if source.spec.lists_all else []
            await self.store.write(
                self.tenant_id, partial(self._concluded, reached, gone, tally, now)
            )
        elif is_whole:
            await self.store.write(self.tenant_id, lambda unit: unit.sources.save_cursor(reached))

    async def _pages(
        self, source: Source, cursor: SourceCursor, tally: SyncTally, now: datetime
    ) -> tuple[bool, SourceCursor]:
        """Whether the list came to its end, and how far was read."""
        spec, is_whole = source.spec, True
        how = spec.incremental
        place = Place() if tally.is_full else self._place(source, cursor)
        is_ordered = how.oldest_first and not tally.is_full
        kept = cursor
        async for page in source.pages.pages(place):
            items = self._items(page, source, tally, now)
            reached = self._reached(kept, spec.system, page, tally, now)
            kept = reached if is_ordered or how.kind is Change.CURSOR else kept
            write = partial(write_page, items=items, cursor=kept, tally=tally, now=now)
            await self.store.write(self.tenant_id, write)
            tally.pages += 1
            is_whole = is_whole and page.is_whole
            self.progress(tally)
            if _is_past(items, how.kind, place):
                break
        last = SourcePage(items=(), cursor=kept.cursor)
        return is_whole, self._reached(kept, spec.system, last, tally, now)

    def _place(self, source: Source, cursor: SourceCursor) -> Place:
        how = source.spec.incremental
        if how.kind is Change.CURSOR:
            return Place(cursor=cursor.cursor)
        if cursor.read_until is None:
            return Place()
        return Place(since=cursor.read_until - timedelta(minutes=how.overlap_minutes))

    def _reached(
        self, cursor: SourceCursor, system: str, page: SourcePage, tally: SyncTally, now: datetime
    ) -> SourceCursor:
        """How far was read after a page; a source whose clock is ahead does not carry us away."""
        moments = [moment for moment in (cursor.read_until, tally.newest) if moment is not None]
        newest = min(max(moments), now) if moments else None
        return replace(cursor, read_until=newest, cursor=page.cursor, system=system)

    def _items(
        self, page: SourcePage, source: Source, tally: SyncTally, now: datetime
    ) -> list[SourcedTicket]:
        found: list[SourcedTicket] = []
        for raw in page.items:
            name = ""
            try:
                name = source_id_of(raw, source.spec)
                tally.seen.add(name)
                item = read_item(raw, source.spec, self.overrides, now)
            except CellRefused as exc:
                tally.refuse(name, f"{exc.column} {exc.reason}".strip())
                continue
            found.append(item)
            tally.newest = max(tally.newest or item.updated_at, item.updated_at)
        return found

    async def _missing(
        self, source: Source, reached: SourceCursor, tally: SyncTally, now: datetime
    ) -> list[SourceTicket]:
        """Tickets that the source does not list, even when it is asked a second time.

        Pages shift while they are read; what is missed once need not be gone. Raises TooManyGone.
        """
        known = await self.store.read(self.tenant_id, lambda unit: unit.sources.tickets(self.feed))
        if not _unseen(known, tally):
            return []
        is_whole, _ = await self._pages(source, reached, tally, now)
        gone = _unseen(known, tally) if is_whole else []
        listed = sum(not ticket.ended for ticket in known.values())
        if len(gone) > max(1, listed * self.most_gone_share):
            named = ", ".join(ticket.ticket_id for ticket in gone[:3])
            raise TooManyGone(
                f"{len(gone):,} of {listed:,} tickets are gone at once ({named}, …), so none is "
                "taken as gone: check what the key may see and what is filtered; if they are meant "
                f"to be gone, set most_gone_share in [tickets.{self.feed}] to 1 for one reading"
            )
        return gone

    def _concluded(
        self,
        reached: SourceCursor,
        gone: list[SourceTicket],
        tally: SyncTally,
        now: datetime,
        unit: Unit,
    ) -> None:
        end_tickets(unit, gone, f"gone from its source, seen {now:%Y-%m-%d}", tally, now)
        unit.sources.save_cursor(replace(reached, full_read_at=now))

    async def _failed(self, tally: SyncTally, now: datetime, reason: str) -> dict[str, JsonValue]:
        await self.store.write(
            self.tenant_id,
            lambda unit: unit.feeds.save(after_failure(unit, self.feed, now, reason)),
        )
        log.error("feed.failed", feed=self.feed, tenant_id=self.tenant_id, reason=reason)
        return {**tally.as_json(), "failed": reason}


def _unseen(known: Mapping[str, SourceTicket], tally: SyncTally) -> list[SourceTicket]:
    return [
        ticket
        for source_id, ticket in known.items()
        if not ticket.ended and source_id not in tally.seen
    ]


def _is_past(items: list[SourcedTicket], kind: Change, place: Place) -> bool:
    """Whether a page that comes newest first is older than what is asked for."""
    if kind is not Change.NEWEST_FIRST or place.since is None or not items:
        return False
    return all(item.updated_at < place.since for item in items)
