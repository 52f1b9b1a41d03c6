"""Column types that read and write alike in SQLite and PostgreSQL.

Moments are microseconds since 1970 in UTC, days are proleptic ordinals (so that `(day - 1) / 7` is
a week from Monday to Sunday), amounts are canonical decimal text, JSON is canonical text, and text
compares by its bytes: the same order, and the same bytes, in both databases.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import JsonValue
from sqlalchemy import BigInteger, Integer, SmallInteger, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.sql.type_api import _ResultProcessorType

E = TypeVar("E", bound=StrEnum)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_encode_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def micros(moment: datetime) -> int:
    """Microseconds from 1970 to `moment` (aware)."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def moment_of(value: int) -> datetime:
    """The UTC moment `value` microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=value)


def canonical_json(value: JsonValue | Mapping[str, JsonValue] | tuple[str, ...]) -> str:
    """JSON without spaces, keys sorted, letters as they are."""
    return _encode_json(dict(value) if isinstance(value, Mapping) else value)


def canonical_amount(value: Decimal) -> str:
    """An exact amount without needless zeros, so that equal amounts are equal texts."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def words() -> Text:
    """Text that sorts by its bytes (UTF-8) wherever it is kept."""
    return Text().with_variant(Text(collation="C"), "postgresql")


def _moment_read(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)


def _day_read(value: int | None) -> date | None:
    return None if value is None else date.fromordinal(value)


def _flag_read(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def _texts_read(value: str | None) -> tuple[str, ...] | None:
    if value is None or value == "[]":
        return None if value is None else ()
    return tuple(json.loads(value))


class Moment(TypeDecorator[datetime]):
    """An aware datetime as microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Into the database."""
        del dialect
        return None if value is None else micros(value)

    def result_processor(self, dialect: Dialect, coltype: Any) -> _ResultProcessorType[datetime]:
        """Out of it, by one plain call: a scan reads a million values."""
        del dialect, coltype
        return _moment_read


class Day(TypeDecorator[date]):
    """A calendar day as its ordinal; 1 is Monday, 1 January of year 1."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> int | None:
        """Into the database."""
        del dialect
        return None if value is None else value.toordinal()

    def result_processor(self, dialect: Dialect, coltype: Any) -> _ResultProcessorType[date]:
        """Out of it, by one plain call: a scan reads a million values."""
        del dialect, coltype
        return _day_read


class Flag(TypeDecorator[bool]):
    """True as 1, False as 0."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:  # noqa: FBT001 -- SQLAlchemy's signature
        """Into the database."""
        del dialect
        return None if value is None else int(value)

    def result_processor(self, dialect: Dialect, coltype: Any) -> _ResultProcessorType[bool]:
        """Out of it, by one plain call: a scan reads a million values."""
        del dialect, coltype
        return _flag_read


class ClockTime(TypeDecorator[time]):
    """A time of day in ISO form."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: time | None, dialect: Dialect) -> str | None:
        """Into the database."""
        del dialect
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> time | None:
        """Out of it."""
        del dialect
        return None if value is None else time.fromisoformat(value)


class Amount(TypeDecorator[Decimal]):
    """An exact decimal as text; never compared in SQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Into the database."""
        del dialect
        return None if value is None else canonical_amount(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """Out of it."""
        del dialect
        return None if value is None else Decimal(value)


class Texts(TypeDecorator[tuple[str, ...]]):
    """Some texts in order, as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Into the database."""
        del dialect
        return None if value is None else canonical_json(value)

    def result_processor(
        self, dialect: Dialect, coltype: Any
    ) -> _ResultProcessorType[tuple[str, ...]]:
        """Out of it, by one plain call: a scan reads a million values."""
        del dialect, coltype
        return _texts_read


class Json(TypeDecorator[Mapping[str, JsonValue]]):
    """A JSON object as canonical text."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self, value: Mapping[str, JsonValue] | None, dialect: Dialect
    ) -> str | None:
        """Into the database."""
        del dialect
        return None if value is None else canonical_json(value)

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> Mapping[str, JsonValue] | None:
        """Out of it."""
        del dialect
        if value is None:
            return None
        decoded: dict[str, JsonValue] = json.loads(value)
        return decoded


class Choice(TypeDecorator[E], Generic[E]):
    """One of a closed set, by its value."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[E]) -> None:
        super().__init__()
        self.members = members
        self._by_value: dict[str | None, E | None] = {m.value: m for m in members} | {None: None}

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        """Into the database."""
        del dialect
        return None if value is None else str(value.value)

    def result_processor(self, dialect: Dialect, coltype: Any) -> _ResultProcessorType[E]:
        """Out of it, by one plain call: a scan reads a million values."""
        del dialect, coltype
        by_value = self._by_value
        return lambda value: by_value[value]
