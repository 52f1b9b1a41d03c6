"""Our values as a column takes them: by the type it has now, which may not be the one we made.

It calls nobody. A value that a column cannot hold is told apart, and never forced into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from pydantic import JsonValue

from app.blocks.rich_text import MOST_TEXTS, NotionObject, Run, link_of, texts
from app.domain.notion import NotionColumn
from app.services.notion.columns import ColumnSpec

MOST_OPTION = 100
"""Characters of an option's name; it has no commas either."""

_Form: TypeAlias = Callable[[JsonValue], NotionObject | None]


def property_of(spec: ColumnSpec, column: NotionColumn, value: JsonValue) -> NotionObject | None:
    """The property's value as it is sent; None: this column cannot hold it.

    None as a value empties the column. A relation's value is `{"id": page, "name": words}`.
    """
    if value is None:
        return _emptied(column)
    form = _FORMS.get((spec.type, column.type))
    return form(value) if form is not None else None


def unfit(spec: ColumnSpec, column: NotionColumn) -> str:
    """What is to be said of a column that a value was left out of; empty: it is as it should be.

    Columns that Notion itself computes are taken as they are.
    """
    if column.type in spec.types:
        return ""
    return (
        f"the column {column.name!r} is of type {column.type}, which cannot hold what belongs "
        f"there: make it {spec.type} again"
    )


def _emptied(column: NotionColumn) -> NotionObject | None:
    if column.type in {"number", "select", "date", "url"}:
        return {column.type: None}
    if column.type in {"rich_text", "relation", "multi_select"}:
        return {column.type: []}
    return None


def _number(value: JsonValue) -> NotionObject:
    return {"number": value}


def _date(value: JsonValue) -> NotionObject:
    return {"date": {"start": value}}


def _url(value: JsonValue) -> NotionObject | None:
    address = link_of(str(value))
    return {"url": address} if address else None


def _select(value: JsonValue) -> NotionObject:
    return {"select": {"name": option(str(value))}}


def _status(value: JsonValue) -> NotionObject:
    return {"status": {"name": option(str(value))}}


def _choices(value: JsonValue) -> NotionObject:
    return {"multi_select": [{"name": option(str(value))}]}


def _text(value: JsonValue) -> NotionObject:
    return {"rich_text": [*texts(_words(value))[:MOST_TEXTS]]}


def _title(value: JsonValue) -> NotionObject:
    return {"title": [*texts(_words(value))[:MOST_TEXTS]]}


def _linked(value: JsonValue) -> NotionObject:
    return {"rich_text": [*texts([Run(text=str(value), link=str(value))])]}


def _relation(value: JsonValue) -> NotionObject | None:
    page = _part(value, "id")
    return {"relation": [{"id": page}]} if page else None


def _named(value: JsonValue) -> NotionObject:
    return _text(_part(value, "name"))


def _selected(value: JsonValue) -> NotionObject:
    return _select(_part(value, "name"))


_FORMS: Mapping[tuple[str, str], _Form] = {
    ("number", "number"): _number,
    ("number", "rich_text"): _text,
    ("select", "select"): _select,
    ("select", "status"): _status,
    ("select", "multi_select"): _choices,
    ("select", "rich_text"): _text,
    ("date", "date"): _date,
    ("date", "rich_text"): _text,
    ("url", "url"): _url,
    ("url", "rich_text"): _linked,
    ("rich_text", "rich_text"): _text,
    ("rich_text", "title"): _title,
    ("rich_text", "select"): _select,
    ("title", "title"): _title,
    ("title", "rich_text"): _text,
    ("relation", "relation"): _relation,
    ("relation", "rich_text"): _named,
    ("relation", "select"): _selected,
}
"""By the type that a column has of us, and the one that it has."""


def option(words: str) -> str:
    """The words as an option's name: one line without commas, never empty."""
    line = " ".join(_content(words).replace(",", " ").split())
    return line[:MOST_OPTION].rstrip() or "-"


def _content(words: str) -> str:
    return "".join(_part(text["text"], "content") for text in texts(words))


def _words(value: JsonValue) -> str:
    """One line: a cell shows no more."""
    return " ".join(str(value).split())


def _part(value: JsonValue, name: str) -> str:
    return str(value.get(name, "")) if isinstance(value, dict) else ""
