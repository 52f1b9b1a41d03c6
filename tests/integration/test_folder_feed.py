"""Files dropped into the feed's folder: read once, told about, and never in a scan's way."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.feed import FactKind, Feed, FeedState
from app.domain.flow import FlowName, FlowState
from app.domain.tenant_settings import TenantSettings
from app.feeds.folder import FOLDER
from app.jobs.flows.feed import FeedFlow
from app.jobs.flows.folder_feed import FolderFeed
from app.jobs.flows.scan_flow import ScanFlow, feed_ask, scan_ask
from app.jobs.inline import InlineEngine
from app.storage.sql_store import SqlStore
from tests.integration.small_book import nowhere

NOW = datetime(2026, 3, 9, 7, tzinfo=UTC)
ACCOUNTS = "account_id,name\nacme,Acme\nnorth,Northwind\n"
TICKETS = (
    "ticket_id,account_id,status,created_at,priority\n"
    "T-1,acme,open,2026-03-01,P1\nT-2,north,open,2026-03-02,P2\n"
)


@dataclass
class Dropbox:
    """A folder, the flow that reads it, and what came of it."""

    store: SqlStore
    folder: Path
    home: Path
    now: datetime = NOW
    tenant: str = "main"
    settle_seconds: float = 0.01
    _runs: int = field(default=0, init=False)

    def drop(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        self._runs += 1
        moment = int(NOW.timestamp()) + self._runs  # a new time of change, however fast the test is
        os.utime(path, (moment, moment))
        return path

    def touch(self, name: str) -> None:
        self.drop(name, (self.folder / name).read_bytes())

    @property
    def rejects(self) -> Path:
        return self.home / "rejects.csv"

    def engine(self) -> InlineEngine:
        feed = FolderFeed(
            store=self.store,
            clock=lambda: self.now,
            folder_of=lambda tenant: self.folder if tenant == self.tenant else None,
            rejects_of=lambda _: self.rejects,
            settle_seconds=self.settle_seconds,
        )
        flow = FeedFlow(feeds={FOLDER: feed})
        scan = ScanFlow(store=self.store, clock=lambda: self.now, shows=nowhere)
        return InlineEngine(
            shapes={FlowName.FEED: flow, FlowName.SCAN: scan}, clock=lambda: self.now
        )

    def look(self, hours: float = 1) -> dict[str, int | str]:
        """Run the feed's flow, some time after the last one; what it returns."""
        self.now += timedelta(hours=hours)
        self._runs += 1
        ask = feed_ask(self.tenant, FOLDER, request_id=str(self._runs))

        async def run() -> dict[str, int | str]:
            engine = self.engine()
            await engine.enqueue(ask)
            result = await engine.result(self.tenant, ask.flow_id, timeout_seconds=1)
            assert isinstance(result, dict)
            return {name: value for name, value in result.items() if isinstance(value, int | str)}

        return asyncio.run(run())

    def feed(self, name: str) -> Feed:
        (found,) = (feed for feed in self.feeds() if feed.name == name)
        return found

    def feeds(self) -> Sequence[Feed]:
        return self.store.read_now(self.tenant, lambda unit: unit.feeds.all())

    def count(self, kind: FactKind) -> int:
        return self.store.read_now(self.tenant, lambda unit: unit.facts.count(kind))

    def apply(self, settings: TenantSettings) -> None:
        self.store.write_now(
            self.tenant, lambda unit: unit.tenant.apply_settings(settings, at=NOW, by="test")
        )


@pytest.fixture
def dropbox(store: SqlStore, tmp_path: Path) -> Dropbox:
    folder, home = tmp_path / "files", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    return Dropbox(store=store, folder=folder, home=home)


def test_what_lies_in_the_folder_goes_in_and_its_feeds_are_fresh(dropbox: Dropbox) -> None:
    dropbox.drop("tickets.csv", TICKETS)
    dropbox.drop("accounts.csv", ACCOUNTS)
    assert dropbox.look() == {"files": 2, "read": 2, "broken": 0}
    assert dropbox.count(FactKind.ACCOUNTS) == dropbox.count(FactKind.TICKETS) == 2
    assert dropbox.feed("file-tickets").state(dropbox.now) is FeedState.FRESH
    assert dropbox.feed("file-tickets").last_ok_at == dropbox.now
    assert not dropbox.rejects.exists()


def test_a_file_as_before_is_not_read_again_and_is_no_delivery(dropbox: Dropbox) -> None:
    dropbox.drop("accounts.csv", ACCOUNTS)
    dropbox.look()
    came = dropbox.now
    assert dropbox.look(hours=24)["read"] == 0
    assert dropbox.feed("file-accounts").last_ok_at == came
    assert dropbox.feed(FOLDER).last_ok_at == dropbox.now


def test_the_same_content_written_anew_is_a_delivery_without_being_read(dropbox: Dropbox) -> None:
    dropbox.drop("accounts.csv", ACCOUNTS)
    dropbox.look()
    dropbox.touch("accounts.csv")
    assert dropbox.look(hours=24)["read"] == 0
    assert dropbox.feed("file-accounts").last_ok_at == dropbox.now


def test_a_changed_file_is_read_again(dropbox: Dropbox) -> None:
    dropbox.drop("accounts.csv", ACCOUNTS)
    dropbox.look()
    dropbox.drop("accounts.csv", ACCOUNTS + "south,South\n")
    assert dropbox.look()["read"] == 1
    assert dropbox.count(FactKind.ACCOUNTS) == 3


def test_a_broken_file_fails_its_feed_with_file_line_and_mend(dropbox: Dropbox) -> None:
    dropbox.drop("accounts.csv", ACCOUNTS)
    dropbox.drop("tickets.csv", TICKETS)
    dropbox.look()
    dropbox.drop("tickets.csv", TICKETS.encode() + "T-3,acme,open,2026-03-03,Ä\n".encode("cp1252"))
    assert dropbox.look()["broken"] == 1
    feed = dropbox.feed("file-tickets")
    assert feed.state(dropbox.now) is FeedState.FAILED
    assert "'tickets.csv': line 4: is not valid UTF-8" in feed.reason
    assert "cp1252" in feed.reason
    assert "folder.toml" in feed.reason
    assert dropbox.count(FactKind.TICKETS) == 2
    assert dropbox.feed("file-accounts").state(dropbox.now) is FeedState.FRESH


def test_a_failed_feed_says_since_when_until_its_file_is_mended(dropbox: Dropbox) -> None:
    dropbox.drop("accounts.csv", ACCOUNTS)
    dropbox.drop("tickets.csv", "nonsense\n1\n")
    dropbox.look()
    since = dropbox.now
    dropbox.look(hours=24)
    assert dropbox.feed("file-tickets").failed_since == since
    dropbox.drop("tickets.csv", TICKETS)
    dropbox.look()
    assert dropbox.feed("file-tickets").trouble(dropbox.now) is None
    assert dropbox.feed("file-tickets").reason == ""


def test_a_broken_file_that_is_taken_away_takes_its_trouble_along(dropbox: Dropbox) -> None:
    dropbox.drop("tickets.csv", "nonsense\n1\n")
    dropbox.drop("what-is-this.csv", "colour\nred\n")
    dropbox.look()
    assert dropbox.feed("file-tickets").state(dropbox.now) is FeedState.FAILED
    (dropbox.folder / "tickets.csv").unlink()
    (dropbox.folder / "what-is-this.csv").unlink()
    dropbox.look()
    assert all(feed.trouble(dropbox.now) is None for feed in dropbox.feeds())


def test_a_file_of_unknown_kind_is_the_folders_own_trouble_and_freezes_nothing(
    dropbox: Dropbox,
) -> None:
    dropbox.drop("what-is-this.csv", "colour\nred\n")
    dropbox.look()
    folder = dropbox.feed(FOLDER)
    assert folder.state(dropbox.now) is FeedState.FAILED
    assert "'what-is-this.csv': line 1: the header fits no kind of file" in folder.reason
    assert not folder.provides


def test_refused_rows_are_told_on_the_feed_and_written_aside(dropbox: Dropbox) -> None:
    dropbox.drop("accounts.csv", ACCOUNTS)
    dropbox.drop("tickets.csv", TICKETS + "T-3,nobody,open,2026-03-03,P1\n")
    dropbox.look()
    feed = dropbox.feed("file-tickets")
    assert feed.state(dropbox.now) is FeedState.FRESH
    assert "1 of 3 rows refused, the first in line 4, column 'account_id'" in feed.reason
    assert str(dropbox.rejects) in feed.reason
    assert "T-3,nobody" in dropbox.rejects.read_text()
    assert list(dropbox.home.iterdir()) == [dropbox.rejects]


def test_refused_rows_go_in_once_their_account_is_there_though_the_file_is_as_before(
    dropbox: Dropbox,
) -> None:
    dropbox.drop("accounts.csv", ACCOUNTS)
    dropbox.drop("tickets.csv", TICKETS + "T-3,south,open,2026-03-03,P1\n")
    dropbox.look()
    came = dropbox.now
    dropbox.drop("accounts.csv", ACCOUNTS + "south,South\n")
    dropbox.look(hours=24)
    assert dropbox.count(FactKind.TICKETS) == 3
    assert dropbox.feed("file-tickets").reason == ""
    assert dropbox.feed("file-tickets").last_ok_at == came  # a try again makes nothing fresher
    assert not dropbox.rejects.exists()


def test_a_file_of_which_no_row_went_in_fails_its_feed(dropbox: Dropbox) -> None:
    dropbox.drop("tickets.csv", TICKETS)
    dropbox.look()
    feed = dropbox.feed("file-tickets")
    assert feed.state(dropbox.now) is FeedState.FAILED
    assert "2 of 2 rows refused" in feed.reason


def test_the_folder_says_how_its_files_are_read(dropbox: Dropbox) -> None:
    dropbox.drop("map.toml", '[accounts]\n"Kundennr" = "account_id"\n"Firma" = "name"\n')
    rules = 'encoding = "cp1252"\ndates = "dmy"\ndecimal = ","\nevery = "24h"\n'
    dropbox.drop("folder.toml", rules)
    text = "Kundennr;Firma;arr;currency;renewal_date\na;Müller;12.000,50;EUR;31.12.2026\n"
    dropbox.drop("accounts.csv", text.encode("cp1252"))
    assert dropbox.look() == {"files": 1, "read": 1, "broken": 0}
    assert dropbox.feed("file-accounts").late_after_hours == 36
    found = dropbox.store.read_now("main", lambda unit: unit.book.accounts(["a"])["a"])
    assert found.name == "Müller"


def test_files_are_read_again_where_the_rules_changed(dropbox: Dropbox) -> None:
    dropbox.drop("accounts.csv", ACCOUNTS)
    dropbox.look()
    dropbox.drop("folder.toml", 'dates = "dmy"\n')
    assert dropbox.look()["read"] == 1
    dropbox.apply(TenantSettings(zone="Europe/Berlin"))
    assert dropbox.look()["read"] == 1
    assert dropbox.look()["read"] == 0


@pytest.mark.parametrize(
    "name, text, reason",
    [
        ("folder.toml", "datess = 1\n", "folder.toml: datess: Extra inputs"),
        ("folder.toml", "dates = \n", "folder.toml: is not TOML"),
        ("folder.toml", 'every = "often"\n', "say hours or days"),
        ("folder.toml", 'encoding = "klingon"\n', "not an encoding"),
        ("map.toml", "[colours]\n", "is not a kind of file"),
    ],
)
def test_broken_rules_fail_the_folder_and_all_that_it_brings(
    dropbox: Dropbox, name: str, text: str, reason: str
) -> None:
    dropbox.drop("accounts.csv", ACCOUNTS)
    dropbox.look()
    dropbox.drop(name, text)
    assert reason in str(dropbox.look()["failed"])
    folder = dropbox.feed(FOLDER)
    assert reason in folder.reason
    assert folder.provides == {FactKind.ACCOUNTS}
    dropbox.drop(name, "")
    dropbox.look()
    assert dropbox.feed(FOLDER).trouble(dropbox.now) is None


def test_a_folder_that_is_gone_fails_with_all_that_it_brought(dropbox: Dropbox) -> None:
    dropbox.drop("accounts.csv", ACCOUNTS)
    dropbox.look()
    dropbox.folder.rename(dropbox.folder.with_name("elsewhere"))
    dropbox.look()
    since = dropbox.now
    dropbox.look()
    folder = dropbox.feed(FOLDER)
    assert folder.failed_since == since
    assert "TEND_FEED_FOLDER" in folder.reason
    assert folder.provides == {FactKind.ACCOUNTS}


def test_an_empty_folder_is_fine(dropbox: Dropbox) -> None:
    assert dropbox.look() == {"files": 0, "read": 0, "broken": 0}
    assert dropbox.feed(FOLDER).trouble(dropbox.now) is None


def test_a_name_that_is_no_text_and_a_name_that_paints_are_only_names(dropbox: Dropbox) -> None:
    dropbox.drop(os.fsdecode(b"tickets-\xff\x1b[31m.csv"), "nonsense\n1\n")
    dropbox.look()
    reason = dropbox.feed("file-tickets").reason
    assert "tickets-\\xff?[31m.csv" in reason
    assert "\x1b" not in reason


def test_hidden_files_and_others_stay_where_they_are(dropbox: Dropbox) -> None:
    dropbox.drop(".accounts.csv", ACCOUNTS)
    dropbox.drop(".tmp/accounts.csv", ACCOUNTS)
    dropbox.drop("accounts.csv.part", ACCOUNTS)
    assert dropbox.look()["files"] == 0


def test_tickets_that_waited_find_their_account_in_a_later_file(dropbox: Dropbox) -> None:
    issue = (
        '{"issues": [{"id": "1", "key": "NW-1", "fields": {"summary": "x", '
        '"created": "2026-03-01T08:00:00.000+0000", "components": [{"name": "Pumps"}], '
        '"status": {"name": "Open", "statusCategory": {"key": "new"}}}}]}'
    )
    dropbox.drop("jira.json", issue)
    dropbox.look()
    assert dropbox.count(FactKind.TICKETS) == 0
    dropbox.drop("accounts.csv", "account_id,name,external_ids\nnorth,N,jira-component:Pumps\n")
    dropbox.look()
    assert dropbox.count(FactKind.TICKETS) == 1


def test_a_file_that_is_still_being_written_is_waited_for(dropbox: Dropbox) -> None:
    dropbox.settle_seconds = 0.4
    whole = ACCOUNTS + "south,South\n"
    path = dropbox.drop("accounts.csv", ACCOUNTS[:-4])

    async def write_on() -> None:
        await asyncio.sleep(0.2)
        path.write_text(whole)

    async def both() -> None:
        engine = dropbox.engine()
        ask = feed_ask("main", FOLDER, request_id="slow")
        await asyncio.gather(engine.enqueue(ask), write_on())

    asyncio.run(both())
    assert dropbox.count(FactKind.ACCOUNTS) == 3


def test_a_scan_goes_on_over_a_broken_file_and_freezes_its_accounts(dropbox: Dropbox) -> None:
    dropbox.drop("accounts.csv", ACCOUNTS)
    dropbox.drop("tickets.csv", "nonsense\n1\n")

    async def scan() -> FlowState:
        engine = dropbox.engine()
        ask = scan_ask("main", "2026-03-09", feeds=(FOLDER,))
        await engine.enqueue(ask)
        row = await engine.flow("main", ask.flow_id)
        assert row is not None
        return row.state

    assert asyncio.run(scan()) is FlowState.DONE
    feed = dropbox.feed("file-tickets")
    assert feed.state(dropbox.now) is FeedState.FAILED


def test_another_tenants_flow_finds_no_folder(dropbox: Dropbox) -> None:
    dropbox.drop("accounts.csv", ACCOUNTS)

    async def look() -> None:
        engine = dropbox.engine()
        ask = feed_ask("other", FOLDER, request_id="x")
        await engine.enqueue(ask)
        assert await engine.result("other", ask.flow_id, timeout_seconds=1) == {"files": 0}

    asyncio.run(look())
    assert dropbox.store.read_now("other", lambda unit: unit.feeds.all()) == ()


def test_a_feed_that_there_is_not_is_an_error(dropbox: Dropbox) -> None:
    async def look() -> str:
        engine = dropbox.engine()
        ask = feed_ask("main", "carrier-pigeons", request_id="x")
        await engine.enqueue(ask)
        row = await engine.flow("main", ask.flow_id)
        return "" if row is None else row.error

    assert "there is no feed 'carrier-pigeons'" in asyncio.run(look())
