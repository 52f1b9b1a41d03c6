"""Our databases as they are now: each column by its id, under whatever name and of whatever type.

Read once before rows are written; what was renamed or made another type is seen in time.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, JsonValue

from app.blocks.rich_text import NotionObject
from app.domain.notion import NotionColumn, NotionDatabase
from app.errors import AccessExpired, ServiceError
from app.services.notion.client import NotionApi
from app.services.notion.columns import TITLES
from app.services.notion.errors import NotionRefused

_NOT_FOUND = 404


class Schema(BaseModel):
    """One database as it was found; it goes through a flow's record and comes back the same."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_source_id: str = ""
    columns: Mapping[str, NotionColumn] = {}
    """By our names; those that are gone are left out."""
    is_written: bool = False
    """Whether rows of it are ours to make."""
    findings: tuple[str, ...] = ()
    stopped: str = ""
    """Why its rows cannot be written at all."""


async def schema_of(api: NotionApi, database: NotionDatabase) -> Schema:
    """The database as it is now; what is in the way is told, and nothing raised."""
    title = TITLES[database.role]
    try:
        source = await api.data_sources.retrieve(database.data_source_id)
    except AccessExpired as exc:
        return Schema(stopped=str(exc))
    except NotionRefused as exc:
        if exc.status == _NOT_FOUND:
            return Schema(stopped=_hidden(title))
        return Schema(stopped=str(exc))
    except ServiceError as exc:
        return Schema(stopped=str(exc))
    if source.get("in_trash") is True:
        return Schema(stopped=f"the database {title} is in Notion's trash: restore it there")
    found = _by_id(source)
    columns = {
        name: found[column.property_id]
        for name, column in database.columns.items()
        if column.property_id in found
    }
    missing = [name for name in database.columns if name not in columns]
    return Schema(
        data_source_id=database.data_source_id,
        columns=columns,
        is_written=database.is_written,
        findings=tuple(_missing(title, name) for name in missing),
    )


def _by_id(source: NotionObject) -> dict[str, NotionColumn]:
    properties = source.get("properties")
    named = properties if isinstance(properties, dict) else {}
    return {
        column.property_id: column
        for name, value in named.items()
        if (column := _column(name, value)).property_id
    }


def _column(name: str, value: JsonValue) -> NotionColumn:
    said = value if isinstance(value, dict) else {}
    return NotionColumn(
        property_id=str(said.get("id", "")), type=str(said.get("type", "")), name=name
    )


def _hidden(title: str) -> str:
    return (
        f"the database {title} is not shared with the connection any more: share it again in "
        "Notion, or run tend connect notion"
    )


def _missing(title: str, name: str) -> str:
    return f"{title} has no column {name!r} any more: tend connect notion makes it again"
