"""`tend run` on SQLite, as a real process: its morning, its end, and what survives it."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import pytest
from pydantic import JsonValue

from app.bootstrap import open_client
from app.clock import local_day
from app.domain.effect import EffectState
from app.domain.feed import FactKind
from app.domain.flow import FlowState
from app.domain.scan import ScanState
from app.jobs.flows.scan_flow import scan_ask
from app.settings import Settings
from app.storage.sql_store import SqlStore, open_store
from tests.e2e.service_process import ServiceProcess, running
from tests.e2e.test_scan_survives_kill import IN_TROUBLE, prepared, what_came_of_it
from tests.e2e.typed import done, typed
from tests.integration.small_book import TENANT

pytestmark = pytest.mark.timeout(300)  # several processes, one after the other

ACCOUNTS = "account_id,name\nacme,Acme\n"
MINUTE = re.compile(r"\b\d\d:\d\d\b")


@contextmanager
def store_of(home: Path) -> Iterator[SqlStore]:
    store = open_store(Settings(home=home, database_url="").store_url)
    try:
        yield store
    finally:
        store.close()


def is_all_done(home: Path) -> bool:
    """The day is scanned, and nothing is owed any more."""
    with store_of(home) as store:
        scan = store.read_now(TENANT, lambda unit: unit.scans.latest())
        counts = store.read_now(TENANT, lambda unit: unit.work.counts())
        zone = store.read_now(TENANT, lambda unit: unit.tenant.settings().settings.zone)
    is_today = scan is not None and scan.local_day == local_day(datetime.now(UTC), zone)
    is_recorded = scan is not None and scan.state is ScanState.RECORDED
    return (
        is_today
        and is_recorded
        and counts[EffectState.DONE] > 0
        and not any(counts[state] for state in (EffectState.OWED, EffectState.INTENT))
    )


def account_ids(home: Path) -> int:
    with store_of(home) as store:
        return store.read_now(TENANT, lambda unit: unit.facts.count(FactKind.ACCOUNTS))


@pytest.fixture(scope="session")
def prepared_trouble(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("trouble") / "home"
    prepared(home)
    return home


@pytest.fixture
def home(prepared_trouble: Path, tmp_path: Path) -> Path:
    """A live book whose accounts turned red since yesterday."""
    return Path(shutil.copytree(prepared_trouble, tmp_path / "home"))


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_it_says_where_it_is_scans_at_its_slot_and_ends_well(home: Path) -> None:
    with running(home) as service:
        service.until_ready()
        assert str(home) in service.words
        assert "Next scan" in service.words
        assert service.health("live") == (200, {"status": "live"})
        service.until(lambda: is_all_done(home), "through with the day")
        assert service.stop() == 0
    assert len(what_came_of_it(home)["drafts"]) == IN_TROUBLE


def test_kill_9_in_the_middle_loses_and_repeats_nothing(home: Path, tmp_path: Path) -> None:
    undisturbed = Path(shutil.copytree(home, tmp_path / "undisturbed" / "home"))
    with running(undisturbed) as service:
        service.until(lambda: is_all_done(undisturbed), "through with the day")
    for steps in (1, 3, 20, 40):
        with running(home, "--no-web", TEND_LOG_LEVEL="debug") as service:
            service.until_said("step.begun", times=steps)
            service.kill()
    assert not is_all_done(home)
    with running(home) as service:
        service.until(lambda: is_all_done(home), "through with the day")
        assert service.stop() == 0
    assert what_came_of_it(home) == what_came_of_it(undisturbed)


def test_what_is_asked_from_beside_is_run_by_it(home: Path) -> None:
    async def asked() -> JsonValue:
        client = open_client(Settings(home=home, database_url=""))
        try:
            ask = scan_ask(TENANT, "by-hand", account_id="acct001")
            await client.enqueue(ask)
            return await client.result(TENANT, ask.flow_id, timeout_seconds=300)
        finally:
            client.close()

    with running(home) as service:
        service.until_ready()
        result = asyncio.run(asked())
        said = done(home, "scan", "--account", "acct002", "--json")
    assert isinstance(result, dict)
    assert result["assessed"] == 2
    assert said.json()["accounts"]


def test_a_second_one_on_the_folder_is_refused_and_told_who_runs(empty: Path) -> None:
    with running(empty) as service:
        service.until_ready()
        said = typed(empty, "run", "--port", "0")
        assert said.code == 2
        assert f"process {service.process.pid}, since " in said.words
        assert service.address in said.words
        assert service.health("ready")[0] == 200
        service.kill()
    with running(empty) as service:  # a killed one leaves no lock behind
        service.until_ready()


def test_a_taken_port_is_told_with_the_way_out(empty: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = typed(empty, "run", "--port", str(taken.getsockname()[1]))
    assert said.code == 2
    assert (
        "cannot be listened on: Address already in use; choose another, or --no-web" in said.words
    )


def test_a_host_that_is_none_is_told(empty: Path) -> None:
    said = typed(empty, "run", "--host", "no.such.host.invalid")
    assert (said.code, "--host no.such.host.invalid" in said.words) == (2, True)


def test_more_workers_need_postgresql(empty: Path) -> None:
    said = typed(empty, "worker")
    assert said.code == 2
    assert "TEND_DATABASE_URL=postgresql://" in said.words


def test_its_log_is_json_where_that_is_asked_for(empty: Path) -> None:
    with running(empty, TEND_LOG_FORMAT="json") as service:
        service.until_ready()
        service.until_said("service.started")
        assert service.stop() == 0
    events = [json.loads(line) for line in service.words.splitlines()]
    assert [event["event"] for event in events] == [
        "service.started",
        "service.stopping",
        "service.stopped",
    ]
    assert events[0]["address"].startswith("http://127.0.0.1:")


class Writing:
    """Somebody who goes on writing a file into the folder, so that its flow goes on waiting."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self.names = 0

    def _write(self) -> None:
        while not self._enough.is_set():
            self.names += 1
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"more-{self.names},More {self.names}\n")
            self._enough.wait(0.2)

    def __enter__(self) -> Writing:
        self._path.write_text(ACCOUNTS, encoding="utf-8")
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> None:
        self._enough.set()
        self._thread.join()


def with_folder(empty: Path) -> tuple[Path, dict[str, str]]:
    folder = empty.parent / "files"
    folder.mkdir()
    return folder, {"TEND_FEED_FOLDER": str(folder), "TEND_LOG_LEVEL": "debug"}


def waiting_for_the_file(service: ServiceProcess) -> None:
    service.until_said("step.begun")
    time.sleep(0.5)


def test_told_to_stop_it_lets_what_runs_end(empty: Path) -> None:
    folder, settings = with_folder(empty)
    with Writing(folder / "accounts.csv") as writing, running(empty, **settings) as service:
        waiting_for_the_file(service)
        service.tell(signal.SIGTERM)
        service.until(lambda: service.health("ready")[0] == 503, "telling that it stops")
        assert service.health("live")[0] == 200
        writing.end()
        assert service.end() == 0
        assert "service.stopped" in service.words
    assert account_ids(empty) == 1 + writing.names


def test_past_its_grace_it_ends_and_the_rest_goes_on_at_the_next_start(empty: Path) -> None:
    folder, settings = with_folder(empty)
    with Writing(folder / "accounts.csv") as writing:
        with running(empty, "--grace", "1", **settings) as service:
            waiting_for_the_file(service)
            began = time.monotonic()
            assert service.stop() == 0
            assert time.monotonic() - began < 10
        assert account_ids(empty) == 0
    with running(empty, **settings) as service:
        service.until(lambda: account_ids(empty) == 1 + writing.names, "taken up again")
        assert "flows.taken_over" in service.words


def test_told_to_stop_while_a_scan_waits_for_a_queued_feed_it_ends_soon(
    home: Path, tmp_path: Path
) -> None:
    folder, settings = with_folder(home)
    (folder / "tickets.csv").write_text("ticket_id\nT-1\n", encoding="utf-8")
    undisturbed = Path(shutil.copytree(home, tmp_path / "undisturbed" / "home"))
    with running(undisturbed, **settings) as service:
        service.until(lambda: is_all_done(undisturbed), "through with the day")
        service.stop()
    with running(home, **settings) as service, looking_at(service, home) as looks:
        service.until(lambda: looks(":feed:folder:scan:", FlowState.QUEUED), "waiting for a feed")
        began = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - began < 8, "less than half of its 20 seconds' grace"
        assert "flow.left" in service.words
        assert looks(":feed:folder:scan:", FlowState.QUEUED), "it was not begun"
    with running(home, **settings) as service:
        service.until(lambda: is_all_done(home), "through with the day")
        assert service.stop() == 0
    assert without_minutes(what_came_of_it(home)) == without_minutes(what_came_of_it(undisturbed))


def without_minutes(noticed: dict[str, list[str]]) -> dict[str, list[str]]:
    """The same without the minutes in it: the file was found broken when it was looked at."""
    return {what: [MINUTE.sub("hh:mm", one) for one in every] for what, every in noticed.items()}


@contextmanager
def looking_at(service: ServiceProcess, home: Path) -> Iterator[Callable[[str, FlowState], bool]]:
    """Whether a flow with such an id is in a state, looked at from beside a service."""
    service.until_ready()
    client = open_client(Settings(home=home, database_url=""))

    def looks(part: str, state: FlowState) -> bool:
        found = asyncio.run(client.flows(TENANT, states=[state]))
        return any(part in row.flow_id for row in found)

    yield looks
    client.close()


def test_told_twice_it_ends_at_once(empty: Path) -> None:
    folder, settings = with_folder(empty)
    with Writing(folder / "accounts.csv"), running(empty, **settings) as service:
        waiting_for_the_file(service)
        service.tell(signal.SIGINT)
        service.until_said("service.stopping")
        began = time.monotonic()
        service.tell(signal.SIGINT)
        assert service.end() == 128 + signal.SIGINT
        assert time.monotonic() - began < 8, "less than half of its 20 seconds' grace"


def test_a_dropped_file_is_in_the_store_after_a_scan(empty: Path) -> None:
    folder, settings = with_folder(empty)
    (folder / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    with running(empty, **settings) as service:
        service.until(lambda: account_ids(empty) == 1, "bringing the account in")
        (folder / "accounts.csv").write_text(ACCOUNTS + "north,North\n", encoding="utf-8")
        service.until(lambda: account_ids(empty) == 2, "noticing the change")
        service.stop()
    feeds = done(empty, "feeds").words
    assert "file-accounts accounts fresh" in feeds


def test_a_broken_file_shows_in_tend_feeds_and_stops_no_scan(home: Path) -> None:
    folder, settings = with_folder(home)
    (folder / "tickets.csv").write_text("ticket_id\nT-1\n", encoding="utf-8")
    with running(home, **settings) as service:
        service.until_said("scan.recorded")
        assert service.stop() == 0
    feeds = done(home, "feeds").words
    assert "feed file-tickets failed since" in feeds
    assert "'tickets.csv': line 1: no column for" in feeds
    assert "stale" in done(home, "scan").words
