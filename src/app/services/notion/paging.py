"""Answers that come in pages, read to their end: children, and values longer than a row shows.

It knows no columns.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from pydantic import JsonValue

from app.blocks.rich_text import NotionObject
from app.errors import TransientServiceError
from app.ports.notion_client import NotionClient
from app.services.notion.errors import SYSTEM

if TYPE_CHECKING:  # adapters that are given a client read with this, and import no library
    from app.services.notion.client import NotionApi

PAGE_SIZE = 100


async def children_of(client: NotionClient, block_id: str) -> list[NotionObject]:
    """All first-level children of a block or page, in order. Raises ServiceError."""

    async def page(**query: JsonValue) -> NotionObject:
        return await client.blocks.children.list(block_id, **query)

    return [child async for child in _all(page, "blocks.children.list")]


async def property_values(api: NotionApi, page_id: str, property_id: str) -> list[NotionObject]:
    """All values of a property of many (relation, people, rich_text, title), beyond the 25 shown.

    Raises ServiceError.
    """

    async def page(**query: JsonValue) -> NotionObject:
        return await api.pages.property_items(page_id, property_id, **query)

    return [value async for value in _all(page, "pages.properties.retrieve")]


async def relation_ids(api: NotionApi, page_id: str, property_id: str) -> list[str]:
    """The ids of all pages that a relation points to, in order. Raises ServiceError."""
    found: list[str] = []
    for value in await property_values(api, page_id, property_id):
        relation = value.get("relation")
        if isinstance(relation, dict):
            found.append(str(relation.get("id", "")))
    return found


def results_of(answer: NotionObject, operation: str) -> list[NotionObject]:
    """A list's entries. Raises TransientServiceError where the answer is no list."""
    results = answer.get("results")
    if not isinstance(results, list):
        raise TransientServiceError(SYSTEM, operation, "answered with something else than a list")
    return [entry for entry in results if isinstance(entry, dict)]


def next_cursor(answer: NotionObject) -> str:
    """Where a list goes on; empty: it does not."""
    cursor = answer.get("next_cursor")
    return cursor if answer.get("has_more") is True and isinstance(cursor, str) else ""


async def _all(
    page: Callable[..., Awaitable[NotionObject]], operation: str
) -> AsyncIterator[NotionObject]:
    cursor = ""
    while True:
        going_on: NotionObject = {"start_cursor": cursor} if cursor else {}
        answer = await page(page_size=PAGE_SIZE, **going_on)
        for entry in results_of(answer, operation):
            yield entry
        cursor = next_cursor(answer)
        if not cursor:
            return
