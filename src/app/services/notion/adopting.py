"""Rows that carry our keys already, taken over before any is made: a store that starts anew.

It reads the keys alone, and makes nothing.
"""

from __future__ import annotations

from app.domain.notion import NotionColumn, NotionPage, NotionPageKind
from app.errors import ServiceError
from app.ports.store import Store
from app.services.notion.client import NotionApi
from app.services.notion.query import query_all
from app.services.notion.row_keys import key_on
from app.services.notion.schemas import Schema


async def adopt_rows(
    api: NotionApi,
    store: Store,
    tenant_id: str,
    *,
    kind: NotionPageKind,
    data_source_id: str,
    key_column: NotionColumn,
) -> int:
    """Remember every row that has a key, where no page of the kind is known at all yet.

    Of several with one key the oldest is taken. Returns how many were found. Raises ServiceError.
    """
    if await store.read(tenant_id, lambda unit: bool(unit.notion.pages(kind))):
        return 0
    found: dict[str, NotionPage] = {}
    async for row in query_all(api, data_source_id, only=[key_column.property_id]):
        key = key_on(row, key_column)
        if key and row.get("in_trash") is not True:
            page = NotionPage(
                kind=kind, key=key, page_id=str(row.get("id", "")), url=str(row.get("url") or "")
            )
            found.setdefault(key, page)
    await store.write(tenant_id, lambda unit: unit.notion.save_pages(list(found.values())))
    return len(found)


async def with_rows_adopted(
    api: NotionApi,
    store: Store,
    tenant_id: str,
    schema: Schema,
    *,
    kind: NotionPageKind,
    key: str,
) -> Schema:
    """The schema, its rows taken over by their column `key`; stopped where they cannot be."""
    key_column = schema.columns.get(key)
    if schema.stopped or key_column is None:
        return schema
    try:
        await adopt_rows(
            api,
            store,
            tenant_id,
            kind=kind,
            data_source_id=schema.data_source_id,
            key_column=key_column,
        )
    except ServiceError as exc:
        return Schema(stopped=str(exc))
    return schema
