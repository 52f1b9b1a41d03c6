"""`tend task`, killed in the middle of each of the twelve tasks: asked again, it comes to the same.

A run that nobody disturbs tells how many steps the task's flows have. The killed one dies once so
many of them are recorded as the dice say, and is asked again.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.bootstrap import SOON_SECONDS, open_app
from app.clock import system_clock
from app.domain.flow import Argument, FlowAsk
from app.ports.engine import FlowBody, Steps
from app.settings import Settings
from tests.e2e.typed import bare_environment, done
from tests.integration.small_book import TENANT, SmallBook
from tests.integration.stories.morning import copied, prepare
from tests.integration.stories.noticed import Noticed, left_undone, noticed
from tests.integration.stories.office import Office
from tests.integration.stories.twelve import TWELVE, Asking

TWICE = {"health_scan", "check_expansion"}
"""Those of many flows are killed once more, further on."""
PATIENCE_SECONDS = 60
LOOK_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class CountedSteps(Steps):
    """A flow's steps, each of which a durable engine records."""

    inner: Steps
    taken: list[str]

    @property
    def tenant_id(self) -> str:
        return self.inner.tenant_id

    @property
    def flow_id(self) -> str:
        return self.inner.flow_id

    async def run(self, name: str, work: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        self.taken.append(name)
        return await self.inner.run(name, work)

    async def start(self, ask: FlowAsk) -> None:
        self.taken.append(ask.flow_id)
        await self.inner.start(ask)

    async def wait(self, flow_id: str) -> JsonValue:
        self.taken.append(f"wait for {flow_id}")
        return await self.inner.wait(flow_id)


def counted(body: FlowBody, taken: list[str]) -> FlowBody:
    """The same flow, telling of each step."""

    async def flow(steps: Steps, argument: Argument) -> JsonValue:
        return await body(CountedSteps(steps, taken), argument)

    return flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Undisturbed:
    """A run from its beginning to its end, where nothing but the task happens."""

    answer: dict[str, JsonValue]
    noticed: Noticed
    made: int
    """How many things there are that were not there before."""
    steps: int


def undisturbed(folder: Path, asking: Asking) -> Undisturbed:
    """Have the task done on an engine that keeps nothing and dies never."""
    with opened(folder) as book:
        office, taken = Office(book=book, clock=system_clock), list[str]()
        shapes = office.engine.shapes
        office.engine.shapes = {name: counted(body, taken) for name, body in shapes.items()}
        answer = office.execute(
            asking.agent_id, task_type=asking.task_type, account_id=asking.account_id
        )
        return Undisturbed(
            answer=answer,
            noticed=office.noticed(),
            made=sum(office.made().values()),
            steps=len(taken),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A data folder in which one task is asked for."""

    folder: Path
    asking: Asking

    @property
    def words(self) -> Sequence[str]:
        return ("task", self.asking.task_type, "--account", self.asking.account_id)

    def asked(self) -> dict[str, JsonValue]:
        """The answer, when nobody disturbs."""
        result = done(self.folder, *self.words, "--json").json()["result"]
        assert isinstance(result, dict)
        return result

    def killed_after(self, steps: int) -> bool:
        """Kill -9 once so many steps are recorded; none: once the flow has begun.

        False: it had come to its end by then.
        """
        process = self._started()
        until = time.monotonic() + PATIENCE_SECONDS
        while process.poll() is None and not self._has_come(steps):
            assert time.monotonic() < until
            time.sleep(LOOK_SECONDS)
        process.kill()
        _, errors = process.communicate()
        assert process.returncode in (0, -9), errors.decode()
        return process.returncode == -9 and self._is_under_way()

    def steps(self) -> int:
        """How many steps are recorded, of all flows."""
        return self._count("SELECT count(*) FROM operation_outputs")

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "app", *self.words],
            env=bare_environment() | {"TEND_HOME": str(self.folder)},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def _has_come(self, steps: int) -> bool:
        return self.steps() >= steps if steps else self._is_under_way()

    def _is_under_way(self) -> bool:
        under_way = "SELECT count(*) FROM workflow_status WHERE status IN ('PENDING', 'ENQUEUED')"
        return self._count(under_way) > 0

    def _count(self, query: str) -> int:
        flows = f"file:{self.folder / 'flows.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(flows, uri=True, timeout=5)) as connection:
            counted: int = connection.execute(query).fetchone()[0]
        return counted


@contextmanager
def opened(folder: Path) -> Iterator[SmallBook]:
    book = SmallBook.opened(folder)
    try:
        yield book
    finally:
        book.store.close()


def found_in(folder: Path) -> Noticed:
    """Everything that people would notice; nothing may be left undone."""
    with opened(folder) as book:
        assert left_undone(book) == []
        return noticed(book)


def killed_in_the_middle(morning: Path, home: Home, steps: int) -> int:
    """Kill it after so many steps, or where it was too fast for that, earlier; after how many."""
    while not home.killed_after(steps):
        assert steps > 0, "it cannot be killed in the middle"
        steps //= 2
        shutil.rmtree(home.folder)
        copied(morning, home.folder)
    return home.steps()


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up book today, before its scan, where a process that runs flows was before."""
    home = tmp_path_factory.mktemp("morning")
    prepare(home, datetime.now(UTC).date())

    async def come_and_go() -> None:
        settings = Settings(home=home, tenant=TENANT, database_url="")
        async with open_app(settings, look_seconds=SOON_SECONDS):
            pass

    asyncio.run(come_and_go())
    return home


@pytest.mark.parametrize("asking", TWELVE, ids=lambda one: one.task_type)
def test_kill_9_in_the_middle_of_a_task_loses_and_repeats_nothing(
    morning: Path, tmp_path: Path, asking: Asking
) -> None:
    expected = undisturbed(copied(morning, tmp_path / "undisturbed"), asking)
    home = Home(folder=copied(morning, tmp_path / "killed"), asking=asking)
    dice = random.Random(f"kill {asking.task_type}")

    died_after = killed_in_the_middle(morning, home, dice.randrange(expected.steps))
    if asking.task_type in TWICE:
        home.killed_after(died_after + dice.randrange(1, expected.steps))
    answer = home.asked()

    assert found_in(home.folder) == expected.noticed
    assert (answer["task_type"], answer["error"]) == (asking.task_type, None)
    for part in ("draft_id", "partial", "confidence", "reasons"):
        assert answer[part] == expected.answer[part]
    assert (expected.made == 0) is (asking.task_type == "churn_assessment")
