"""The schema's ground: one metadata, and the columns that tables are made of.

Every table's primary key begins with `tenant_id`. SQLite keeps narrow tables inside their primary
key (`sqlite_with_rowid=False`), which saves a second tree; wide rows stay out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from pydantic import JsonValue
from sqlalchemy import BigInteger, Column, Double, Integer, MetaData, Text

from app.storage.types import (
    Amount,
    Choice,
    ClockTime,
    Day,
    Flag,
    Json,
    Moment,
    Texts,
    words,
)

metadata = MetaData()


def key(*names: str) -> tuple[Column[str], ...]:
    """Text columns of the primary key, `tenant_id` first."""
    return tuple(Column(name, words(), primary_key=True) for name in ("tenant_id", *names))


def text(name: str, *, optional: bool = False) -> Column[str]:
    """Text, sorted by its bytes."""
    return Column(name, words(), nullable=optional)


def texts(name: str) -> Column[tuple[str, ...]]:
    """Texts in order."""
    return Column(name, Texts(), nullable=False)


def whole(name: str, *, optional: bool = False) -> Column[int]:
    """A number without fraction; 64 bits, for sources count what they like."""
    return Column(name, BigInteger(), nullable=optional)


def small(name: str, *, in_key: bool = False) -> Column[int]:
    """A number without fraction of ours."""
    return Column(name, Integer(), nullable=False, primary_key=in_key, autoincrement=False)


def real(name: str) -> Column[float]:
    """A number with a fraction, or unknown."""
    return Column(name, Double(), nullable=True)


def day(name: str, *, optional: bool = False, in_key: bool = False) -> Column[date]:
    """A calendar day."""
    return Column(name, Day(), nullable=optional, primary_key=in_key, autoincrement=False)


def moment(name: str, *, optional: bool = False, in_key: bool = False) -> Column[datetime]:
    """A UTC moment."""
    return Column(name, Moment(), nullable=optional, primary_key=in_key, autoincrement=False)


def flag(name: str) -> Column[bool]:
    """A claim that holds or not."""
    return Column(name, Flag(), nullable=False)


def amount(name: str) -> Column[Decimal]:
    """An exact amount, or unknown."""
    return Column(name, Amount(), nullable=True)


def clock_time(name: str) -> Column[time]:
    """A time of day, or unknown."""
    return Column(name, ClockTime(), nullable=True)


def choice(
    name: str, members: type[StrEnum], *, optional: bool = False, in_key: bool = False
) -> Column[StrEnum]:
    """One of a closed set."""
    return Column(name, Choice(members), nullable=optional, primary_key=in_key)


def body(name: str) -> Column[Mapping[str, JsonValue]]:
    """A JSON object."""
    return Column(name, Json(), nullable=False)


def raw_json(name: str) -> Column[str]:
    """JSON that is read and written by hand, or absent."""
    return Column(name, Text(), nullable=True)
