"""Notion's answers as the named adapters read them, by the names of columns that people see.

Fields that are not read are ignored, and a value that cannot be read is as good as empty.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)

from app.blocks.rich_text import NotionObject
from app.clock import utc_of
from app.errors import PermanentServiceError
from app.services.notion.columns import ColumnSpec
from app.services.notion.errors import SYSTEM
from app.services.notion.rows import Cell, cell_of

_ENDED = "complete"

WireT = TypeVar("WireT", bound=BaseModel)


def _utc(moment: datetime) -> datetime:
    try:
        return utc_of(moment)
    except OverflowError as exc:
        raise ValueError("beyond the calendar") from exc


_Moment = Annotated[datetime, AfterValidator(_utc)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Text(_Wire):
    """A piece of rich text."""

    plain_text: str = ""


class Reference(_Wire):
    """Something that is pointed to."""

    id: str


class Parent(_Wire):
    """Where a page is; empty: in no data source."""

    data_source_id: str = ""


class Row(_Wire):
    """A page with its properties, which are read one by one as they are asked for."""

    id: str
    parent: Parent = Parent()
    created_time: _Moment
    url: str = ""
    in_trash: bool = False
    properties: dict[str, JsonValue] = Field(default_factory=dict)

    def words(self, name: str) -> str:
        """What stands in a column as text; of a relation the first page's id; else empty."""
        cell = self._cell(name)
        return cell.pages[0] if cell.pages else cell.text

    def number(self, name: str) -> float | None:
        """What stands in a column of numbers; None where nothing does."""
        cell = self._cell(name)
        number = float(cell.text) if cell.type == "number" and cell.text else math.inf
        return number if math.isfinite(number) else None

    def moment(self, name: str) -> datetime | None:
        """The beginning of what stands in a column of dates, in UTC; None where nothing does."""
        return _moment(self._cell(name).text)

    def end(self, name: str) -> datetime | None:
        """The same of a range's end."""
        cell = self._cell(name)
        return _moment(cell.until or cell.text)

    @property
    def title(self) -> str:
        """The page's title, whatever its property is called."""
        for name, value in self.properties.items():
            if isinstance(value, dict) and value.get("type") == "title":
                return self.words(name)
        return ""

    def _cell(self, name: str) -> Cell:
        value = self.properties.get(name)
        return cell_of(value) if isinstance(value, dict) else Cell()


class Option(_Wire):
    """An option that a select or status has."""

    id: str = ""
    name: str


class Group(_Wire):
    """A group that options of a status stand in."""

    name: str = ""
    option_ids: list[str] = Field(default_factory=list)


class Options(_Wire):
    """All of them."""

    options: list[Option] = Field(default_factory=list)
    groups: list[Group] = Field(default_factory=list)


class Target(_Wire):
    """Where a relation points."""

    data_source_id: str = ""


class Column(_Wire):
    """A column of a data source; only the field of its own type is set."""

    id: str
    type: str
    select: Options = Options()
    status: Options = Options()
    relation: Target = Target()

    @property
    def options(self) -> tuple[str, ...]:
        """The names of its options, in order; empty where it has none."""
        return tuple(one.name for one in (*self.select.options, *self.status.options))

    @property
    def ended(self) -> frozenset[str]:
        """The names of the options in the group that Notion itself takes for done."""
        groups = [one for one in self.status.groups if one.name.strip().lower() == _ENDED]
        ids = {option_id for group in groups for option_id in group.option_ids}
        return frozenset(one.name for one in self.status.options if one.id in ids)


class DataSource(_Wire):
    """Where a database's rows are, and its columns by name."""

    id: str
    properties: dict[str, Column] = Field(default_factory=dict)

    def name_of(self, spec: ColumnSpec, types: Collection[str] = ()) -> str:
        """What the column is called here: by its name, else by another that it goes by.

        Of the types that will do, unless others are given. Empty: there is none.
        """
        known = sorted(self.properties, key=lambda name: name != spec.name)
        return next(
            (
                name
                for name in known
                if (name == spec.name or name.strip().lower() in spec.aliases)
                and self.properties[name].type in (types or spec.types)
            ),
            "",
        )


class _Body(_Wire):
    title: str = ""
    rich_text: list[Text] = Field(default_factory=list)


class Child(_Wire):
    """A block among a page's children."""

    id: str
    type: str
    words: str = ""
    """Its text, or the title of a sub-page; empty where it has none."""
    has_children: bool = False

    @model_validator(mode="before")
    @classmethod
    def _flatten(cls, given: JsonValue) -> JsonValue:
        if not isinstance(given, dict):
            return given
        try:
            body = _Body.model_validate(given.get(str(given.get("type"))))
        except ValidationError:
            body = _Body()
        words = body.title or "".join(piece.plain_text for piece in body.rich_text)
        kept = ("id", "type", "has_children")
        return {**{name: given[name] for name in kept if name in given}, "words": words}


class Database(_Wire):
    """A database: a container of data sources."""

    data_sources: list[Reference]


def parsed(shape: type[WireT], answer: NotionObject, operation: str) -> WireT:
    """Notion's answer as a wire shape. Raises PermanentServiceError when it is another one."""
    try:
        return shape.model_validate(answer)
    except ValidationError as exc:
        where = ", ".join(
            ".".join(str(part) for part in error["loc"])
            for error in exc.errors(include_input=False, include_url=False)
        )
        raise PermanentServiceError(SYSTEM, operation, f"unexpected answer at {where}") from exc


def _moment(text: str) -> datetime | None:
    """A day alone is its midnight; None where it is neither a day nor a moment."""
    try:
        return utc_of(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None
