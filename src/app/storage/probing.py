"""A look at a store without opening it: nothing is made, nothing is migrated.

Backups, restores and the doctor look before they act; what they find they judge themselves.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection, NullPool, create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.errors import ConfigurationError, TransientServiceError
from app.storage.schema import REVISIONS

FLOWS_SCHEMA = "dbos"
"""Where the flows are on PostgreSQL."""
CONNECT_SECONDS = 10
_BUSY_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What is behind an address."""

    revision: str | None
    """The schema's; None: there is no store yet."""
    skew_seconds: float = 0.0
    """How far the database's clock is ahead of ours; 0 where both are the same clock."""
    has_flows: bool = False
    """Whether flows were ever run on this address."""

    @property
    def is_at_head(self) -> bool:
        """Whether the schema is the newest that this program knows."""
        return self.revision == REVISIONS[-1]

    @property
    def is_newer(self) -> bool:
        """Whether a newer program made it."""
        return self.revision is not None and self.revision not in REVISIONS


def address_of(url: str) -> URL:
    """A store's address, told apart. Raises ConfigurationError naming TEND_DATABASE_URL."""
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, ValueError) as exc:
        raise ConfigurationError("TEND_DATABASE_URL: not an address of a store") from exc
    if backend not in {"sqlite", "postgresql"}:
        raise ConfigurationError(
            f"TEND_DATABASE_URL: {backend} is not a store Tend knows; use sqlite:///FILE or "
            "postgresql://USER@HOST/NAME"
        )
    return address


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address; None: it is PostgreSQL's. Raises ConfigurationError."""
    address = address_of(url)
    if address.get_backend_name() != "sqlite":
        return None
    if address.database in {None, "", ":memory:"}:
        raise ConfigurationError(
            "TEND_DATABASE_URL: a store in memory is lost at once; name a file"
        )
    return Path(str(address.database))


def probe(url: str) -> Probe:
    """Look. Raises ConfigurationError, TransientServiceError where the database is out of reach."""
    path = sqlite_file(url)
    if path is None:
        return _probe_postgres(address_of(url))
    try:
        return _probe_sqlite(path)
    except sqlite3.Error as exc:
        raise TransientServiceError("store", "look", f"{path}: {exc}") from exc


def _probe_sqlite(path: Path) -> Probe:
    if not path.is_file():
        return Probe(revision=None)
    with closing(open_sqlite(path)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        has_flows = "workflow_status" in tables
        if "alembic_version" not in tables:
            return Probe(revision=None, has_flows=has_flows)
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return Probe(revision=found[0] if found else None, has_flows=has_flows)


def open_sqlite(path: Path) -> sqlite3.Connection:
    """A connection that only reads and makes no file. What a killed process left is seen too."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)
    connection.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA query_only=ON")
    return connection


def _probe_postgres(address: URL) -> Probe:
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )
    try:
        with engine.connect() as connection:
            return _look(connection)
    except DBAPIError as exc:
        raise TransientServiceError("store", "look", short(exc)) from exc
    finally:
        engine.dispose()


def _look(connection: Connection) -> Probe:
    began = datetime.now(UTC)
    theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    ended = datetime.now(UTC)
    skew = theirs - (began + (ended - began) / 2)
    inspector = inspect(connection)
    revision: str | None = None
    if inspector.has_table("alembic_version"):
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return Probe(
        revision=revision,
        skew_seconds=skew.total_seconds(),
        has_flows=inspector.has_table("workflow_status", schema=FLOWS_SCHEMA),
    )


def short(exc: DBAPIError) -> str:
    """A database's error on one line; drivers never put a password into it."""
    lines = str(exc.orig).strip().splitlines()
    return lines[0] if lines else type(exc.orig).__name__
