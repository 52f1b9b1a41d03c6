"""The service over a real store: what it keeps doing, when it is ready, why it ends."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.domain.feed import FactKind
from app.errors import TransientServiceError
from app.jobs.flows.starting import Starter
from app.jobs.folder_watch import FolderWatch
from app.jobs.service import FLOWS_KEPT, Part, Service, TenantChore, Ticking
from app.jobs.sweeper import Sweeper
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests import builders
from tests.fakes.engine import EngineInMemory, MarkInMemory

LOOKS = 4000
NOW = datetime(2026, 3, 9, 7, tzinfo=UTC)
DOWN = TransientServiceError("engine", "list", "connection refused")


@dataclass
class Clockwork:
    """`Ticking` that remembers."""

    can_start: bool = True
    said: list[str] = field(default_factory=list)

    def start(self) -> bool:
        self.said.append("start")
        return self.can_start

    def stop(self) -> None:
        self.said.append("stop")


@dataclass
class Surroundings:
    """A service and what it stands on."""

    store: SqlStore
    engine: EngineInMemory = field(default_factory=EngineInMemory)
    mark: MarkInMemory = field(default_factory=MarkInMemory)
    clockworks: Sequence[Ticking] = ()
    folders: Sequence[Path] = ()
    regained: list[str] = field(default_factory=list)
    shut_out: frozenset[str] = frozenset()
    """Tenants whose access cannot be looked at."""

    def service(self) -> Service:
        return Service(
            tenant_id="main",
            store=self.store,
            engine=self.engine,
            liveness=self.mark,
            sweeper=Sweeper(engine=self.engine, liveness=self.mark),
            starter=Starter(
                store=self.store, desk=self.engine, clock=lambda: NOW, stale_after_seconds=60
            ),
            clock=lambda: NOW,
            clockworks=self.clockworks,
            watches=[self.watch(folder) for folder in self.folders],
            tenant_chores=[TenantChore(name="regain access", every_seconds=3600, work=self.regain)],
        )

    async def regain(self, tenant_id: str) -> int:
        self.regained.append(tenant_id)
        if tenant_id in self.shut_out:
            raise DOWN
        return 0

    def watch(self, folder: Path) -> FolderWatch:
        return FolderWatch(tenant_id="main", folder=folder, desk=self.engine, clock=lambda: NOW)

    def run_until(self, holds: Callable[[Service], bool]) -> bool:
        """Run a service until something holds, or it ends; what `run` returned."""

        async def run() -> bool:
            service = self.service()
            running = asyncio.create_task(service.run())
            for _ in range(LOOKS):
                if holds(service) or running.done():
                    service.stop()
                    return await running
                await asyncio.sleep(0.005)
            pytest.fail("it never came to hold")

        with capture_logs():
            return asyncio.run(run())


@pytest.fixture
def around(sqlite_store: SqlStore) -> Surroundings:
    account = builders.row_of(builders.account())
    sqlite_store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, [account]))
    return Surroundings(sqlite_store)


def is_ready(service: Service) -> bool:
    return not service.troubles()


def test_it_is_ready_once_everything_answered(around: Surroundings) -> None:
    assert set(around.service().troubles()) == {Part.STORE, Part.ENGINE}
    assert around.run_until(is_ready)


def test_marks_of_events_handled_long_ago_are_forgotten(
    around: Surroundings, tmp_path: Path
) -> None:
    for event_id in ("old", "new"):
        around.store.write_now("main", partial(_mark, event_id=event_id))
    (file,) = tmp_path.glob("*.sqlite3")
    with closing(sqlite3.connect(file)) as opened, opened:
        opened.execute("UPDATE handled_events SET handled_at = 0 WHERE event_id = 'old'")

    assert around.run_until(
        lambda _: around.store.write_now("main", partial(_mark, event_id="old"))
    )
    assert not around.store.write_now("main", partial(_mark, event_id="new"))


def _mark(unit: Unit, event_id: str) -> bool:
    return unit.handled.once("sales", event_id)


def test_the_flows_of_the_dead_are_taken_up(around: Surroundings) -> None:
    around.engine.busy = frozenset({"living", "dead"})
    around.mark.others = frozenset({"living"})
    assert around.run_until(lambda _: around.engine.recovered == ["dead"])


def test_work_without_a_flow_gets_one_for_every_tenant(around: Surroundings) -> None:
    for tenant in ("main", "other"):
        around.store.write_now(tenant, owe_something)
    wanted = {"main:act:inc:1", "other:act:inc:1"}
    assert around.run_until(lambda _: wanted <= around.engine.asked.keys())


def owe_something(unit: Unit) -> None:
    unit.facts.upsert(FactKind.ACCOUNTS, [builders.row_of(builders.account())])
    unit.effects.owe([builders.work_owed(key=f"{unit.tenant_id}:inc:1:chat")])


def test_one_tenants_failure_never_keeps_another_waiting(around: Surroundings) -> None:
    around.store.write_now("other", owe_something)
    around.shut_out = frozenset({"main"})
    assert around.run_until(lambda _: around.regained == ["main", "other"])


def test_old_flows_are_forgotten_after_five_weeks(around: Surroundings) -> None:
    assert around.run_until(lambda _: bool(around.engine.forgot_before))
    assert around.engine.forgot_before == [NOW - FLOWS_KEPT] == [NOW - timedelta(days=35)]


def test_an_engine_that_does_not_answer_is_told_and_stops_nothing_else(
    around: Surroundings,
) -> None:
    around.engine.broken = DOWN

    def only_the_engine(service: Service) -> bool:
        return set(service.troubles()) == {Part.ENGINE} and bool(around.engine.forgot_before)

    assert around.run_until(only_the_engine)


def test_a_store_that_does_not_answer_is_told_in_words_that_tell_nothing(
    around: Surroundings,
) -> None:
    around.store.close()

    def troubles(service: Service) -> bool:
        return service.troubles().get(Part.STORE) == "the store does not answer"

    assert around.run_until(troubles)


def test_a_lost_mark_ends_it(around: Surroundings) -> None:
    around.mark.is_there = False
    assert not around.run_until(lambda _: False)


def test_clockworks_run_with_it_and_one_that_cannot_start_is_not_stopped(
    around: Surroundings,
) -> None:
    fine, missing = Clockwork(), Clockwork(can_start=False)
    around.clockworks = (fine, missing)
    assert around.run_until(is_ready)
    assert (fine.said, missing.said) == (["start", "stop"], ["start"])


def test_while_it_stops_it_is_not_ready(around: Surroundings) -> None:
    service = around.service()
    service.stop()
    assert service.troubles() == {Part.ENGINE: "the service is stopping: it takes up nothing more"}


def test_a_file_dropped_into_the_folder_is_asked_for_once(
    around: Surroundings, tmp_path: Path
) -> None:
    first, second = around.watch(tmp_path), around.watch(tmp_path)
    looked = looks(first.look, first.look, second.look)
    assert looked == [True, False, True]
    assert len(around.engine.asked) == 1  # two processes saw the same
    (tmp_path / "accounts.csv").write_text("account_id,name\n")
    assert looks(first.look, first.look) == [True, False]
    (tmp_path / "map.toml").write_text("[accounts]\n")
    assert looks(first.look) == [True]
    os.utime(tmp_path / "accounts.csv", (1, 1))
    assert looks(first.look) == [True]
    (ask, *_) = around.engine.asked.values()
    assert (ask.flow, dict(ask.argument)) == ("feed", {"feed": "folder"})
    assert len(around.engine.asked) == 4


def test_a_folder_that_is_gone_is_asked_for_so_that_somebody_is_told(
    around: Surroundings, tmp_path: Path
) -> None:
    watch = around.watch(tmp_path / "gone")
    assert looks(watch.look, watch.look) == [True, False]


def test_the_folder_is_watched_by_the_service(around: Surroundings, tmp_path: Path) -> None:
    around.folders = (tmp_path,)
    assert around.run_until(lambda _: any("folder" in flow_id for flow_id in around.engine.asked))


def test_what_could_not_be_asked_for_is_asked_for_again(
    around: Surroundings, tmp_path: Path
) -> None:
    watch = around.watch(tmp_path)
    around.engine.broken = DOWN
    with pytest.raises(TransientServiceError):
        looks(watch.look)
    around.engine.broken = None
    assert looks(watch.look) == [True]


def looks(*each: Callable[[], Awaitable[bool]]) -> list[bool]:
    async def look() -> list[bool]:
        return [await one() for one in each]

    return asyncio.run(look())


def test_access_that_is_back_is_looked_for_in_each_tenant(around: Surroundings) -> None:
    assert around.run_until(lambda _: bool(around.regained))
    assert around.regained == ["main"]
