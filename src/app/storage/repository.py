"""What every repository stands on: one connection, one tenant, statements held to that tenant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from pydantic import JsonValue
from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    RowMapping,
    Table,
    Update,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.fact_rows import FactValue

V = TypeVar("V")
ColumnValue: TypeAlias = FactValue | Mapping[str, JsonValue]
NewRow: TypeAlias = dict[str, ColumnValue]
"""Column name to value, the tenant left out."""

_IN_LIST = 500
"""Most values given to one IN: both databases take more, but are slow to plan it."""


class Repository:
    """Rows of one tenant on one connection; nothing else can be reached through it."""

    def __init__(self, connection: Connection, tenant_id: str) -> None:
        self._connection = connection
        self._tenant_id = tenant_id

    def _rows(
        self, table: Table, *where: ColumnElement[bool], order: Sequence[ColumnElement[V]] = ()
    ) -> Sequence[RowMapping]:
        """The tenant's rows of a table, all columns but the tenant's."""
        statement = select(*own_columns(table)).where(self._mine(table), *where).order_by(*order)
        return self._connection.execute(statement).mappings().all()

    def _row(self, table: Table, *where: ColumnElement[bool]) -> RowMapping | None:
        found = self._rows(table, *where)
        return found[0] if found else None

    def _count(self, table: Table, *where: ColumnElement[bool]) -> int:
        statement = select(func.count()).select_from(table).where(self._mine(table), *where)
        return int(self._connection.execute(statement).scalar_one())

    def _mine(self, table: Table) -> ColumnElement[bool]:
        return table.c.tenant_id == self._tenant_id

    def _update(self, table: Table, *where: ColumnElement[bool]) -> Update:
        return update(table).where(self._mine(table), *where)

    def _delete(self, table: Table, *where: ColumnElement[bool]) -> Delete:
        return delete(table).where(self._mine(table), *where)

    def _add(self, table: Table, rows: Sequence[Mapping[str, ColumnValue]]) -> int:
        """Insert rows whose key is not there yet; returns how many were new."""
        if not rows:
            return 0
        statement = insert_into(self._connection, table).on_conflict_do_nothing()
        result = self._connection.execute(
            statement, self._owned(rows), execution_options={"preserve_rowcount": True}
        )
        return result.rowcount

    def _put(self, table: Table, rows: Sequence[Mapping[str, ColumnValue]]) -> None:
        """Insert rows, or replace what is under their primary key."""
        if not rows:
            return
        statement = insert_into(self._connection, table)
        keys = list(table.primary_key.columns)
        replaced = {c.name: statement.excluded[c.name] for c in table.c if c not in set(keys)}
        statement = statement.on_conflict_do_update(index_elements=keys, set_=replaced)
        self._connection.execute(statement, self._owned(rows))

    def _owned(self, rows: Sequence[Mapping[str, ColumnValue]]) -> list[dict[str, ColumnValue]]:
        return [{"tenant_id": self._tenant_id, **row} for row in rows]

    def _next_place(self, table: Table) -> int:
        """The next number of an append-only order; writes of one tenant never overlap."""
        newest = select(func.max(table.c.place)).where(self._mine(table))
        return int(self._connection.execute(newest).scalar_one() or 0) + 1


def own_columns(table: Table) -> tuple[ColumnElement[ColumnValue], ...]:
    """The table's columns but `tenant_id`, in order."""
    return tuple(column for column in table.c if column.name != "tenant_id")


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what becomes of conflicts, in the connection's dialect."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def in_lists(values: Collection[V]) -> Iterator[list[V]]:
    """The values in lists short enough for one IN."""
    ordered = list(values)
    for start in range(0, len(ordered), _IN_LIST):
        yield ordered[start : start + _IN_LIST]
