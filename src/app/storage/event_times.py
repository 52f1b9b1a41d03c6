"""Moments of the embedded bus, by the database's own clock: all consumers agree on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Connection, literal, select, type_coerce

from app.storage.database_clock import database_now
from app.storage.types import Moment

SECOND = 1_000_000
"""In the microseconds that moments are stored as."""


def after(seconds: float) -> ColumnElement[datetime]:
    """So long from now."""
    return type_coerce(database_now() + literal(round(seconds * SECOND), BigInteger), Moment)


def has_come(column: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether the column's moment is now or was before."""
    return type_coerce(column, BigInteger) <= database_now()


def is_older(column: ColumnElement[datetime], than: timedelta) -> ColumnElement[bool]:
    """Whether the column's moment is longer ago than that."""
    until = database_now() - literal(round(than.total_seconds() * SECOND), BigInteger)
    return type_coerce(column, BigInteger) < until


def moment_now(connection: Connection) -> datetime:
    """This moment."""
    now: datetime = connection.execute(select(after(0))).scalar_one()
    return now
