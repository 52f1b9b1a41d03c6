"""Which account a page of Accounts is, and whether it is active.

It is the account of its External ID, else it goes by its own id. It reads in bulk where it can.
"""

from __future__ import annotations

import re
from datetime import datetime

from app.blocks.rich_text import NotionObject
from app.domain.notion import NotionColumn, NotionRole
from app.errors import InvalidInput
from app.ports.notion_client import NotionClient
from app.services.notion.columns import KEY, spec_of
from app.services.notion.errors import NotionRefused
from app.services.notion.named import rows_of, source_of
from app.services.notion.row_keys import key_filter
from app.services.notion.wire import DataSource, Row, parsed

_NOT_THERE = 404
_ASKABLE = frozenset({"rich_text", "title", "number", "url"})
_PAGE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def account_ids_by_page(client: NotionClient, data_source_id: str) -> dict[str, str]:
    """The account's id of every page, by the page's id. Raises ServiceError."""
    column = key_column(await source_of(client, data_source_id))
    return {row.id: account_id_of(row, column) async for row in rows_of(client, data_source_id)}


async def pages_of_account(
    client: NotionClient, data_source_id: str, account_id: str
) -> tuple[str, ...]:
    """The pages that are this account, by id; there should be one at most. Raises ServiceError."""
    return tuple(row.id for row in await rows_of_account(client, data_source_id, account_id))


async def rows_of_account(
    client: NotionClient, data_source_id: str, account_id: str
) -> tuple[Row, ...]:
    """The same with all their properties. Raises ServiceError."""
    column = key_column(await source_of(client, data_source_id))
    where = _asked(column, account_id)
    candidates = (
        [row async for row in rows_of(client, data_source_id, where=where)] if where else []
    )
    if not candidates and _PAGE_ID.fullmatch(account_id):
        candidates = await _page(client, data_source_id, account_id)
    return tuple(row for row in candidates if account_id_of(row, column) == account_id)


def key_column(source: DataSource) -> NotionColumn | None:
    """Where the External ID stands; None: nowhere that we can ask for."""
    spec = spec_of(NotionRole.ACCOUNTS, KEY)
    for name in sorted(source.properties, key=lambda name: name != spec.name):
        column = source.properties[name]
        is_it = name == spec.name or name.strip().lower() in spec.aliases
        if is_it and column.type in _ASKABLE:
            return NotionColumn(property_id=column.id, type=column.type, name=name)
    return None


def account_id_of(row: Row, column: NotionColumn | None) -> str:
    """The id of the account that a row of Accounts is."""
    key = "" if column is None else row.words(column.name).strip()
    return key or row.id


def is_active(row: Row, now: datetime) -> bool:
    """Whether the contract has not ended: its renewal is still to come, or has no date."""
    renewal = row.moment("Renewal Date")
    return renewal is None or now < renewal


def _asked(column: NotionColumn | None, account_id: str) -> list[NotionObject]:
    """The filter for the account's key; none where no row can carry it."""
    if column is None:
        return []
    try:
        return [key_filter(column, account_id)]
    except InvalidInput:
        return []


async def _page(client: NotionClient, data_source_id: str, page_id: str) -> list[Row]:
    """The page as a row of this data source; none where it is not one."""
    try:
        answer = await client.pages.retrieve(page_id)
    except NotionRefused as exc:
        if exc.status == _NOT_THERE:
            return []
        raise
    row = parsed(Row, answer, "pages.retrieve")
    return [row] if row.parent.data_source_id == data_source_id and not row.in_trash else []
