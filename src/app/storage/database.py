"""Engines and transactions: what differs between SQLite and PostgreSQL is settled here.

SQLite: one thread writes, each write is BEGIN IMMEDIATE; readers read a snapshot and cannot write.
PostgreSQL: writes of one tenant queue up behind an advisory lock, so that read-then-write loses
nothing there either; reads see one snapshot.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from app.errors import ConfigurationError, PermanentServiceError, TransientServiceError
from app.storage.schema import bring_to_head

_BUSY_SECONDS = 30
_READERS = 4
_POSTGRES_WRITERS = 4
_WRITER = "store-writer"
_TENANT_LOCK = text("SELECT pg_advisory_xact_lock(7304, hashtext(:tenant))")


class Database:
    """Opens transactions. Ready once made: its schema is at head."""

    def __init__(self, url: str) -> None:
        address = _address(url)
        self.is_sqlite = address.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _make_folder(address)
            self._writer = _sqlite_engine(address, begin="BEGIN IMMEDIATE", read_only=False)
            self._reader = _sqlite_engine(address, begin="BEGIN", read_only=True)
        else:
            engine = create_engine(
                address, paramstyle="format", pool_size=_READERS + _POSTGRES_WRITERS
            )
            self._writer = engine
            self._reader = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._open()
        writers = 1 if self.is_sqlite else _POSTGRES_WRITERS
        self.writers = ThreadPoolExecutor(writers, thread_name_prefix=_WRITER)
        self.readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")

    def _open(self) -> None:
        try:
            bring_to_head(reader=self._reader, writer=self._writer)
        except DBAPIError as exc:
            self._dispose()
            raise ConfigurationError(
                f"TEND_DATABASE_URL: the store cannot be opened: {_short(exc)}"
            ) from exc
        except ConfigurationError:
            self._dispose()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A snapshot to read from; whatever happens, nothing is kept."""
        with _translated("read"), self._reader.connect() as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def writing(self, tenant_id: str) -> Iterator[Connection]:
        """A transaction that commits at the end, or keeps nothing where an exception leaves it."""
        with _translated("write"), self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(_TENANT_LOCK, {"tenant": tenant_id})
            yield connection

    @staticmethod
    def refuse_nested_write() -> None:
        """Raise RuntimeError inside a write, where another would wait for itself forever."""
        if threading.current_thread().name.startswith(_WRITER):
            raise RuntimeError("a write was begun inside a write")

    def close(self) -> None:
        """Wait for what is under way, then close every connection."""
        self.writers.shutdown()
        self.readers.shutdown()
        self._dispose()

    def _dispose(self) -> None:
        self._writer.dispose()
        self._reader.dispose()


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        backend = address.get_backend_name()
        if backend == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        address.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError) as exc:
        raise ConfigurationError(f"TEND_DATABASE_URL: not an address of a store: {exc}") from exc
    if backend not in {"sqlite", "postgresql"}:
        raise ConfigurationError(
            f"TEND_DATABASE_URL: {backend} is not a store Tend knows; use sqlite:///FILE or "
            "postgresql://USER@HOST/NAME"
        )
    if backend == "sqlite" and address.database in {None, "", ":memory:"}:
        raise ConfigurationError(
            "TEND_DATABASE_URL: a store in memory is lost at once; name a file: sqlite:///FILE"
        )
    return address


def _make_folder(address: URL) -> None:
    folder = Path(str(address.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise ConfigurationError(
            f"TEND_DATABASE_URL or TEND_HOME: the folder {folder} cannot be made: {exc.strerror}"
        ) from exc


def _sqlite_engine(
    address: URL, *, begin: Literal["BEGIN", "BEGIN IMMEDIATE"], read_only: bool
) -> Engine:
    engine = create_engine(
        address,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        pool_size=_READERS if read_only else 1,
        max_overflow=0,
    )

    def on_connect(connection: SqliteConnection, entry: ConnectionPoolEntry) -> None:
        del entry
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-65536",
            "wal_autocheckpoint=8000",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


@contextmanager
def _translated(operation: str) -> Iterator[None]:
    """The database's own errors, as ours."""
    try:
        yield
    except OperationalError as exc:
        raise TransientServiceError("store", operation, _short(exc)) from exc
    except DBAPIError as exc:
        raise PermanentServiceError("store", operation, _short(exc)) from exc


def _short(exc: DBAPIError) -> str:
    return str(exc.orig).strip().splitlines()[0]
