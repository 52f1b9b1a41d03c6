"""Notion's endpoints that Tend uses, named as notion-client names them.

Keyword arguments that an endpoint does not know are refused (InvalidInput); notion-client would
drop them in silence. Every call may raise ServiceError; see `client.NotionApi.call`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from pydantic import JsonValue

from app.blocks.rich_text import NotionObject
from app.errors import InvalidInput

_ID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PROPERTY = re.compile(r"[A-Za-z0-9%~_\-:;@\\^|`?><=\[\]{}()!$&'*+,.]{1,200}")
_PAGED = frozenset({"start_cursor", "page_size"})


class Calling(Protocol):
    """Makes one call."""

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        query: Mapping[str, JsonValue] | None = None,
        body: Mapping[str, JsonValue] | None = None,
        file: tuple[str, bytes, str] | None = None,
    ) -> NotionObject:
        """The answer's object. Raises ServiceError."""
        ...


class Pages:
    """`client.pages`."""

    _CREATED = frozenset(
        {"parent", "properties", "icon", "cover", "children", "markdown", "template", "position"}
    )
    _UPDATED = frozenset({"properties", "icon", "cover", "is_locked", "in_trash"})

    def __init__(self, call: Calling) -> None:
        self._call = call

    async def create(self, **body: JsonValue) -> NotionObject:
        """Make a page; never repeated blindly: see UnknownOutcome."""
        operation = "pages.create"
        sent = _known(operation, body, self._CREATED)
        return await self._call("POST", "pages", operation=operation, body=sent)

    async def update(self, page_id: str, **body: JsonValue) -> NotionObject:
        """Write the properties given, leaving the others."""
        operation = "pages.update"
        sent = _known(operation, body, self._UPDATED)
        return await self._call("PATCH", f"pages/{_id(page_id)}", operation=operation, body=sent)

    async def retrieve(self, page_id: str, **query: JsonValue) -> NotionObject:
        """One page with its properties; references beyond 25 of a property are left out."""
        operation = "pages.retrieve"
        asked = _known(operation, query, frozenset({"filter_properties"}))
        return await self._call("GET", f"pages/{_id(page_id)}", operation=operation, query=asked)

    async def property_items(
        self, page_id: str, property_id: str, **query: JsonValue
    ) -> NotionObject:
        """One page of a property's value, as long as it is."""
        operation = "pages.properties.retrieve"
        asked = _known(operation, query, _PAGED)
        path = f"pages/{_id(page_id)}/properties/{_property_id(property_id)}"
        return await self._call("GET", path, operation=operation, query=asked)


class BlockChildren:
    """`client.blocks.children`."""

    def __init__(self, call: Calling) -> None:
        self._call = call

    async def append(self, block_id: str, **body: JsonValue) -> NotionObject:
        """Append `children` (at most 100) at `position`; never repeated blindly."""
        operation = "blocks.children.append"
        sent = _known(operation, body, frozenset({"children", "position"}))
        path = f"blocks/{_id(block_id)}/children"
        return await self._call("PATCH", path, operation=operation, body=sent)

    async def list(self, block_id: str, **query: JsonValue) -> NotionObject:
        """One page of a block's children."""
        operation = "blocks.children.list"
        asked = _known(operation, query, _PAGED)
        path = f"blocks/{_id(block_id)}/children"
        return await self._call("GET", path, operation=operation, query=asked)


class Blocks:
    """`client.blocks`."""

    def __init__(self, call: Calling) -> None:
        self._call = call
        self.children = BlockChildren(call)

    async def retrieve(self, block_id: str) -> NotionObject:
        """One block."""
        return await self._call("GET", f"blocks/{_id(block_id)}", operation="blocks.retrieve")

    async def update(self, block_id: str, **body: JsonValue) -> NotionObject:
        """Write a block's own content, under the name of its kind, or `in_trash`."""
        operation = "blocks.update"
        if len(body) != 1:
            raise InvalidInput(f"notion: {operation} takes one kind of block, or in_trash")
        return await self._call("PATCH", f"blocks/{_id(block_id)}", operation=operation, body=body)

    async def delete(self, block_id: str) -> NotionObject:
        """Put a block into the trash."""
        return await self._call("DELETE", f"blocks/{_id(block_id)}", operation="blocks.delete")


class DataSources:
    """`client.data_sources`."""

    _QUERIED = frozenset({"filter", "sorts", "start_cursor", "page_size", "result_type"})
    _CREATED = frozenset({"parent", "properties", "title", "icon"})
    _UPDATED = frozenset({"properties", "title", "icon", "in_trash", "parent"})

    def __init__(self, call: Calling) -> None:
        self._call = call

    async def query(self, data_source_id: str, **asked: JsonValue) -> NotionObject:
        """One page of rows. `filter_properties` names the properties to answer with, by id."""
        operation = "data_sources.query"
        sent = _known(operation, asked, self._QUERIED | {"filter_properties"})
        wanted = sent.pop("filter_properties", None)
        query: NotionObject = {} if wanted is None else {"filter_properties": wanted}
        path = f"data_sources/{_id(data_source_id)}/query"
        return await self._call("POST", path, operation=operation, query=query, body=sent)

    async def retrieve(self, data_source_id: str) -> NotionObject:
        """A data source with the schema of its properties."""
        path = f"data_sources/{_id(data_source_id)}"
        return await self._call("GET", path, operation="data_sources.retrieve")

    async def create(self, **body: JsonValue) -> NotionObject:
        """Make a data source in a database; never repeated blindly."""
        operation = "data_sources.create"
        sent = _known(operation, body, self._CREATED)
        return await self._call("POST", "data_sources", operation=operation, body=sent)

    async def update(self, data_source_id: str, **body: JsonValue) -> NotionObject:
        """Change the schema: the properties given, leaving the others; never repeated blindly."""
        operation = "data_sources.update"
        sent = _known(operation, body, self._UPDATED)
        path = f"data_sources/{_id(data_source_id)}"
        return await self._call("PATCH", path, operation=operation, body=sent)


class Databases:
    """`client.databases`."""

    _CREATED = frozenset(
        {"parent", "title", "description", "icon", "cover", "is_inline", "initial_data_source"}
    )
    _UPDATED = frozenset(
        {"parent", "title", "description", "icon", "cover", "is_inline", "is_locked", "in_trash"}
    )

    def __init__(self, call: Calling) -> None:
        self._call = call

    async def create(self, **body: JsonValue) -> NotionObject:
        """Make a database with its first data source; never repeated blindly."""
        operation = "databases.create"
        sent = _known(operation, body, self._CREATED)
        return await self._call("POST", "databases", operation=operation, body=sent)

    async def retrieve(self, database_id: str) -> NotionObject:
        """A database, which names its data sources."""
        path = f"databases/{_id(database_id)}"
        return await self._call("GET", path, operation="databases.retrieve")

    async def update(self, database_id: str, **body: JsonValue) -> NotionObject:
        """Change a database's own title and looks; never repeated blindly."""
        operation = "databases.update"
        sent = _known(operation, body, self._UPDATED)
        path = f"databases/{_id(database_id)}"
        return await self._call("PATCH", path, operation=operation, body=sent)


class Users:
    """`client.users`."""

    def __init__(self, call: Calling) -> None:
        self._call = call

    async def me(self) -> NotionObject:
        """The bot that the token stands for."""
        return await self._call("GET", "users/me", operation="users.me")

    async def retrieve(self, user_id: str) -> NotionObject:
        """A member; a connection may have no right to know whom."""
        return await self._call("GET", f"users/{_id(user_id)}", operation="users.retrieve")


class FileUploads:
    """`client.file_uploads`."""

    def __init__(self, call: Calling) -> None:
        self._call = call

    async def create(self, **body: JsonValue) -> NotionObject:
        """Announce a file: `mode`, `filename`, `content_type`; never repeated blindly."""
        operation = "file_uploads.create"
        known = frozenset({"mode", "filename", "content_type", "number_of_parts", "external_url"})
        sent = _known(operation, body, known)
        return await self._call("POST", "file_uploads", operation=operation, body=sent)

    async def send(self, upload_id: str, *, name: str, content: bytes, media: str) -> NotionObject:
        """Send the announced file (20 MB at most) whole."""
        path = f"file_uploads/{_id(upload_id)}/send"
        file = (name, content, media)
        return await self._call("POST", path, operation="file_uploads.send", file=file)

    async def retrieve(self, upload_id: str) -> NotionObject:
        """What became of an upload."""
        path = f"file_uploads/{_id(upload_id)}"
        return await self._call("GET", path, operation="file_uploads.retrieve")


def _known(operation: str, given: NotionObject, known: frozenset[str]) -> NotionObject:
    unknown = sorted(set(given) - known)
    if unknown:
        raise InvalidInput(f"notion: {operation} does not know {', '.join(unknown)}")
    return dict(given)


def _id(given: str) -> str:
    if not _ID.fullmatch(given):
        raise InvalidInput("notion: an id has 32 hexadecimal digits")
    return given


def _property_id(given: str) -> str:
    """Property ids come encoded for an address already, and go back as they came."""
    if not _PROPERTY.fullmatch(given) or ".." in given or "?" in given:
        raise InvalidInput("notion: not the id of a property")
    return given
