"""Engines and transactions: what differs between SQLite and PostgreSQL is settled here.

SQLite: one thread writes, each transaction is BEGIN IMMEDIATE; readers read a snapshot and cannot
write. PostgreSQL: writes of one tenant queue up behind an advisory lock, so that read-then-write
loses nothing there either; reads see one snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import TYPE_CHECKING, Literal, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from app.errors import ConfigurationError
from app.storage.database_errors import first_line, translated
from app.storage.schema import bring_to_head
from app.storage.writers import POSTGRES_WRITERS, PostgresWriters, SqliteWriters, Writers

if TYPE_CHECKING:
    from psycopg import Connection as PostgresConnection

T = TypeVar("T")
_BUSY_SECONDS = 30
_READERS = 4


class Database:
    """Opens transactions. Ready once made: its schema is at head."""

    def __init__(self, url: str) -> None:
        address = _address(url)
        is_sqlite = address.get_backend_name() == "sqlite"
        if is_sqlite:
            _make_folder(address)
            self._writer = _sqlite_engine(address, begin="BEGIN IMMEDIATE", read_only=False)
            self._reader = _sqlite_engine(address, begin="BEGIN", read_only=True)
        else:
            self._writer = _postgres_engine(address, connections=_READERS + POSTGRES_WRITERS)
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._open()
        self.writers: Writers = (
            SqliteWriters(self._writer)
            if is_sqlite
            else PostgresWriters(
                self._writer,
                committing=_postgres_engine(
                    address, connections=POSTGRES_WRITERS, isolation="AUTOCOMMIT"
                ),
            )
        )
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")

    def _open(self) -> None:
        try:
            bring_to_head(reader=self._reader, writer=self._writer)
        except DBAPIError as exc:
            self._dispose()
            raise ConfigurationError(
                f"TEND_DATABASE_URL: the store cannot be opened: {first_line(exc.orig or exc)}"
            ) from exc
        except ConfigurationError:
            self._dispose()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A snapshot to read from; it cannot write, so that nothing is kept whatever happens."""
        with translated("read"), self._reader.connect() as connection:
            yield connection
            connection.commit()  # after a rollback psycopg would prepare its statements anew

    def read(self, work: Callable[[Connection], T]) -> Future[T]:
        """Run `work` on a snapshot, in a reading thread."""
        return self._readers.submit(self._read, work)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self.reading() as connection:
            return work(connection)

    def close(self) -> None:
        """Wait for what is under way, then close every connection."""
        self.writers.close()
        self._readers.shutdown()
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


def _postgres_engine(
    address: URL,
    *,
    connections: int,
    isolation: Literal["READ COMMITTED", "AUTOCOMMIT"] = "READ COMMITTED",
) -> Engine:
    engine = create_engine(
        address,
        paramstyle="format",
        isolation_level=isolation,
        pool_size=connections,
        pool_use_lifo=True,
        skip_autocommit_rollback=True,
    )

    def on_connect(connection: PostgresConnection, entry: ConnectionPoolEntry) -> None:
        """No statement of ours runs long enough to be worth compiling: that takes 0.1 s each."""
        del entry
        connection.execute("SET jit = off")
        connection.commit()

    event.listen(engine, "connect", on_connect)
    return engine


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
