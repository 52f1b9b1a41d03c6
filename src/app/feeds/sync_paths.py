"""Dotted paths into what a source answers, and templates of what it is asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from app.feeds.source_spec import Incremental, Item, MomentForm, Parameters, Reader

Values: TypeAlias = Mapping[str, str | int]
"""What stands for placeholders; one that is missing says nothing."""
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def values_at(value: JsonValue, path: str) -> Iterator[JsonValue]:
    """Everything at a path that says something; lists on the way are gone through."""
    if isinstance(value, list):
        for entry in value:
            yield from values_at(entry, path)
    elif not path:
        if value is not None and value != "":
            yield value
    elif isinstance(value, dict):
        step, _, rest = path.partition(".")
        if step in value:
            yield from values_at(value[step], rest)


def read_at(item: Item, reader: Reader) -> JsonValue:
    """The first thing that a reader finds; None: nothing."""
    if not isinstance(reader, str):
        return reader(item)
    return next(values_at(dict(item), reader), None) if reader else None


def text_of(value: JsonValue) -> str:
    """A word or a number as text; anything else says nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def texts_at(item: Item, path: str) -> Iterator[str]:
    """Every word or number at a path."""
    for value in values_at(dict(item), path):
        text = text_of(value)
        if text:
            yield text


def filled(template: Parameters, values: Values) -> dict[str, JsonValue]:
    """A query or a body; a key whose only placeholder says nothing is left out."""
    found = {key: _filled(value, values) for key, value in template.items()}
    return {key: value for key, value in found.items() if value is not None}


def filled_text(template: str, values: Values) -> str:
    """A text with its placeholders filled in; words in braces that are none stay."""
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], "")), template)


def since_in(moment: datetime, how: Incremental) -> str | int:
    """A moment as the source wants to be asked."""
    if how.form is MomentForm.EPOCH:
        return int(moment.timestamp())
    if how.form is MomentForm.JQL:
        return moment.astimezone(ZoneInfo(how.zone)).strftime("%Y-%m-%d %H:%M")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _filled(value: JsonValue, values: Values) -> JsonValue:
    if isinstance(value, list):
        return [_filled(entry, values) for entry in value]
    if isinstance(value, dict):
        return {key: _filled(entry, values) for key, entry in value.items()}
    if not isinstance(value, str):
        return value
    alone = _PLACEHOLDER.fullmatch(value)
    return filled_text(value, values) if alone is None else values.get(alone[1])
