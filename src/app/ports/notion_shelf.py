"""What the store remembers of Notion, opened for one tenant inside one transaction.

Each of its five kinds of rows has one writer: databases by the set-up and the feed's cursor, pages
by whoever makes or finds them, fields and layouts by the surface, what rows said by the feed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from app.domain.notion import (
    NotionDatabase,
    NotionFields,
    NotionLayout,
    NotionPage,
    NotionPageKind,
    NotionRole,
)


class NotionShelf(Protocol):
    """Databases, pages, and what we wrote on them."""

    def databases(self) -> Mapping[NotionRole, NotionDatabase]:
        """Those that are connected."""
        ...

    def save_database(self, database: NotionDatabase) -> None:
        """Insert it, or replace the one of its role."""
        ...

    def pages(
        self, kind: NotionPageKind, keys: Collection[str] | None = None
    ) -> Mapping[str, NotionPage]:
        """Pages of a kind by key; no keys: all of them."""
        ...

    def save_pages(self, pages: Sequence[NotionPage]) -> None:
        """Insert them, or replace those under their kind and key."""
        ...

    def forget_pages(self, kind: NotionPageKind, keys: Collection[str]) -> None:
        """Forget pages that are gone, with all that we wrote on them."""
        ...

    def fields(
        self, kind: NotionPageKind, keys: Collection[str] | None = None
    ) -> Mapping[str, NotionFields]:
        """What we last wrote into pages' properties, by key; no keys: all of the kind."""
        ...

    def save_fields(self, fields: Sequence[NotionFields]) -> None:
        """Insert them, or replace those under their kind and key."""
        ...

    def layouts(
        self, kind: NotionPageKind, keys: Collection[str] | None = None
    ) -> Mapping[str, NotionLayout]:
        """Our blocks on pages, by key; no keys: all of the kind."""
        ...

    def save_layout(self, layout: NotionLayout) -> None:
        """Insert it, or replace the one under its kind and key."""
        ...

    def said(self, account_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Which facts these accounts' rows told when last read; those never read are left out."""
        ...

    def save_said(self, said: Mapping[str, Collection[str]]) -> None:
        """Insert what rows told, or replace it under the account's id."""
        ...
