"""A source of tickets brought up to date: page by page, each written before the next is asked for.

Changes only, or everything from end to end, which notices what is gone. Of the system it knows the
spec alone; whatever goes wrong is written on the feed, whose accounts keep their last score.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from pydantic import JsonValue

from app.domain.ticket_source import (
    SourceCursor,
    SourcePass,
    SourceTicket,
    are_too_many,
    not_listed,
)
from app.errors import AccessExpired, PermanentServiceError, ServiceError
from app.feeds.refusals import FileRefused
from app.feeds.source_spec import Change, Place, Source, TicketSystem
from app.feeds.sync_item import Overrides, SourcedTicket
from app.feeds.sync_pages import OPERATION
from app.feeds.sync_reading import (
    asked_of,
    is_past,
    is_torn,
    items_of,
    place_after,
    reached_by,
    whom_of,
)
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
        """Read what is due and write the feed's row; the figures, with `failed` and why.

        A reading from end to end that broke off is brought to its end first; `is_full`: one begins.
        """
        cursor, begun = await self.store.write(self.tenant_id, self._reached_before)
        tally = SyncTally(is_full=is_full or self._is_due(cursor, now))
        try:
            source = await self.system.look()
            asked = asked_of(source, self.overrides)
            goes_on = begun is not None and begun.may_go_on(asked, now) and not is_full
            tally.is_full |= goes_on or source.spec.incremental.kind is Change.NEVER
            fresh = SourcePass(feed=self.feed, begun_at=now, asked=asked)
            if tally.is_full:
                full = begun if goes_on and begun is not None else fresh
                await self._read_all(source, cursor, full, tally, now)
            else:
                await self._read_changes(source, cursor, tally, now)
        except (ServiceError, TooManyGone) as exc:
            return await self._failed(tally, now, exc)
        remarks = tally.remarks()
        await self.store.write(
            self.tenant_id,
            lambda unit: unit.feeds.save(after_reading(unit, self.feed, now, remarks)),
        )
        log.info("feed.brought_in", feed=self.feed, tenant_id=self.tenant_id, **tally.as_json())
        return tally.as_json()

    def _reached_before(self, unit: Unit) -> tuple[SourceCursor, SourcePass | None]:
        """What was read of another is forgotten before this one is asked: it may not answer."""
        former = unit.sources.cursor(self.feed)
        cursor = former.asking(whom_of(self.system))
        if cursor is not former:
            unit.sources.save_cursor(cursor)
        return cursor, unit.sources.full_pass(self.feed)

    def _is_due(self, cursor: SourceCursor, now: datetime) -> bool:
        if cursor.full_read_at is None:
            return True
        return now - cursor.full_read_at >= timedelta(hours=self.full_read_hours * NEARLY)

    async def _read_changes(
        self, source: Source, cursor: SourceCursor, tally: SyncTally, now: datetime
    ) -> None:
        """All pages of what changed; then how far was read."""
        place = place_after(cursor, source.spec)
        reached = await self._pages(source, cursor, place, tally, now)
        if reached is not None:
            await self.store.write(self.tenant_id, lambda unit: unit.sources.save_cursor(reached))

    async def _read_all(
        self,
        source: Source,
        cursor: SourceCursor,
        full: SourcePass,
        tally: SyncTally,
        now: datetime,
    ) -> None:
        """All pages from where it stopped; then how far was read, and what is gone.

        What changed since it began counts as not read: the next reading asks for it.
        """
        seen = await self.store.read(
            self.tenant_id, lambda unit: unit.sources.seen_in_pass(self.feed) if full.pages else ()
        )
        tally.seen |= set(seen)
        tally.newest, tally.taken_up_after = full.newest, full.pages
        reached: SourceCursor | None = reached_by(
            cursor, source.spec, cursor.cursor, tally, full.begun_at
        )
        if not full.is_read:
            reached = await self._taken_up(source, cursor, full, tally, now)
        if reached is None:  # the list broke off: what it lacks need not be gone
            await self.store.write(self.tenant_id, lambda unit: unit.sources.end_pass(self.feed))
            return
        gone: Sequence[SourceTicket] = ()
        if source.spec.lists_all:
            gone = await self._missing(source, reached, tally, now)
        kept = replace(reached, full_read_at=full.begun_at)
        await self.store.write(self.tenant_id, partial(self._concluded, kept, gone, tally, now))

    async def _taken_up(
        self,
        source: Source,
        cursor: SourceCursor,
        full: SourcePass,
        tally: SyncTally,
        now: datetime,
    ) -> SourceCursor | None:
        """The pages from its position on; from the first one where the source refuses that."""
        place = Place(position=full.position)
        try:
            return await self._pages(source, cursor, place, tally, now, full)
        except PermanentServiceError as exc:
            if isinstance(exc, AccessExpired) or tally.pages or not full.position:
                raise
        log.warning("feed.begun_anew", feed=self.feed, tenant_id=self.tenant_id)
        tally.seen.clear()
        tally.newest, tally.taken_up_after = None, 0
        fresh = SourcePass(feed=self.feed, begun_at=now, asked=full.asked)
        return await self._pages(source, cursor, Place(), tally, now, fresh)

    async def _pages(
        self,
        source: Source,
        cursor: SourceCursor,
        place: Place,
        tally: SyncTally,
        now: datetime,
        full: SourcePass | None = None,
    ) -> SourceCursor | None:
        """How far was read; None: the list broke off. `full`: what is remembered of each page."""
        how, is_whole, kept = source.spec.incremental, True, cursor
        is_ordered = how.oldest_first and not tally.is_full
        upto = now if full is None else full.begun_at
        async for page in source.pages.pages(place):
            if place.position and not tally.pages and is_torn(page, source.spec, tally.seen):
                told = "the list has moved on since it was read"
                raise PermanentServiceError(source.spec.system, OPERATION, told)
            items, names = items_of(page, source.spec, self.overrides, tally, now)
            reached = reached_by(kept, source.spec, page.cursor, tally, upto)
            kept = reached if is_ordered or how.kind is Change.CURSOR else kept
            if full is not None and page.is_whole:
                full = full.after_page(page.onward, tally.newest)
            remembered = full if page.is_whole else None
            write = partial(self._written, items, kept, names, remembered, tally, now)
            await self.store.write(self.tenant_id, write)
            tally.pages += 1
            is_whole = is_whole and page.is_whole
            self.progress(tally)
            if is_past(items, how.kind, place):
                break
        reached = reached_by(kept, source.spec, kept.cursor, tally, upto)
        return reached if is_whole else None

    def _written(
        self,
        items: Sequence[SourcedTicket],
        cursor: SourceCursor,
        names: Sequence[str],
        full: SourcePass | None,
        tally: SyncTally,
        now: datetime,
        unit: Unit,
    ) -> None:
        """A page, how far was read, and where a full reading goes on: all of it or nothing."""
        write_page(unit, items=items, cursor=cursor, tally=tally, now=now)
        if full is not None:
            unit.sources.keep_page(full, names)

    async def _missing(
        self, source: Source, reached: SourceCursor, tally: SyncTally, now: datetime
    ) -> Sequence[SourceTicket]:
        """Tickets that the source does not list, even when it is asked a second time, in one go.

        Pages shift while they are read; what is missed once need not be gone. Raises TooManyGone.
        """
        known = await self.store.read(self.tenant_id, lambda unit: unit.sources.tickets(self.feed))
        was_read_before = not tally.pages
        if not was_read_before and not not_listed(known, tally.seen):
            return ()
        again = await self._pages(source, reached, Place(), tally, now)
        gone = () if again is None else not_listed(known, tally.seen)
        if are_too_many(len(gone), known, self.most_gone_share):
            listed = sum(not ticket.ended for ticket in known.values())
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
        gone: Sequence[SourceTicket],
        tally: SyncTally,
        now: datetime,
        unit: Unit,
    ) -> None:
        end_tickets(unit, gone, f"gone from its source, seen {now:%Y-%m-%d}", tally, now)
        unit.sources.save_cursor(reached)
        unit.sources.end_pass(self.feed)

    async def _failed(
        self, tally: SyncTally, now: datetime, error: ServiceError | TooManyGone
    ) -> dict[str, JsonValue]:
        """A full reading goes on where it broke off, but not one that is not believed."""
        reason = why(error, self.feed)

        def write(unit: Unit) -> None:
            unit.feeds.save(after_failure(unit, self.feed, now, reason))
            if isinstance(error, TooManyGone):
                unit.sources.end_pass(self.feed)

        await self.store.write(self.tenant_id, write)
        log.error("feed.failed", feed=self.feed, tenant_id=self.tenant_id, reason=reason)
        return {**tally.as_json(), "failed": reason}
