"""Rows brought to what they are to say, one after the other: a failing one stops no other.

What was written is remembered once a batch is through, also where it was cut short. It knows no
column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import structlog
from pydantic import BaseModel, ConfigDict

from app.clock import Clock
from app.domain.notion import NotionColumn, NotionFields, NotionPageKind
from app.errors import AccessExpired, InvalidInput, ServiceError, TransientServiceError
from app.ports.store import Store, Unit
from app.services.notion.client import NotionApi
from app.services.notion.errors import BlockLimitReached, NotionRefused, UnknownOutcome
from app.services.notion.fields import Fields, RowWrite, after, gone
from app.services.notion.making import PageMaker, Row, Wanted

MOST_MISSES = 3
"""So many rows in a row that Notion does not answer for, and it is given a rest."""
MOST_TOLD = 20
"""Rows that are named with what became of them; the others are counted."""
NOT_FOUND = 404
STATUS_LACKS = (
    "a column of type status lacks an option of ours, which only a person can add: rows are "
    "written without it until what it says changes"
)

log = structlog.get_logger(__name__)


class RowsDone(BaseModel):
    """What became of a batch of rows; a sum of several reads the same."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    looked: int = 0
    written: int = 0
    """Rows whose properties were changed, each by one request."""
    made: int = 0
    left: tuple[str, ...] = ()
    """Keys that the next run has to look after."""
    refused: Mapping[str, str] = {}
    """By key, why Notion would not have it; at most twenty are told."""
    gone: tuple[str, ...] = ()
    """Keys of rows that a person took away, or hid from us."""
    findings: tuple[str, ...] = ()
    is_full: bool = False
    """The workspace takes no new blocks."""
    stopped: str = ""
    """Why the rest was not tried; empty: it was."""

    def plus(self, other: RowsDone) -> RowsDone:
        """Both together."""
        return RowsDone(
            looked=self.looked + other.looked,
            written=self.written + other.written,
            made=self.made + other.made,
            left=tuple(dict.fromkeys((*self.left, *other.left))),
            refused=dict([*self.refused.items(), *other.refused.items()][:MOST_TOLD]),
            gone=(*self.gone, *other.gone),
            findings=tuple(dict.fromkeys((*self.findings, *other.findings))),
            is_full=self.is_full or other.is_full,
            stopped=self.stopped or other.stopped,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWork:
    """One row and what is to be written on it."""

    kind: NotionPageKind
    key: str
    patch: RowWrite
    page_id: str = ""
    """Empty: it is to be made."""
    known: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlace:
    """The database that rows are in."""

    data_source_id: str
    key_column: NotionColumn | None
    """None: it has none any more, and nothing can be made."""


@dataclass(slots=True)
class _Batch:
    """A batch under way."""

    may_make: bool
    done: RowsDone
    kept: list[NotionFields] = field(default_factory=list)
    misses: int = 0

    def add(self, **more: int | str | bool | tuple[str, ...] | Mapping[str, str]) -> None:
        """Count something that happened."""
        self.done = self.done.plus(RowsDone.model_validate(more))


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWriter:
    """Writes the rows of one tenant."""

    api: NotionApi
    maker: PageMaker
    store: Store
    tenant_id: str
    clock: Clock

    async def write(self, works: Sequence[RowWork], place: RowPlace, *, may_make: bool) -> RowsDone:
        """Write each; what Notion does not take now is told, and never lost: raises nothing."""
        batch = _Batch(may_make=may_make, done=RowsDone())
        try:
            for at, work in enumerate(works):
                await self._one(batch, work, place)
                if batch.done.stopped:
                    batch.add(left=tuple(one.key for one in works[at:]))
                    break
        finally:
            await self.store.write(self.tenant_id, partial(_keep, kept=batch.kept))
        return batch.done

    async def _one(self, batch: _Batch, work: RowWork, place: RowPlace) -> None:
        try:
            await self._written(batch, work, place)
        except UnknownOutcome:
            batch.add(left=(work.key,))
        except TransientServiceError as exc:
            self._missed(batch, work, exc)
            return
        except AccessExpired as exc:
            batch.add(stopped=str(exc))
            return
        except BlockLimitReached as exc:
            batch.may_make = False
            batch.add(is_full=True, findings=(_full(exc),), left=(work.key,))
        except NotionRefused as exc:
            await self._refused(batch, work, place, exc)
        except (ServiceError, InvalidInput) as exc:
            batch.add(refused={work.key: str(exc)})
        batch.misses = 0

    async def _written(self, batch: _Batch, work: RowWork, place: RowPlace) -> None:
        """One request, where there is anything to say."""
        page_id = work.page_id
        if not page_id:
            if not batch.may_make or place.key_column is None:
                batch.add(left=(work.key,))
                return
            row = Row(
                data_source_id=place.data_source_id,
                key_column=place.key_column,
                properties=work.patch.properties,
            )
            made = await self.maker.make(Wanted(kind=work.kind, key=work.key, place=row))
            if made.is_new:
                batch.add(made=1)
                self._remember(batch, work)
                return
            page_id = made.page.page_id  # an earlier try's: it may say something else
        if work.patch.properties:
            await self.api.pages.update(page_id, properties=work.patch.properties)
            batch.add(written=1)
            self._remember(batch, work)

    def _remember(self, batch: _Batch, work: RowWork) -> None:
        batch.kept.append(
            NotionFields(
                kind=work.kind,
                key=work.key,
                written=after(work.known, work.patch),
                written_at=self.clock(),
            )
        )

    def _missed(self, batch: _Batch, work: RowWork, error: TransientServiceError) -> None:
        batch.misses += 1
        batch.add(left=(work.key,))
        if batch.misses >= MOST_MISSES:
            batch.add(stopped=f"Notion does not take anything now, last: {error}")

    async def _refused(
        self, batch: _Batch, work: RowWork, place: RowPlace, error: NotionRefused
    ) -> None:
        """A row that a person took away is left alone from now on; any other refusal is told.

        A status that lacks an option of ours keeps the other columns from nothing: they are
        written without it.
        """
        if not work.page_id or not await self._is_gone(work.page_id, error):
            lean = without_status(work)
            if lean is None:
                batch.add(refused={work.key: str(error)})
            else:
                batch.add(findings=(STATUS_LACKS,))
                await self._one(batch, lean, place)
            return
        if not await self._is_there(place):
            batch.add(stopped="the database of these rows is not shared with the connection")
            return
        batch.kept.append(gone(work.kind, work.key, work.page_id, now=self.clock()))
        batch.add(gone=(work.key,))
        log.warning("notion.row_gone", kind=work.kind, key=work.key, tenant_id=self.tenant_id)

    async def _is_gone(self, page_id: str, error: NotionRefused) -> bool:
        return error.status == NOT_FOUND or await is_taken_away(self.api, page_id)

    async def _is_there(self, place: RowPlace) -> bool:
        """Whether the database itself can be had: else all of its rows seem to be gone."""
        try:
            source = await self.api.data_sources.retrieve(place.data_source_id)
        except ServiceError:
            return False
        return source.get("in_trash") is not True


async def is_taken_away(api: NotionApi, page_id: str) -> bool:
    """Whether a page is in the trash, or cannot be seen any more; not where nobody can say."""
    try:
        page = await api.pages.retrieve(page_id)
    except NotionRefused as exc:
        return exc.status == NOT_FOUND
    except ServiceError:
        return False
    return page.get("in_trash") is True


def without_status(work: RowWork) -> RowWork | None:
    """The same without columns of type status; None: it has none, or nothing else."""
    properties = {
        key: value
        for key, value in work.patch.properties.items()
        if not (isinstance(value, dict) and "status" in value)
    }
    if not properties or len(properties) == len(work.patch.properties):
        return None
    return replace(work, patch=replace(work.patch, properties=properties))


def _keep(unit: Unit, *, kept: Sequence[NotionFields]) -> None:
    unit.notion.save_fields(kept)


def _full(error: BlockLimitReached) -> str:
    return f"nothing new can be made in this workspace: {error}"
