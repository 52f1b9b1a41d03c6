"""Group commit for a database with one writer: writes that wait share one transaction.

SQLite syncs the disk once per transaction, and that costs more than most writes do. Each write
keeps what it would have alone: all of it or nothing, its own error, no answer before the sync.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from app.errors import TransientServiceError
from app.storage.database_errors import translated

T = TypeVar("T")
MOST_TOGETHER = 32
LONGEST_SECONDS = 0.005
"""None joins a transaction that has worked for this long: a few syncs' worth of waiting."""


class GroupCommit:
    """Runs writes in the order of being asked for, in the one thread that uses `engine`."""

    def __init__(self, thread: Executor, engine: Engine) -> None:
        self._thread = thread
        self._engine = engine
        self._waiting: deque[_Write] = deque()
        self._lock = threading.Lock()

    def put(self, work: Callable[[Connection], T]) -> Future[T]:
        """Have `work` run; its future is done once all of it is kept, or fails once nothing is."""
        asked = _Asked(work)
        with self._lock:
            # First, for it raises once the thread is closed. It finds nothing to do where an
            # earlier one took this write along.
            self._thread.submit(self._run_waiting)
            self._waiting.append(asked)
        return asked.answer

    def _run_waiting(self) -> None:
        first = self._next()
        if first is None:
            return
        with _Together(first) as together, translated("write"), self._engine.begin() as connection:
            began = time.monotonic()
            first.run(connection)  # where it raises, the transaction was its own and is undone
            while time.monotonic() - began < LONGEST_SECONDS and together.have_room():
                another = self._next()
                if another is None:
                    break
                together.join(another)
                another.run_within(connection)
            if not _driver_of(connection).in_transaction:
                # SQLite undoes it all when, for one, the disk is full; a commit would pass silently
                raise TransientServiceError("store", "write", "the transaction was given up")

    def _next(self) -> _Write | None:
        """The next write whose caller has not given it up."""
        with self._lock:
            while self._waiting:
                asked = self._waiting.popleft()
                if asked.begin():
                    return asked
            return None


class _Write(Protocol):
    """A write, whatever it answers."""

    def begin(self) -> bool:
        """Take it up; False: its caller has given it up."""
        ...

    def run(self, connection: Connection) -> None:
        """Do it in a transaction where it is the first; raises what it raises."""
        ...

    def run_within(self, connection: Connection) -> None:
        """Do it after others in their transaction; what it raises undoes it alone."""
        ...

    def tell(self, lost: BaseException | None) -> None:
        """Let its caller know; `lost`: why nothing of the transaction was kept."""
        ...


@dataclass(frozen=True, slots=True)
class _Asked(Generic[T]):
    """A write and its caller's future."""

    work: Callable[[Connection], T]
    answer: Future[T] = field(default_factory=Future)
    done: list[T] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)

    def begin(self) -> bool:
        return self.answer.set_running_or_notify_cancel()

    def run(self, connection: Connection) -> None:
        self.done.append(self.work(connection))

    def run_within(self, connection: Connection) -> None:
        with _Savepoint(_driver_of(connection), self.failed), translated("write"):
            self.run(connection)

    def tell(self, lost: BaseException | None) -> None:
        why = self.failed[0] if self.failed else lost
        if why is None:
            self.answer.set_result(self.done[0])
        else:
            self.answer.set_exception(why)


@dataclass(frozen=True, slots=True)
class _Savepoint:
    """Undoes what one write did before it raised, and keeps what it raised for its caller."""

    driver: sqlite3.Connection
    failed: list[BaseException]

    def __enter__(self) -> None:
        self._say("SAVEPOINT one_of_many")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        del kind, traceback
        if raised is not None:
            self.failed.append(raised)
            self._say("ROLLBACK TO one_of_many")
        self._say("RELEASE one_of_many")
        return True

    def _say(self, statement: str) -> None:
        """To the driver itself: twenty times as fast as through SQLAlchemy, and twice a write."""
        try:
            self.driver.execute(statement)
        except sqlite3.Error as exc:
            raise TransientServiceError("store", "write", str(exc)) from exc


@dataclass(slots=True)
class _Together:
    """The writes of one transaction: its end, good or bad, is told to all of them."""

    first: _Write
    joined: list[_Write] = field(default_factory=list)

    def have_room(self) -> bool:
        return len(self.joined) + 1 < MOST_TOGETHER

    def join(self, another: _Write) -> None:
        self.joined.append(another)

    def __enter__(self) -> _Together:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        del kind, traceback
        for write in (self.first, *self.joined):
            write.tell(raised)
        return True


def _driver_of(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        msg = f"group commit is for SQLite, not for {type(driver).__name__}"
        raise TypeError(msg)
    return driver
