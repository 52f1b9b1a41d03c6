"""The audit log as people read it: lines of every source in one order, and what each changed.

It knows no store. A line is known by its place (`Position`), from which reading goes on backwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import JsonValue

from app.domain.actor import OF_MACHINE, is_address

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST = 253_402_300_799_999_999
"""The last microsecond of the year 9999."""
_MOST = 2_147_483_647
"""What a number of ours may be, in any database."""


class Source(StrEnum):
    """Where a line comes from; of one moment, in this order."""

    ACT = "act"
    """What a person did, settings applied among it, or a program at the HTTP door."""
    INCIDENT = "incident"
    """An agent raised, worsened or closed an incident."""
    DRAFT = "draft"
    OPPORTUNITY = "opportunity"
    DOCUMENT = "document"


RANK: Mapping[Source, int] = {source: number for number, source in enumerate(Source)}

DRAFT_WRITTEN = "draft_written"
OPPORTUNITY_FOUND = "opportunity_found"
DOCUMENT_MADE = "document_made"
"""Kinds of lines that are neither an act's nor an incident's change."""


TEND = "tend"
"""Who does what neither a person nor an agent did."""


class Actor(StrEnum):
    """Who or what did it."""

    PERSON = "person"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A line's place in the log; the later one comes first."""

    at: datetime
    source: Source
    name: str = ""
    """Of the record, where the source tells lines of one moment apart by it."""
    number: int = 0

    @property
    def order(self) -> tuple[datetime, int, str, int]:
        """Sorts lines: the greatest is the first on the page."""
        return self.at, -RANK[self.source], self.name, self.number

    @property
    def text(self) -> str:
        """As it stands in an address."""
        return f"{(self.at - _EPOCH) // _MICROSECOND}.{self.source}.{self.number}.{self.name}"


def position_of(text: str) -> Position | None:
    """The place that a text names; None: it names none."""
    at, _, rest = text.partition(".")
    source, _, rest = rest.partition(".")
    number, _, name = rest.partition(".")
    is_place = _is_whole(at, _LATEST) and _is_whole(number, _MOST) and source in set(Source)
    if not is_place or "\0" in name:
        return None
    moment = _EPOCH + int(at) * _MICROSECOND
    return Position(at=moment, source=Source(source), name=name, number=int(number))


def _is_whole(text: str, most: int) -> bool:
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    return is_number and int(text) <= most


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One change."""

    position: Position
    by: str
    """An e-mail, `os:NAME`, an agent's id, or what else it was."""
    kind: str
    """What was done: an act's kind, an incident's change, or one of the names above."""
    account_id: str
    """Empty: it is about no account."""
    account_name: str
    about: str
    """The record it changed."""
    before: Mapping[str, JsonValue] = field(default_factory=dict)
    after: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Who or what did it."""
        if self.by.startswith(OF_MACHINE) or is_address(self.by):
            return Actor.PERSON
        is_agent = self.position.source is not Source.ACT and self.by != TEND
        return Actor.AGENT if is_agent else Actor.SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One value that is not what it was."""

    name: str
    """Where it stands in the record, its parts by dots."""
    before: str
    """Empty: there was none."""
    after: str
    """Empty: there is none any more."""


def differences(
    before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]
) -> tuple[Difference, ...]:
    """What is not what it was, in order of name; what is the same is left out."""
    was, now = dict(_flat(before)), dict(_flat(after))
    return tuple(
        Difference(name=name, before=was.get(name, ""), after=now.get(name, ""))
        for name in sorted({*was, *now})
        if was.get(name, "") != now.get(name, "")
    )


def _flat(record: Mapping[str, JsonValue], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", _in_words(value)


def _in_words(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        is_plain = not any(isinstance(one, (list, dict)) for one in value)
        return ", ".join(_in_words(one) for one in value) if is_plain else json.dumps(value)
    return str(value)
