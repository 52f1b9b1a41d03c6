"""What is remembered of Notion's databases, kept up by the set-up and the check.

A database that takes another's place brings none of the pages that were known in the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.domain.notion import NotionDatabase, NotionPageKind, NotionRole
from app.ports.store import Unit

_KINDS: Mapping[NotionRole, tuple[NotionPageKind, ...]] = {
    NotionRole.ACCOUNTS: (NotionPageKind.ACCOUNT, NotionPageKind.PROFILE),
    NotionRole.TICKETS: (NotionPageKind.TICKET,),
    NotionRole.QBRS: (NotionPageKind.QBR,),
}


def keep_database(unit: Unit, database: NotionDatabase) -> bool:
    """Remember it; whether that was news."""
    before = unit.notion.databases().get(database.role)
    if before == database:
        return False
    if before is not None and before.data_source_id != database.data_source_id:
        for kind in _KINDS[database.role]:
            unit.notion.forget_pages(kind, tuple(unit.notion.pages(kind)))
    unit.notion.save_database(database)
    return True


def keep_names(unit: Unit, database: NotionDatabase) -> None:
    """Remember its columns' names and its address, unless it was connected anew meanwhile."""
    before = unit.notion.databases().get(database.role)
    if before is None or _ids(before) != _ids(database):
        return
    renamed = replace(before, columns=database.columns, url=database.url)
    if renamed != before:
        unit.notion.save_database(renamed)


def _ids(database: NotionDatabase) -> tuple[str, Mapping[str, str]]:
    ids = {name: column.property_id for name, column in database.columns.items()}
    return database.data_source_id, ids
