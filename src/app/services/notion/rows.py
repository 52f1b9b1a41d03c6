"""A row's values as Notion writes them, of any type of column, found by the column's id.

Nothing that stands in a cell makes it raise: what cannot be read is told as the cell's trouble.
What a column means to us is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import JsonValue, ValidationError

from app.blocks.rich_text import NotionObject
from app.domain.notion import NotionColumn
from app.services.notion.paging import property_values, relation_ids
from app.services.notion.row_values import Computed, Moment, Run, User, Value

if TYPE_CHECKING:  # adapters that are given a client read with this, and import no library
    from app.services.notion.client import NotionApi

MOST_SHOWN = 25
"""References of one property that a row shows; the rest is read by `whole`."""
_DAY = len("2026-03-31")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody named in a column of people."""

    name: str = ""
    email: str = ""
    """Empty where the connection may not read addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in one column of a row; nothing in any field: it is empty."""

    type: str = ""
    """Notion's word for what is read: of a formula or rollup, of what it comes to."""
    text: str = ""
    """As people would write it: a number in digits, a day or moment in ISO form, an option's
    name."""
    until: str = ""
    """Of a date that is a range: its end."""
    people: tuple[Person, ...] = ()
    pages: tuple[str, ...] = ()
    """The ids of the pages that it points to."""
    is_cut: bool = False
    """There may be more than a row shows: `whole` reads it."""
    trouble: str = ""
    """Why it cannot be read; then nothing else is told."""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing at all."""
        return not (self.text or self.people or self.pages or self.trouble)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a database."""

    page_id: str
    url: str
    created_at: datetime
    edited_at: datetime
    """To the minute, as Notion tells time."""
    in_trash: bool = False
    cells: Mapping[str, Cell] = field(default_factory=dict)
    """By the id of the column, as it is when not escaped."""

    def cell(self, column: NotionColumn) -> Cell | None:
        """What stands in this column, whatever it is called now; None: it is gone."""
        return self.cells.get(plain_id(column.property_id))


def row_of(page: NotionObject) -> Row | None:
    """The page as a row; None where it is no page of Notion's shape."""
    page_id, properties = page.get("id"), page.get("properties")
    created, edited = _stamp(page.get("created_time")), _stamp(page.get("last_edited_time"))
    if not isinstance(page_id, str) or not isinstance(properties, dict):
        return None
    if created is None or edited is None:
        return None
    cells: dict[str, Cell] = {}
    for value in properties.values():
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            cells[plain_id(str(value["id"]))] = cell_of(value)
    url = page.get("url")
    return Row(
        page_id=page_id,
        url=url if isinstance(url, str) else "",
        created_at=created,
        edited_at=edited,
        in_trash=page.get("in_trash") is True,
        cells=cells,
    )


def cell_of(value: NotionObject) -> Cell:
    """A property's value, read by its own type."""
    try:
        read = Value.model_validate(value)
    except (ValidationError, RecursionError):
        return _troubled(value.get("type"), "is not of the shape that Notion writes")
    return _cell(read)


async def whole(api: NotionApi, row: Row, column: NotionColumn) -> Row:
    """The row with all of this column, where it was cut; else as it is. Raises ServiceError."""
    cell = row.cell(column)
    if cell is None or not cell.is_cut:
        return row
    if cell.type == "relation":
        pages = tuple(await relation_ids(api, row.page_id, column.property_id))
        full = replace(cell, pages=pages, is_cut=False)
    else:
        values = await property_values(api, row.page_id, column.property_id)
        full = replace(cell, text="".join(map(_plain_text, values)), is_cut=False)
    return replace(row, cells={**row.cells, plain_id(column.property_id): full})


@lru_cache(maxsize=1_024)
def plain_id(property_id: str) -> str:
    """A column's id as it is when not escaped: Notion writes it both ways."""
    return unquote(property_id)


def _plain_text(item: NotionObject) -> str:
    run = item.get(str(item.get("type")))
    text = run.get("plain_text") if isinstance(run, dict) else None
    return text if isinstance(text, str) else ""


def _cell(value: Value) -> Cell:
    read = _READERS.get(value.type)
    if read is None:
        return _troubled(value.type, f"is a column of type {value.type!r:.40}, which is not read")
    return read(value)


def _troubled(kind: JsonValue, trouble: str) -> Cell:
    return Cell(type=kind if isinstance(kind, str) else "", trouble=trouble)


def _runs(kind: str, runs: list[Run]) -> Cell:
    text = "".join(run.plain_text for run in runs)
    return Cell(type=kind, text=text, is_cut=len(runs) >= MOST_SHOWN)


def _people(kind: str, users: list[User]) -> Cell:
    people = tuple(
        Person(name=user.name or "", email=(user.person.email or "") if user.person else "")
        for user in users
        if user.type != "bot"
    )
    return Cell(type=kind, people=people)


def _relation(value: Value) -> Cell:
    pages = tuple(page.id for page in value.relation)
    return Cell(type="relation", pages=pages, is_cut=value.has_more)


def _number(kind: str, number: int | float | None) -> Cell:
    if number is None:
        return Cell(type=kind)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return Cell(type=kind, text=format(Decimal(repr(number)), "f"))


def _date(kind: str, told: Moment | None) -> Cell:
    if told is None:
        return Cell(type=kind)
    start = _iso(told.start, told.time_zone)
    until = _iso(told.end, told.time_zone) if told.end else ""
    if start is None or until is None:
        return _troubled(kind, "is not a day or moment that there is")
    return Cell(type=kind, text=start, until=until)


def _iso(text: str, zone: str | None) -> str | None:
    """A day, or a moment with its offset where it or its zone is told; None: neither."""
    try:
        if len(text) <= _DAY:
            return date.fromisoformat(text).isoformat()
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None and zone:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
        return moment.isoformat()
    except (ValueError, OverflowError, ZoneInfoNotFoundError, OSError):
        return None


def _computed(value: Value, told: Computed | None) -> Cell:
    """What a formula or a rollup comes to; of a list, the one thing that stands in it."""
    if told is None:
        return Cell(type=value.type)
    if told.type == "array":
        return _only(told.array)
    if told.type == "string":
        return Cell(type="string", text=told.string or "")
    if told.type == "number":
        return _number("number", told.number)
    if told.type == "boolean":
        return Cell(type="checkbox", text=_yes(told.boolean))
    if told.type == "date":
        return _date("date", told.date)
    return _troubled(value.type, f"is a {value.type} that Notion could not work out")


def _only(values: list[Value]) -> Cell:
    told = {cell: None for cell in map(_cell, values) if not cell.is_empty}
    if len(told) > 1:
        return _troubled("rollup", "is a rollup of several values; let it show one of them")
    return next(iter(told), Cell(type="rollup"))


def _numbered(value: Value) -> Cell:
    told = value.unique_id
    if told is None or told.number is None:
        return Cell(type="unique_id")
    prefix = f"{told.prefix}-" if told.prefix else ""
    return Cell(type="unique_id", text=f"{prefix}{told.number}")


def _yes(flag: bool | None) -> str:  # noqa: FBT001
    return "" if flag is None else ("yes" if flag else "no")


def _stamp(value: JsonValue) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


_READERS: Mapping[str, Callable[[Value], Cell]] = {
    "title": lambda value: _runs("title", value.title),
    "rich_text": lambda value: _runs("rich_text", value.rich_text),
    "number": lambda value: _number("number", value.number),
    "select": lambda value: Cell(type="select", text=value.select.name if value.select else ""),
    "status": lambda value: Cell(type="status", text=value.status.name if value.status else ""),
    "multi_select": lambda value: Cell(
        type="multi_select", text="; ".join(option.name for option in value.multi_select)
    ),
    "date": lambda value: _date("date", value.date),
    "people": lambda value: _people("people", value.people),
    "created_by": lambda value: _people(
        "created_by", [value.created_by] if value.created_by else []
    ),
    "relation": _relation,
    "formula": lambda value: _computed(value, value.formula),
    "rollup": lambda value: _computed(value, value.rollup),
    "created_time": lambda value: _date("created_time", _at(value.created_time)),
    "last_edited_time": lambda value: _date("last_edited_time", _at(value.last_edited_time)),
    "unique_id": _numbered,
    "url": lambda value: Cell(type="url", text=value.url or ""),
    "email": lambda value: Cell(type="email", text=value.email or ""),
    "phone_number": lambda value: Cell(type="phone_number", text=value.phone_number or ""),
    "checkbox": lambda value: Cell(type="checkbox", text=_yes(value.checkbox)),
}


def _at(stamp: str) -> Moment | None:
    return Moment(start=stamp) if stamp else None
