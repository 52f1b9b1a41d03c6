"""Stores to test with: a fresh SQLite file, or a fresh database of a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.sql_store import SqlStore, open_store
from tests.servers.templates import at_head, template


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """A SQLite file whose schema is at head; copying it is faster than migrating."""
    return template()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a fresh SQLite store, its schema at head."""
    return at_head(tmp_path / "tend.sqlite3")


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[SqlStore]:
    """A fresh SQLite store."""
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh store of each kind in turn."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[SqlStore]:
    """A fresh store of each kind in turn."""
    opened = open_store(store_url)
    yield opened
    opened.close()
