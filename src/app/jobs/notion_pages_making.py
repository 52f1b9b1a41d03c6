"""Where a page of ours is in Notion: a profile below its account's row, a review in QBRs.

Made once by its key; a review's columns are written again only where they say something else.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from app.agents.customer_success.schemas import QBRContent
from app.blocks.rich_text import NotionObject
from app.clock import Clock
from app.domain.notion import (
    NotionDatabase,
    NotionFields,
    NotionPage,
    NotionPageKind,
    NotionRole,
)
from app.errors import NotFound
from app.jobs.notion_pages_reading import ShownPage
from app.ports.store import Store
from app.services.notion.adopting import adopt_rows
from app.services.notion.client import NotionApi
from app.services.notion.columns import KEY, spec_of
from app.services.notion.errors import NotionRefused
from app.services.notion.making import Below, PageMaker, Row, Wanted
from app.services.notion.property_values import property_of

_NOT_FOUND = 404
_MOST_LEVELS = 3
"""A page, its account's row, and what that may lie below."""


class PagePlaces:
    """Finds and makes the pages of one tenant."""

    def __init__(self, *, store: Store, api: NotionApi, tenant_id: str, clock: Clock) -> None:
        self._store = store
        self._api = api
        self._tenant_id = tenant_id
        self._clock = clock
        self._maker = PageMaker(api=api, store=store, tenant_id=tenant_id, clock=clock)

    async def made(self, shown: ShownPage) -> NotionPage:
        """The page, which is made where there is none. Raises ServiceError and NotFound."""
        if not shown.row_id:
            raise NotFound(f"{shown.key.account_id} has no row in Notion yet")
        if shown.review is None:
            place = Below(page_id=shown.row_id, title=shown.title)
            return await self._maker.made(self._wanted(shown, place))
        connected = await self._connected()
        await adopt_rows(
            self._api,
            self._store,
            self._tenant_id,
            kind=NotionPageKind.QBR,
            data_source_id=connected.data_source_id,
            key_column=connected.columns[KEY],
        )
        row = Row(
            data_source_id=connected.data_source_id,
            key_column=connected.columns[KEY],
            properties=_properties(connected, _fields(shown, shown.review)),
        )
        return await self._maker.made(self._wanted(shown, row))

    async def told(self, shown: ShownPage, page: NotionPage) -> None:
        """A review's columns, written where they say something else than when last written.

        Raises ServiceError and NotFound.
        """
        if shown.review is None:
            return
        fields = _fields(shown, shown.review)
        before = await self._store.read(
            self._tenant_id, lambda unit: unit.notion.fields(page.kind, [page.key])
        )
        known = before[page.key].written if page.key in before else {}
        changed = {name: value for name, value in fields.items() if known.get(name) != value}
        if known and changed:
            properties = _properties(await self._connected(), changed)
            await self._api.pages.update(page.page_id, properties=properties)
        if changed:
            written = NotionFields(
                kind=page.kind, key=page.key, written=fields, written_at=self._clock()
            )
            await self._store.write(
                self._tenant_id, lambda unit: unit.notion.save_fields([written])
            )

    async def is_gone(self, page_id: str) -> bool:
        """Whether a page, or what it lies below, is in the trash or out of our sight.

        Raises ServiceError.
        """
        for _ in range(_MOST_LEVELS):
            try:
                page = await self._api.pages.retrieve(page_id)
            except NotionRefused as exc:
                if exc.status != _NOT_FOUND:
                    raise
                return True
            parent = page.get("parent")
            if page.get("in_trash") is True:
                return True
            if not isinstance(parent, dict) or parent.get("type") != "page_id":
                return False
            page_id = str(parent.get("page_id"))
        return False

    async def forgotten(self, shown: ShownPage) -> None:
        """Forget the page with all that was written on it: its account has another row now."""
        key = shown.key
        await self._store.write(
            self._tenant_id, lambda unit: unit.notion.forget_pages(key.kind, [key.page_key])
        )

    async def _connected(self) -> NotionDatabase:
        found = await self._store.read(
            self._tenant_id, lambda unit: unit.notion.databases().get(NotionRole.QBRS)
        )
        if found is None or KEY not in found.columns:
            raise NotFound("no database for QBRs is connected")
        return found

    def _wanted(self, shown: ShownPage, place: Below | Row) -> Wanted:
        return Wanted(kind=shown.key.kind, key=shown.key.page_key, place=place)


def _fields(shown: ShownPage, review: QBRContent) -> dict[str, JsonValue]:
    prepared = review.prepared_on
    return {
        "Name": shown.title,
        "Account": {"id": shown.row_id, "name": review.account_name or review.account_id},
        "Period": review.period,
        "Trigger": review.trigger,
        "Prepared": None if prepared is None else prepared.isoformat(),
    }


def _properties(database: NotionDatabase, fields: Mapping[str, JsonValue]) -> NotionObject:
    """The fields by the ids of their columns; what a column cannot hold is left out."""
    shaped = {
        database.columns[name].property_id: property_of(
            spec_of(NotionRole.QBRS, name), database.columns[name], value
        )
        for name, value in fields.items()
        if name in database.columns and value is not None
    }
    return {name: value for name, value in shaped.items() if value is not None}
