"""What is remembered of Notion, on SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import cast

from sqlalchemy import RowMapping, Table

from app.domain.notion import (
    NotionColumn,
    NotionDatabase,
    NotionFields,
    NotionLayout,
    NotionPage,
    NotionPageKind,
    NotionRole,
)
from app.storage.notion_tables import (
    notion_databases,
    notion_fields,
    notion_layouts,
    notion_pages,
    notion_said,
)
from app.storage.repository import ColumnValue, Repository, in_lists


class SqlNotionShelf(Repository):
    """`NotionShelf` on SQL."""

    def databases(self) -> Mapping[NotionRole, NotionDatabase]:
        """Those that are connected."""
        rows = self._rows(notion_databases, order=(notion_databases.c.role,))
        return {row["role"]: _database(row) for row in rows}

    def save_database(self, database: NotionDatabase) -> None:
        """Insert it, or replace the one of its role."""
        columns = {name: asdict(column) for name, column in database.columns.items()}
        self._put(notion_databases, [{**asdict(database), "columns": columns}])

    def pages(
        self, kind: NotionPageKind, keys: Collection[str] | None = None
    ) -> Mapping[str, NotionPage]:
        """Pages of a kind by key; no keys: all of them."""
        return {row["key"]: NotionPage(**row) for row in self._of(notion_pages, kind, keys)}

    def save_pages(self, pages: Sequence[NotionPage]) -> None:
        """Insert them, or replace those under their kind and key."""
        self._put(notion_pages, [asdict(page) for page in pages])

    def forget_pages(self, kind: NotionPageKind, keys: Collection[str]) -> None:
        """Forget pages that are gone, with all that we wrote on them."""
        for table in (notion_pages, notion_fields, notion_layouts):
            for some in in_lists(keys):
                where = (table.c.kind == kind, table.c.key.in_(some))
                self._connection.execute(self._delete(table, *where))

    def fields(
        self, kind: NotionPageKind, keys: Collection[str] | None = None
    ) -> Mapping[str, NotionFields]:
        """What we last wrote into pages' properties, by key; no keys: all of the kind."""
        return {row["key"]: NotionFields(**row) for row in self._of(notion_fields, kind, keys)}

    def save_fields(self, fields: Sequence[NotionFields]) -> None:
        """Insert them, or replace those under their kind and key."""
        self._put(notion_fields, [asdict(one) for one in fields])

    def layouts(
        self, kind: NotionPageKind, keys: Collection[str] | None = None
    ) -> Mapping[str, NotionLayout]:
        """Our blocks on pages, by key; no keys: all of the kind."""
        return {row["key"]: NotionLayout(**row) for row in self._of(notion_layouts, kind, keys)}

    def save_layout(self, layout: NotionLayout) -> None:
        """Insert it, or replace the one under its kind and key."""
        self._put(notion_layouts, [asdict(layout)])

    def said(self, account_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Which facts these accounts' rows told when last read; those never read are left out."""
        return {
            row["account_id"]: frozenset(row["facts"])
            for some in in_lists(account_ids)
            for row in self._rows(notion_said, notion_said.c.account_id.in_(some))
        }

    def save_said(self, said: Mapping[str, Collection[str]]) -> None:
        """Insert what rows told, or replace it under the account's id."""
        rows: list[dict[str, ColumnValue]] = [
            {"account_id": account_id, "facts": tuple(sorted(facts))}
            for account_id, facts in said.items()
        ]
        self._put(notion_said, rows)

    def _of(
        self, table: Table, kind: NotionPageKind, keys: Collection[str] | None
    ) -> Iterable[RowMapping]:
        if keys is None:
            return self._rows(table, table.c.kind == kind, order=(table.c.key,))
        return [
            row
            for some in in_lists(keys)
            for row in self._rows(
                table, table.c.kind == kind, table.c.key.in_(some), order=(table.c.key,)
            )
        ]


def _database(row: RowMapping) -> NotionDatabase:
    columns = dict(row)
    named = cast("dict[str, dict[str, str]]", columns.pop("columns"))
    return NotionDatabase(
        **columns, columns={name: NotionColumn(**column) for name, column in named.items()}
    )
