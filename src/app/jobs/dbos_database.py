"""Where DBOS keeps its flows: a SQLite file of its own in WAL, or a schema of the PostgreSQL store.

It knows files and connections, not flows.
"""

from __future__ import annotations

from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MILLISECONDS = 30_000
SQLITE_CONNECTIONS = 8


def dbos_url(url: str) -> str:
    """The address as DBOS wants it."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    return address.render_as_string(hide_password=False)


def sqlite_engine(url: str) -> Engine | None:
    """DBOS's engine on a SQLite file, in WAL from the start; None: the address is no SQLite file.

    Writes take the lock at once: a deferred read-then-write fails under load whatever the time-out
    (docs/adr/0006). WAL with synchronous=NORMAL survives a killed process; the last flows' steps
    may be run again after a power failure, which the effects ledger bears.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return None
    engine = create_engine(
        url,
        pool_size=SQLITE_CONNECTIONS,
        max_overflow=4 * SQLITE_CONNECTIONS,
        connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
    )

    def on_connect(connection: SqliteConnection, entry: ConnectionPoolEntry) -> None:
        del entry
        connection.isolation_level = "IMMEDIATE"
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", on_connect)
    return engine
