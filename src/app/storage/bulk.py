"""Statements for many rows at once: compiled to the driver's own text, fed with plain tuples.

SQLAlchemy's own executemany spends more time on each row's dictionary than SQLite does on the row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import repeat
from operator import itemgetter
from typing import TypeAlias

from sqlalchemy import Connection, Table, bindparam, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.dml import UpdateBase

from app.storage.repository import ColumnValue

RawValue: TypeAlias = str | int | float | None
RawRow: TypeAlias = tuple[RawValue, ...]


def insert_new(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[RawRow]
) -> int:
    """Insert raw rows whose key is not there yet; returns how many were new."""
    sql, pick = _insert(connection.dialect, table, columns, ())
    return _run(connection, sql, [pick(row) for row in rows])


def insert_or_replace(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: Sequence[RawRow],
    *,
    replaced: tuple[str, ...],
) -> None:
    """Insert raw rows, or write their `replaced` columns over what is under their key."""
    sql, pick = _insert(connection.dialect, table, columns, replaced)
    _run(connection, sql, [pick(row) for row in rows])


def update_changed(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[RawRow]
) -> int:
    """Write raw rows over those that differ, found by key; returns how many did.

    `columns` hold the whole key and at least one other.
    """
    sql, pick = _update(connection.dialect, table, columns)
    return _run(connection, sql, [pick(row) for row in rows])


def encode(
    dialect: Dialect, table: Table, column: str, values: Sequence[ColumnValue]
) -> Sequence[RawValue]:
    """One column's values as the database keeps them."""
    encoder = _encoder(dialect, table, column)
    return values if encoder is None else [encoder(value) for value in values]  # type: ignore[return-value]


def constant(dialect: Dialect, table: Table, column: str, value: ColumnValue) -> repeat[RawValue]:
    """One value as the database keeps it, for as many rows as there are."""
    return repeat(encode(dialect, table, column, (value,))[0])


def _run(connection: Connection, sql: str, rows: list[RawRow]) -> int:
    if not rows:
        return 0
    result = connection.exec_driver_sql(sql, rows, execution_options={"preserve_rowcount": True})
    return result.rowcount


@lru_cache(maxsize=256)
def _encoder(
    dialect: Dialect, table: Table, column: str
) -> Callable[[ColumnValue], RawValue] | None:
    return table.c[column].type.dialect_impl(dialect).bind_processor(dialect)


@lru_cache(maxsize=256)
def _insert(
    dialect: Dialect, table: Table, columns: tuple[str, ...], replaced: tuple[str, ...]
) -> tuple[str, Callable[[RawRow], RawRow]]:
    make = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values({name: bindparam(name) for name in columns})
    if replaced:
        written = {name: statement.excluded[name] for name in replaced}
        statement = statement.on_conflict_do_update(
            index_elements=list(table.primary_key.columns), set_=written
        )
    else:
        statement = statement.on_conflict_do_nothing()
    return _compiled(dialect, statement, columns)


@lru_cache(maxsize=256)
def _update(
    dialect: Dialect, table: Table, columns: tuple[str, ...]
) -> tuple[str, Callable[[RawRow], RawRow]]:
    keys = [column.name for column in table.primary_key.columns]
    given = {
        name: bindparam(f"new_{name}", type_=table.c[name].type)
        for name in columns
        if name not in keys
    }
    statement = (
        update(table)
        .where(*(table.c[name] == bindparam(f"new_{name}") for name in keys))
        .where(or_(*(table.c[name].is_distinct_from(given[name]) for name in given)))
        .values(given)
    )
    return _compiled(dialect, statement, tuple(f"new_{name}" for name in columns))


def _compiled(
    dialect: Dialect, statement: UpdateBase, names: tuple[str, ...]
) -> tuple[str, Callable[[RawRow], RawRow]]:
    """The driver's text, and what puts a row of `names` into the order of its place marks."""
    compiled = statement.compile(dialect=dialect)
    places = [names.index(name) for name in compiled.positiontup or ()]
    return str(compiled), itemgetter(*places)
