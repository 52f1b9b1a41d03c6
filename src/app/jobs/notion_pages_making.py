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
from app.services.notion.making import Below, PageMaker, Row, Wanted
from app.services.notion.property_values import property_of


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
        account_id = shown.key.account_id
        rows = await self._store.read(
            self._tenant_id,
            lambda unit: unit.notion.pages(NotionPageKind.ACCOUNT, [account_id]),
        )
        row = rows.get(account_id)
        if row is None or not row.page_id:
            raise NotFound(f"{account_id} has no row in Notion yet")
        if shown.review is not None:
            return await self._reviewed(shown, shown.review, row)
        place = Below(page_id=row.page_id, title=shown.title)
        return await self._maker.made(self._wanted(shown, place))

    async def _reviewed(self, shown: ShownPage, review: QBRContent, row: NotionPage) -> NotionPage:
        connected = await self._store.read(
            self._tenant_id, lambda unit: unit.notion.databases().get(NotionRole.QBRS)
        )
        if connected is None or KEY not in connected.columns:
            raise NotFound("no database for QBRs is connected")
        await adopt_rows(
            self._api,
            self._store,
            self._tenant_id,
            kind=NotionPageKind.QBR,
            data_source_id=connected.data_source_id,
            key_column=connected.columns[KEY],
        )
        fields = _fields(shown, review, row)
        place = Row(
            data_source_id=connected.data_source_id,
            key_column=connected.columns[KEY],
            properties=_properties(connected, fields),
        )
        page = await self._maker.made(self._wanted(shown, place))
        await self._written(connected, page, fields)
        return page

    async def _written(
        self, connected: NotionDatabase, page: NotionPage, fields: Mapping[str, JsonValue]
    ) -> None:
        """The columns of a review that was made before, where they say something else now."""
        before = await self._store.read(
            self._tenant_id, lambda unit: unit.notion.fields(page.kind, [page.key])
        )
        known = before[page.key].written if page.key in before else {}
        changed = {name: value for name, value in fields.items() if known.get(name) != value}
        if known and changed:
            properties = _properties(connected, changed)
            await self._api.pages.update(page.page_id, properties=properties)
        if changed:
            written = NotionFields(
                kind=page.kind, key=page.key, written=fields, written_at=self._clock()
            )
            await self._store.write(
                self._tenant_id, lambda unit: unit.notion.save_fields([written])
            )

    def _wanted(self, shown: ShownPage, place: Below | Row) -> Wanted:
        return Wanted(kind=shown.key.kind, key=shown.key.page_key, place=place)


def _fields(shown: ShownPage, review: QBRContent, row: NotionPage) -> dict[str, JsonValue]:
    prepared = review.prepared_on
    return {
        "Name": shown.title,
        "Account": {"id": row.page_id, "name": review.account_name or review.account_id},
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
