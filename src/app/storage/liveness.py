"""Who works: a lock per process, given up for it at its death by the system or the database.

On one machine it is a locked file, on PostgreSQL a session's advisory lock. A worker that is
stopped but not dead keeps its lock; one whose connection is lost does not, and what it still does
is fenced by the ledger.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

_LOCKS = 7305
"""The class of our advisory locks; any number nobody else uses."""
_MARKS = "workers"


class FileLiveness:
    """`Liveness` by locked files in a folder of one machine."""

    def __init__(self, home: Path) -> None:
        self._folder = home / _MARKS
        self._own: int | None = None
        self._name = ""

    def hold(self, worker: str) -> None:
        """Hold this process's mark until it ends or lets go."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / worker
        while self._own is None:
            mark = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(mark, fcntl.LOCK_EX)
            if _is_the_file(mark, path):
                self._own, self._name = mark, worker
            else:  # swept away between the making and the locking
                os.close(mark)

    def living(self) -> frozenset[str]:
        """All workers whose mark is held; marks of the dead are swept away."""
        if not self._folder.is_dir():
            return frozenset()
        return frozenset(
            path.name
            for path in self._folder.iterdir()
            if path.name == self._name or _is_locked(path)
        )

    def is_held(self) -> bool:
        """A file's lock cannot be lost."""
        return self._own is not None

    def let_go(self) -> None:
        """Give up our own mark."""
        if self._own is None:
            return
        (self._folder / self._name).unlink(missing_ok=True)
        os.close(self._own)
        self._own = None
        self._name = ""


def _is_the_file(mark: int, path: Path) -> bool:
    try:
        return os.fstat(mark).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False


def _is_locked(path: Path) -> bool:
    try:
        mark = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        path.unlink(missing_ok=True)  # while its lock is ours: nobody can be holding it
        return False
    finally:
        os.close(mark)


class PostgresLiveness:
    """`Liveness` by advisory locks of a session that lasts as long as the process."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._own: Connection | None = None

    def hold(self, worker: str) -> None:
        """Hold this process's mark until it ends, lets go or loses its connection."""
        self._engine = _session(self._url, worker)
        self._own = self._engine.connect()
        self._own.execute(_LOCK, {"class": _LOCKS, "pid": os.getpid()})

    def living(self) -> frozenset[str]:
        """All workers of this database whose mark is held."""
        if self._own is not None:
            return _living(self._own)
        engine = _session(self._url, "tend")
        try:
            with engine.connect() as connection:
                return _living(connection)
        finally:
            engine.dispose()

    def is_held(self) -> bool:
        """Whether the session still answers."""
        if self._own is None:
            return False
        try:
            self._own.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True

    def let_go(self) -> None:
        """Give up our own mark."""
        if self._own is None or self._engine is None:
            return
        self._own.close()
        self._engine.dispose()
        self._own = self._engine = None


_LOCK = text("SELECT pg_advisory_lock_shared(:class, :pid)")
_LIVING = text(
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.classid = :class AND l.granted "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def _session(url: str, name: str) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={
            "application_name": name,  # at most 63 bytes: a worker's name is shorter
            "keepalives": 1,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
        },
    )


def _living(connection: Connection) -> frozenset[str]:
    return frozenset(connection.scalars(_LIVING, {"class": _LOCKS}))


def liveness_of(url: str, home: Path) -> FileLiveness | PostgresLiveness:
    """The marks of those who work on this store."""
    if make_url(url).get_backend_name() == "postgresql":
        return PostgresLiveness(url)
    return FileLiveness(home)
