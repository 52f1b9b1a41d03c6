"""Databases, rows and children as the named adapters read them: whole, and in our shapes.

It goes by the names of columns that people see, and knows none of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from app.blocks.rich_text import NotionObject
from app.ports.notion_client import NotionClient
from app.services.notion.paging import children_of
from app.services.notion.query import query_all
from app.services.notion.wire import Child, Database, DataSource, Row, parsed


async def source_ids_of(client: NotionClient, database_id: str) -> tuple[str, ...]:
    """The ids of a database's data sources. Raises ServiceError."""
    answer = await client.databases.retrieve(database_id)
    database = parsed(Database, answer, "databases.retrieve")
    return tuple(source.id for source in database.data_sources)


async def source_of(client: NotionClient, data_source_id: str) -> DataSource:
    """A data source with its columns. Raises ServiceError."""
    answer = await client.data_sources.retrieve(data_source_id)
    return parsed(DataSource, answer, "data_sources.retrieve")


async def rows_of(
    client: NotionClient, data_source_id: str, *, where: Sequence[NotionObject] = ()
) -> AsyncIterator[Row]:
    """All rows that meet every condition of `where`, oldest first, each once.

    Raises ServiceError; QueryIncomplete where rows would be passed over.
    """
    condition: NotionObject | None = {"and": list(where)} if where else None
    async for answer in query_all(client, data_source_id, where=condition):
        row = parsed(Row, answer, "data_sources.query")
        if not row.in_trash:
            yield row


async def rows_of_database(
    client: NotionClient, database_id: str, *, where: Sequence[NotionObject] = ()
) -> AsyncIterator[Row]:
    """The same over all data sources of a database. Raises ServiceError."""
    for source_id in await source_ids_of(client, database_id):
        async for row in rows_of(client, source_id, where=where):
            yield row


async def first_level(client: NotionClient, block_id: str) -> tuple[Child, ...]:
    """All first-level children of a block or page, in order. Raises ServiceError."""
    answers = await children_of(client, block_id)
    return tuple(parsed(Child, answer, "blocks.children.list") for answer in answers)
