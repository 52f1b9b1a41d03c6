"""Reading Notion in full: every page of an answer, and past the 10,000 rows one query shows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from app.agents.notion.ports import NotionClient, NotionObject
from app.agents.notion.wire import Child, ChildPage, Database, Row, RowPage
from app.errors import PermanentServiceError

PAGE_SIZE = 100

WireT = TypeVar("WireT", bound=BaseModel)


def parsed(shape: type[WireT], answer: NotionObject, operation: str) -> WireT:
    """Notion's answer as a wire shape. Raises PermanentServiceError when it is another one."""
    try:
        return shape.model_validate(answer)
    except ValidationError as exc:
        where = ", ".join(
            ".".join(str(part) for part in error["loc"])
            for error in exc.errors(include_input=False, include_url=False)
        )
        raise PermanentServiceError("notion", operation, f"unexpected answer at {where}") from exc


async def data_sources_of(client: NotionClient, database_id: str) -> tuple[str, ...]:
    """The ids of a database's data sources. Raises ServiceError."""
    answer = await client.databases.retrieve(database_id=database_id)
    database = parsed(Database, answer, "databases.retrieve")
    return tuple(source.id for source in database.data_sources)


async def children_of(client: NotionClient, block_id: str) -> tuple[Child, ...]:
    """All first-level children of a block or page, in order. Raises ServiceError."""
    found: list[Child] = []
    cursor: dict[str, JsonValue] = {}
    while True:
        answer = await client.blocks.children.list(block_id=block_id, page_size=PAGE_SIZE, **cursor)
        page = parsed(ChildPage, answer, "blocks.children.list")
        found += [child for child in page.results if not child.in_trash]
        if not page.has_more or page.next_cursor is None:
            return tuple(found)
        cursor = {"start_cursor": page.next_cursor}


async def rows_of(
    client: NotionClient, data_source_id: str, *, where: Sequence[NotionObject] = ()
) -> AsyncIterator[Row]:
    """All rows that meet every condition of `where`, oldest first, each once.

    A query cut at its limit goes on from the last row's creation (developers.notion.com,
    query-large-data-sources). Raises ServiceError; PermanentServiceError also when one minute
    holds more rows than a query shows, rather than passing over them.
    """
    seen: set[str] = set()
    since: datetime | None = None
    while True:
        conditions = [*where, *_created_since(since)]
        newest, is_whole = since, True
        async for page in _pages(client, data_source_id, conditions):
            for row in page.results:
                newest = row.created_time
                if row.id not in seen and not row.in_trash:
                    seen.add(row.id)
                    yield row
            is_whole = not page.is_incomplete
        if is_whole:
            return
        if newest == since:
            raise PermanentServiceError(
                "notion", "data_sources.query", "more rows of one minute than a query shows"
            )
        since = newest


async def _pages(
    client: NotionClient, data_source_id: str, conditions: Sequence[NotionObject]
) -> AsyncIterator[RowPage]:
    body: dict[str, JsonValue] = {
        "sorts": [{"timestamp": "created_time", "direction": "ascending"}],
        "page_size": PAGE_SIZE,
        **_filter(conditions),
    }
    while True:
        answer = await client.data_sources.query(data_source_id=data_source_id, **body)
        page = parsed(RowPage, answer, "data_sources.query")
        yield page
        if not page.has_more or page.next_cursor is None:
            return
        body = {**body, "start_cursor": page.next_cursor}


def _filter(conditions: Sequence[NotionObject]) -> Mapping[str, JsonValue]:
    return {"filter": {"and": list(conditions)}} if conditions else {}


def _created_since(since: datetime | None) -> list[NotionObject]:
    if since is None:
        return []
    moment = since.astimezone(UTC).isoformat()
    return [{"timestamp": "created_time", "created_time": {"on_or_after": moment}}]
