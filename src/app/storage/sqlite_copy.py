"""Copies of SQLite files that others write to meanwhile: whole, of one moment, a file by itself.

It knows files and their soundness, not what is in them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.errors import InvalidInput
from app.storage.probing import open_sqlite


def copy_online(source: Path, target: Path) -> None:
    """Copy a database by SQLite's own backup, in one read that holds up nobody in WAL.

    The copy needs no file beside it. Raises InvalidInput where the source is damaged.
    """
    try:
        with closing(open_sqlite(source)) as reading, closing(sqlite3.connect(target)) as writing:
            reading.backup(writing, pages=-1)
            writing.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as exc:
        raise InvalidInput(f"{source} cannot be copied: {exc}") from exc
    refuse_damaged(target, said_of=source.name)


def refuse_damaged(path: Path, *, said_of: str) -> None:
    """Raise InvalidInput where SQLite's own check finds the file unsound."""
    try:
        with closing(open_sqlite(path)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as exc:
        raise InvalidInput(f"{said_of} is damaged: {exc}") from exc
    if found != "ok":
        raise InvalidInput(f"{said_of} is damaged: {found}")
