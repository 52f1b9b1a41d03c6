"""SQLite's writes that share a transaction: what is answered is kept, whatever becomes of it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from app.errors import PermanentServiceError, TransientServiceError
from app.storage.database import Database
from app.storage.group_commit import MOST_TOGETHER

PATIENCE_SECONDS = 30


class RefusedByWork(Exception):
    """None of ours."""


@dataclass(frozen=True)
class Notes:
    """A scratch table of numbers in a store, written through its one writer."""

    database: Database

    @classmethod
    def opened(cls, url: str) -> Notes:
        notes = cls(Database(url))
        notes.ask("CREATE TABLE IF NOT EXISTS scratch (number INTEGER, text TEXT)").result()
        return notes

    def ask(self, *statements: str, failing: bool = False) -> Future[None]:
        def work(connection: Connection) -> None:
            for statement in statements:
                connection.exec_driver_sql(statement)
            if failing:
                raise RefusedByWork

        return self.database.writers.write("main", work)

    def hold(self) -> threading.Event:
        """Keep the writer busy until the event is set."""
        begun, go_on = threading.Event(), threading.Event()

        def work(_connection: Connection) -> None:
            begun.set()
            assert go_on.wait(PATIENCE_SECONDS)

        self.database.writers.write("main", work)
        assert begun.wait(PATIENCE_SECONDS)
        return go_on

    def kept(self) -> list[int]:
        def work(connection: Connection) -> list[int]:
            found = connection.exec_driver_sql("SELECT number FROM scratch ORDER BY rowid")
            return list(found.scalars())

        return self.database.read(work).result()


def note(number: int, text: str = "") -> str:
    return f"INSERT INTO scratch VALUES ({number}, '{text}')"


@pytest.fixture
def notes(sqlite_url: str) -> Iterator[Notes]:
    opened = Notes.opened(sqlite_url)
    yield opened
    opened.database.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=st.lists(st.tuples(st.integers(1, 3), st.booleans(), st.booleans()), max_size=80))
def test_what_is_kept_is_what_succeeded_in_the_order_of_being_asked(
    notes: Notes, writes: list[tuple[int, bool, bool]]
) -> None:
    notes.ask("DELETE FROM scratch").result()
    go_on = notes.hold()
    asked = [
        notes.ask(*[note(place)] * rows, failing=fails)
        for place, (rows, fails, _given_up) in enumerate(writes)
    ]
    for answer, (_rows, _fails, given_up) in zip(asked, writes, strict=True):
        if given_up:
            assert answer.cancel()
    go_on.set()
    expected: list[int] = []
    for place, (answer, (rows, fails, given_up)) in enumerate(zip(asked, writes, strict=True)):
        if given_up:
            continue
        if fails:
            with pytest.raises(RefusedByWork):
                answer.result(PATIENCE_SECONDS)
        else:
            answer.result(PATIENCE_SECONDS)
            expected += [place] * rows
    assert notes.kept() == expected


def test_writes_that_wait_share_few_transactions(notes: Notes) -> None:
    commits: list[Connection] = []
    event.listen(notes.database._writer, "commit", commits.append)
    go_on = notes.hold()
    asked = [notes.ask(note(number)) for number in range(2 * MOST_TOGETHER)]
    go_on.set()
    for answer in asked:
        answer.result(PATIENCE_SECONDS)
    assert len(commits) < MOST_TOGETHER / 2


def test_a_full_disk_fails_all_of_the_transaction_and_only_it(notes: Notes) -> None:
    go_on = notes.hold()
    ahead = notes.ask(note(1))
    filling = notes.ask("PRAGMA max_page_count=1", note(2, "x" * 1_000_000))
    behind = notes.ask(note(3))
    go_on.set()
    failed = []
    for number, answer in ((1, ahead), (2, filling), (3, behind)):
        if answer.exception(PATIENCE_SECONDS) is not None:
            assert isinstance(answer.exception(), TransientServiceError)
            failed.append(number)
    assert 2 in failed
    assert notes.kept() == [number for number in (1, 2, 3) if number not in failed]
    notes.ask("PRAGMA max_page_count=1000000", note(4)).result(PATIENCE_SECONDS)
    assert notes.kept()[-1] == 4


def test_a_commit_that_fails_keeps_nothing_and_all_are_told(notes: Notes) -> None:
    notes.ask(
        "CREATE TABLE parents (number INTEGER PRIMARY KEY)",
        "CREATE TABLE children (parent INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED)",
    ).result(PATIENCE_SECONDS)
    go_on = notes.hold()
    ahead = notes.ask(note(1))
    orphan = notes.ask("INSERT INTO children VALUES (7)")
    go_on.set()
    told = [ahead.exception(PATIENCE_SECONDS), orphan.exception(PATIENCE_SECONDS)]
    assert all(isinstance(one, PermanentServiceError) for one in told)
    assert notes.kept() == []
    notes.ask(note(2)).result(PATIENCE_SECONDS)
    assert notes.kept() == [2]


KILLED = """
import os, sys, threading
from tests.integration.test_group_commit import Notes, note
notes = Notes.opened(sys.argv[1])
def write(start):
    for number in range(start, start + 10_000):
        notes.ask(note(number)).result()
        os.write(1, f"{number}\\n".encode())
threads = [threading.Thread(target=write, args=(start,)) for start in range(0, 80_000, 10_000)]
for thread in threads:
    thread.start()
threads[0].join()
"""


def test_nothing_answered_is_lost_when_the_process_is_killed(sqlite_url: str) -> None:
    command = [sys.executable, "-c", KILLED, sqlite_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(400)]
        writer.kill()
        told += writer.stdout.readlines()
    answered = {int(line) for line in told if line.endswith("\n")}
    after = Notes.opened(sqlite_url)
    assert len(answered) >= 400
    assert answered <= set(after.kept())
    after.database.close()
