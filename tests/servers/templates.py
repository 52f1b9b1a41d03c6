"""SQLite stores to begin with: copies of one whose schema is at head already."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from app.storage.sql_store import open_store


@cache
def template() -> Path:
    """A SQLite file whose schema is at head, made once a process."""
    folder = tempfile.mkdtemp(prefix="tend-template-")
    atexit.register(shutil.rmtree, folder)
    path = Path(folder) / "tend.sqlite3"
    open_store(f"sqlite:///{path}").close()
    return path


def at_head(path: Path) -> str:
    """The address of the SQLite store there, its schema at head: a copy, where there is none yet.

    Copying takes a millisecond, migrating a quarter of a second.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(template(), path)
    return f"sqlite:///{path}"
