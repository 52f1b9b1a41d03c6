"""What every reading of Notion stands on: rows page by page, batches, and how far was read.

Rows go in by batches, each in one transaction; how far was read is kept after the last of them, so
that a reading that breaks off is made good by the next one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from app.blocks.rich_text import NotionObject
from app.domain.notion import NotionDatabase
from app.errors import ServiceError
from app.feeds.notion.known import Known
from app.feeds.notion.tally import NotionTally
from app.feeds.refusals import FileRefused
from app.ports.store import Store, Unit
from app.services.notion.client import NotionApi
from app.services.notion.config import NotionConfig
from app.services.notion.errors import NotionRefused
from app.services.notion.query import changed_since, query_all
from app.services.notion.rows import Row, row_of, whole

BATCH = 500
"""Rows that go in with one transaction."""
CLOCK_SLACK = timedelta(minutes=10)
"""How far our clock may be ahead of Notion's without an edit being missed."""
NEARLY = 0.95
"""Of the hours between whole readings: a scan each day is not to miss one by a second."""
_MISSING = 404

T = TypeVar("T")


class TooManyGone(FileRefused):
    """More rows are gone at once than is believed: none is taken as gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One reading of one tenant's databases."""

    store: Store
    api: NotionApi
    config: NotionConfig
    tenant_id: str
    now: datetime
    known: Known
    tally: NotionTally

    def is_due(self, database: NotionDatabase) -> bool:
        """Whether it is to be read from end to end."""
        if database.read_until is None or database.full_read_at is None:
            return True
        hours = self.config.full_read_hours * NEARLY
        return self.now - database.full_read_at >= timedelta(hours=hours)

    def everything(
        self, database: NotionDatabase, where: NotionObject | None = None
    ) -> AsyncIterator[NotionObject]:
        """All rows that meet the filter."""
        return query_all(self.api, database.data_source_id, where=where)

    def edited(
        self, database: NotionDatabase, since: datetime, where: NotionObject | None = None
    ) -> AsyncIterator[NotionObject]:
        """The rows edited since, and some before."""
        return changed_since(self.api, database.data_source_id, since, where=where)

    async def rows(
        self, pages: AsyncIterator[NotionObject], database: NotionDatabase, long: str
    ) -> AsyncIterator[Row]:
        """The pages as rows, the column `long` read whole; a page that goes meanwhile is left out.

        Raises ServiceError.
        """
        column = database.columns.get(long)
        async for page in pages:
            row = row_of(page)
            if row is None:
                continue
            try:
                read = row if column is None else await whole(self.api, row, column)
            except NotionRefused as exc:
                if exc.status == _MISSING:
                    continue
                raise
            yield read

    async def in_batches(
        self, rows: AsyncIterator[T], write: Callable[[Unit, Sequence[T]], None]
    ) -> None:
        """Write the rows as they come; those that came before a failure go in too.

        Raises ServiceError.
        """
        batch: list[T] = []
        try:
            async for row in rows:
                batch.append(row)
                if len(batch) >= BATCH:
                    full, batch = batch, []
                    await self._write(write, full)
        except ServiceError:
            await self._write(write, batch)
            raise
        await self._write(write, batch)

    async def _write(self, write: Callable[[Unit, Sequence[T]], None], batch: Sequence[T]) -> None:
        if batch:
            await self.store.write(self.tenant_id, partial(_written, write=write, batch=batch))

    def believe(self, gone: Sequence[str], known: int, noun: str) -> None:
        """One row gone is believed; more only up to the share that is set. Raises TooManyGone."""
        if len(gone) <= max(1, known * self.config.most_gone_share):
            return
        told = ", ".join(gone[:3])
        raise TooManyGone(
            f"{len(gone):,} of {known:,} {noun} are gone from Notion at once ({told}, …), so none "
            "is taken as gone: take their rows out of the trash, or let the connection see them "
            "again; if they are meant to be gone, set most_gone_share in [notion] to 1 for one scan"
        )

    def keep_cursor(self, unit: Unit, database: NotionDatabase, *, is_full: bool) -> None:
        """Remember how far was read, unless another database is connected by now."""
        current = unit.notion.databases().get(database.role)
        if current is None or current.data_source_id != database.data_source_id:
            return
        reached = self.now - CLOCK_SLACK
        unit.notion.save_database(
            replace(
                current,
                read_until=max(current.read_until or reached, reached),
                full_read_at=self.now if is_full else current.full_read_at,
            )
        )


def _written(unit: Unit, *, write: Callable[[Unit, Sequence[T]], None], batch: Sequence[T]) -> None:
    write(unit, batch)


async def only(page: NotionObject) -> AsyncIterator[NotionObject]:
    """One page, as if it were all there is."""
    yield page
