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
    source = await source_of(client, data_source_id)
    return tuple(row.id for row in await rows_of_account(client, source, account_id))


async def rows_of_account(
    client: NotionClient, source: DataSource, account_id: str
) -> tuple[Row, ...]:
    """The same with all their properties. Raises ServiceError."""
    column = key_column(source)
    where = _asked(column, account_id)
    candidates = [row async for row in rows_of(client, source.id, where=where)] if where else []
    if not candidates and _PAGE_ID.fullmatch(account_id):
        candidates = await _page(client, source.id, account_id)
    return tuple(row for row in candidates if account_id_of(row, column) == account_id)


def key_column(source: DataSource) -> NotionColumn | None:
    """Where the External ID stands; None: nowhere that we can ask for."""
    name = source.name_of(spec_of(NotionRole.ACCOUNTS, KEY), _ASKABLE)
    if not name:
        return None
    column = source.properties[name]
    return NotionColumn(property_id=column.id, type=column.type, name=name)


def account_id_of(row: Row, column: NotionColumn | None) -> str:
    """The id of the account that a row of Accounts is."""
    key = "" if column is None else row.words(column.name).strip()
    return key or row.id


def is_active(row: Row, now: datetime) -> bool:
    """Whether the contract has not ended: its renewal is still to come, or has no date."""
    renewal = row.end("Renewal Date")
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
