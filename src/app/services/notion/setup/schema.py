"""Databases and their columns as Notion shows them, read into our shapes. It asks for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from app.blocks.rich_text import NotionObject
from app.domain.notion import NotionColumn

UNTITLED = "(no title)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """A column that is there."""

    property_id: str
    name: str
    type: str
    options: tuple[str, ...] = ()
    """Names, of a select or status column."""
    points_to: str = ""
    """Of a relation: the data source it leads to."""

    def kept(self) -> NotionColumn:
        """As it is remembered."""
        return NotionColumn(property_id=self.property_id, type=self.type, name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A database with the data source that is worked with, and its columns as they came."""

    database_id: str
    data_source_id: str
    title: str
    url: str
    columns: tuple[Theirs, ...]

    def of_id(self, property_id: str) -> Theirs | None:
        """The column of this id."""
        return next((one for one in self.columns if one.property_id == property_id), None)

    def named(self, name: str) -> Theirs | None:
        """The column of this very name."""
        return next((one for one in self.columns if one.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A database; its rows and columns are its data sources'."""

    database_id: str
    title: str
    url: str
    in_trash: bool
    sources: tuple[tuple[str, str], ...]
    """Id and name of each data source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What stands in a database, by at most 200 of its rows."""

    rows: int
    has_more: bool
    """Whether there are rows beyond those."""
    by_others: int
    """Rows that the connection did not make."""
    filled: Mapping[str, int] = field(default_factory=dict)
    """How many of the rows have a value, by the column's id."""


def container_of(database: NotionObject) -> Container:
    """A database's answer, read."""
    sources = [one for one in _list(database.get("data_sources")) if isinstance(one, dict)]
    return Container(
        database_id=text_of(database.get("id")),
        title=words_of(database.get("title")) or UNTITLED,
        url=text_of(database.get("url")),
        in_trash=database.get("in_trash") is True,
        sources=tuple((text_of(one.get("id")), text_of(one.get("name"))) for one in sources),
    )


def source_of(container: Container, data_source: NotionObject) -> Source:
    """A data source's answer, read."""
    properties = data_source.get("properties")
    columns = properties if isinstance(properties, dict) else {}
    return Source(
        database_id=container.database_id,
        data_source_id=text_of(data_source.get("id")),
        title=container.title,
        url=container.url,
        columns=tuple(
            _theirs(name, column) for name, column in columns.items() if isinstance(column, dict)
        ),
    )


def words_of(rich_text: JsonValue) -> str:
    """The text of a title, without its styles."""
    parts = [one for one in _list(rich_text) if isinstance(one, dict)]
    return "".join(text_of(one.get("plain_text")) for one in parts)


def text_of(value: JsonValue) -> str:
    """A text; anything else is none."""
    return value if isinstance(value, str) else ""


def _theirs(name: str, column: Mapping[str, JsonValue]) -> Theirs:
    kind = text_of(column.get("type"))
    config = column.get(kind)
    said = config if isinstance(config, dict) else {}
    options = [one for one in _list(said.get("options")) if isinstance(one, dict)]
    return Theirs(
        property_id=text_of(column.get("id")),
        name=name,
        type=kind,
        options=tuple(text_of(one.get("name")) for one in options),
        points_to=text_of(said.get("data_source_id")) if kind == "relation" else "",
    )


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
