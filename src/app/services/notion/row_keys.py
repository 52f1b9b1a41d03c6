"""Our key on a row: how it is written into its column, asked for, and read back. It calls nobody.

A column of another type than ours may carry it where people had one already.
"""

from __future__ import annotations

from pydantic import JsonValue

from app.blocks.rich_text import NotionObject
from app.domain.notion import NotionColumn
from app.errors import InvalidInput

MOST_KEY = 2_000
"""Of a text object's content."""
_TEXTS = frozenset({"rich_text", "title"})


def key_value(column: NotionColumn, key: str) -> NotionObject:
    """The property's value that says the key. Raises InvalidInput where the column cannot."""
    if column.type in _TEXTS:
        return {column.type: [{"type": "text", "text": {"content": _held(key)}}]}
    if column.type == "url":
        return {"url": _held(key)}
    return {"number": _number(column, key)}


def key_filter(column: NotionColumn, key: str) -> NotionObject:
    """A query's filter for the rows with the key; letters' size may not count for it."""
    sought: JsonValue = _number(column, key) if column.type == "number" else _held(key)
    return {"property": column.property_id, column.type: {"equals": sought}}


def key_on(row: NotionObject, column: NotionColumn) -> str:
    """The key that a row carries, exactly; empty: none."""
    properties = row.get("properties")
    for value in (properties if isinstance(properties, dict) else {}).values():
        if isinstance(value, dict) and value.get("id") == column.property_id:
            return _said(value.get(column.type))
    return ""


def _said(value: JsonValue) -> str:
    if isinstance(value, list):
        return "".join(
            str(text.get("plain_text", "")) for text in value if isinstance(text, dict)
        ).strip()
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else str(value)
    return ""


def _held(key: str) -> str:
    if not key or len(key) > MOST_KEY:
        raise InvalidInput(f"notion: a key has 1 to {MOST_KEY} characters")
    return key


def _number(column: NotionColumn, key: str) -> int:
    if column.type != "number" or not (key.isascii() and key.isdigit()):
        raise InvalidInput(
            f"notion: a column of type {column.type} cannot carry the key {key[:60]!r}"
        )
    return int(key)
