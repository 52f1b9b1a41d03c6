"""The threads that write: one on SQLite, where writes that wait share a transaction, or a few.

It knows what differs between the two databases' ways of writing, not what is written.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine, text

from app.storage.database_errors import translated
from app.storage.group_commit import GroupCommit

T = TypeVar("T")
_NAME = "store-writer"
POSTGRES_WRITERS = 4
"""Threads, and so connections."""
_TENANT_LOCK = text("SELECT pg_advisory_xact_lock(7304, hashtext(:tenant))")


class Writers(Protocol):
    """Takes writes from any thread, runs them in its own."""

    def write(self, tenant_id: str, work: Callable[[Connection], T]) -> Future[T]:
        """Run `work` in a transaction beside which no other of the tenant's reads to write.

        Its future is done once everything is safely kept, or fails once nothing is.
        """
        ...

    def swap(self, work: Callable[[Connection], T]) -> Future[T]:
        """Run `work`, which sends one statement that compares before it swaps.

        Where the database allows, it waits for no other write but one of the same row.
        """
        ...

    def close(self) -> None:
        """Wait for what was asked for, then end the threads."""
        ...


def refuse_nested_write() -> None:
    """Raise RuntimeError inside a write, where another would wait for itself forever."""
    if threading.current_thread().name.startswith(_NAME):
        raise RuntimeError("a write was begun inside a write")


class SqliteWriters:
    """One thread, in the order of being asked: SQLite has one writer at a time anyway."""

    def __init__(self, engine: Engine) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=_NAME)
        self._grouped = GroupCommit(self._thread, engine)

    def write(self, tenant_id: str, work: Callable[[Connection], T]) -> Future[T]:
        """Run `work` after those asked for before, perhaps in one transaction with them."""
        del tenant_id  # nobody else writes meanwhile
        return self._grouped.put(work)

    def swap(self, work: Callable[[Connection], T]) -> Future[T]:
        """As `write`."""
        return self._grouped.put(work)

    def close(self) -> None:
        """Wait for what was asked for, then end the thread."""
        self._thread.shutdown()


class PostgresWriters:
    """A few threads; writes of one tenant queue up behind an advisory lock, in any process."""

    def __init__(self, engine: Engine, *, committing: Engine) -> None:
        self._engine = engine
        self._committing = committing  # each statement by itself
        self._held: deque[Connection] = deque()
        self._threads = ThreadPoolExecutor(POSTGRES_WRITERS, thread_name_prefix=_NAME)

    def write(self, tenant_id: str, work: Callable[[Connection], T]) -> Future[T]:
        """Run `work` in a transaction of its own, once the tenant's lock is had."""
        return self._threads.submit(self._write, tenant_id, work)

    def swap(self, work: Callable[[Connection], T]) -> Future[T]:
        """Send the one statement of `work`, which commits by itself: no lock but the row's.

        While it waits for the row it holds nothing that another could wait for: no deadlock.
        """
        return self._threads.submit(self._swap, work)

    def close(self) -> None:
        """Wait for what was asked for, then end the threads and the connections of swaps."""
        self._threads.shutdown()
        self._let_go()
        self._committing.dispose()

    def _write(self, tenant_id: str, work: Callable[[Connection], T]) -> T:
        with translated("write"), self._engine.begin() as connection:
            connection.execute(_TENANT_LOCK, {"tenant": tenant_id})
            return work(connection)

    def _swap(self, work: Callable[[Connection], T]) -> T:
        with translated("write"), ExitStack() as unless_well:
            connection = self._hold()
            unless_well.callback(self._let_go)
            unless_well.callback(_throw_away, connection)
            done = work(connection)
            unless_well.pop_all()
            self._held.append(connection)
            return done

    def _hold(self) -> Connection:
        """A connection that no other thread has: to fetch one anew costs a third of a swap."""
        try:
            return self._held.pop()
        except IndexError:
            return self._committing.connect()

    def _let_go(self) -> None:
        """Throw away what is held: where one connection is lost, the others are too."""
        with suppress(IndexError):
            while True:
                _throw_away(self._held.pop())


def _throw_away(connection: Connection) -> None:
    connection.invalidate()
    connection.close()
