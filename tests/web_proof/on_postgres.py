"""The large book once more, on PostgreSQL: the rows of a SQLite store, copied as they stand.

Both stores keep the same raw values under the same names, so nothing is made anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from app.storage.postgres_copy import own_tables
from app.storage.sql_store import open_store
from tests.servers.postgres import empty_database, running_server


@contextmanager
def on_postgres(file: Path) -> Iterator[str]:
    """The address of a database with what the store in `file` holds; dropped at the end."""
    with running_server(durable=False) as server, empty_database(server) as url:
        open_store(url).close()
        copied(file, url)
        yield url


def copied(file: Path, url: str) -> None:
    """Fill a store of PostgreSQL whose schema is the file's own."""
    source = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    address = make_url(url).render_as_string(hide_password=False)
    with psycopg.connect(address) as target:
        for table in own_tables():
            _table(source, target, table)
    with psycopg.connect(address, autocommit=True) as target:
        target.execute("VACUUM ANALYZE")
    source.close()


def _table(source: sqlite3.Connection, target: psycopg.Connection, table: str) -> None:
    names = [row[1] for row in source.execute(f"PRAGMA table_info({table})")]
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in names)
    target.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(table)))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    shown = ", ".join(f'"{name}"' for name in names)
    with target.cursor() as cursor, cursor.copy(into) as copy:
        for row in source.execute(f"SELECT {shown} FROM {table}"):
            copy.write_row(row)
