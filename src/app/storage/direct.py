"""Statements sent by the driver itself, for the few that every effect costs.

SQLAlchemy writes them, once per dialect; sending one through it takes twice as long as the driver
does. What they say is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection, Dialect, Update
from sqlalchemy.engine.interfaces import DBAPICursor

from app.storage.database_errors import from_driver

T = TypeVar("T")
Sent: TypeAlias = str | int | None
"""A value as it is stored."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement as one database wants it."""

    sql: str
    places: Sequence[str]
    """The name of what goes into each of its places."""
    fixed: Mapping[str, Sent]
    """What the statement itself says to some of them."""


@dataclass(frozen=True, slots=True)
class Direct:
    """One UPDATE whose parameters are given as they are stored."""

    statement: Update
    _written: dict[str, _Written] = field(default_factory=dict)
    """By the dialect's name."""

    def count(self, connection: Connection, given: Mapping[str, Sent]) -> int:
        """Send it; how many rows it changed."""
        return self._sent(connection, given, lambda cursor: cursor.rowcount)

    def first(
        self, connection: Connection, given: Mapping[str, Sent], read: Callable[..., T]
    ) -> T | None:
        """Send it; what `read` makes of the stored values of the first row it brings back."""
        rows = self._sent(connection, given, lambda cursor: cursor.fetchall())
        return read(*rows[0]) if rows else None

    def _sent(
        self,
        connection: Connection,
        given: Mapping[str, Sent],
        fetch: Callable[[DBAPICursor], T],
    ) -> T:
        dialect = connection.dialect
        written = self._written.get(dialect.name) or self._write(dialect)
        said = {**written.fixed, **given}
        cursor = connection.connection.cursor()
        try:
            cursor.execute(written.sql, [said[name] for name in written.places])
            return fetch(cursor)
        except dialect.loaded_dbapi.Error as exc:
            is_passing = isinstance(exc, dialect.loaded_dbapi.OperationalError)
            raise from_driver("write", exc, is_passing=is_passing) from exc
        finally:
            cursor.close()

    def _write(self, dialect: Dialect) -> _Written:
        compiled = self.statement.compile(dialect=dialect)
        places = compiled.positiontup or ()
        fixed: dict[str, Sent] = {}
        for name in places:
            bind = compiled.binds[name]
            if not bind.required:
                store = bind.type.dialect_impl(dialect).bind_processor(dialect)
                fixed[name] = bind.value if store is None else store(bind.value)
        written = _Written(sql=compiled.string, places=places, fixed=fixed)
        self._written[dialect.name] = written
        return written
