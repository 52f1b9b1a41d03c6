"""The Notion client that adapters are given: the few calls they make, shaped as notion-client's.

Whoever passes one in keeps its rate limit, its retries and its errors: every call may raise
ServiceError and nothing else that is expected. Facts about the API are of version 2026-03-11.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

from pydantic import JsonValue

NotionObject: TypeAlias = dict[str, JsonValue]


class Pages(Protocol):
    """`client.pages`."""

    async def create(self, **body: JsonValue) -> NotionObject:
        """Create a page: `parent`, `properties`, `children` (at most 100); returns the page."""
        ...

    async def update(self, page_id: str, **body: JsonValue) -> NotionObject:
        """Write the `properties` given, leaving the others; returns the page."""
        ...

    async def retrieve(self, page_id: str) -> NotionObject:
        """One page with its properties."""
        ...


class BlockChildren(Protocol):
    """`client.blocks.children`."""

    async def append(self, block_id: str, **body: JsonValue) -> NotionObject:
        """Append `children` (at most 100) at `position`, by default at the end."""
        ...

    async def list(self, block_id: str, **query: JsonValue) -> NotionObject:
        """One page of a block's children: `start_cursor`, `page_size`."""
        ...


class Blocks(Protocol):
    """`client.blocks`."""

    @property
    def children(self) -> BlockChildren:
        """The children of blocks and pages."""
        ...


class DataSources(Protocol):
    """`client.data_sources`: where a database's rows are."""

    async def query(self, data_source_id: str, **body: JsonValue) -> NotionObject:
        """One page of rows: `filter`, `sorts`, `start_cursor`, `page_size` (at most 100)."""
        ...

    async def retrieve(self, data_source_id: str) -> NotionObject:
        """A data source with the schema of its properties."""
        ...


class Databases(Protocol):
    """`client.databases`."""

    async def retrieve(self, database_id: str) -> NotionObject:
        """A database, which names its data sources."""
        ...


class NotionClient(Protocol):
    """The client as a whole."""

    @property
    def pages(self) -> Pages:
        """Pages."""
        ...

    @property
    def blocks(self) -> Blocks:
        """Blocks."""
        ...

    @property
    def data_sources(self) -> DataSources:
        """Data sources."""
        ...

    @property
    def databases(self) -> Databases:
        """Databases."""
        ...
