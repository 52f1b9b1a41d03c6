"""`tend demo` as a newcomer runs it: one command, ninety days lived through, today's table."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from app.demo.book import DemoBook, make_book
from app.domain.assessment import Agent
from app.domain.draft import DraftState
from app.domain.effect import EffectState
from app.domain.incident import Change, IncidentKind
from app.ports.rows import RecordedRevision
from app.ports.store import Unit
from app.storage.sql_store import SqlStore, open_store

TENANT = "main"
DAYS = 90


def tend(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env={**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home), "COLUMNS": "160"},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    folder: Path
    printed: str
    today: date
    book: DemoBook
    store: SqlStore

    def ids(self, story: str) -> list[str]:
        return [account_id for account_id, key in self.book.stories.items() if key == story]

    def life(self, kind: IncidentKind, story: str) -> list[Change]:
        """What became of the newest incident of each account in the story, in order."""
        told = self.revisions([kind], self.ids(story))
        return [recorded.revision.change for recorded in told]

    def loud_on(self, day: date) -> list[RecordedRevision]:
        """What people were told that day of the newest incident of each subject."""
        subjects = [*self.book.stories, *(feed.name for feed in self.book.feeds)]
        told = self.revisions(list(IncidentKind), subjects)
        return [r for r in told if r.revision.is_loud and r.revision.at.date() == day]

    def revisions(
        self, kinds: Sequence[IncidentKind], subjects: Sequence[str]
    ) -> list[RecordedRevision]:
        def read(unit: Unit) -> list[RecordedRevision]:
            newest = unit.incidents.latest(kinds, subjects).values()
            return [r for one in newest for r in unit.incidents.revisions(one.incident_id)]

        return self.store.read_now(TENANT, read)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("newcomer")
    folder = home / "demo"
    ran = tend("demo", "--no-serve", "--home", str(folder), "--top", "0", home=home)
    assert ran.returncode == 0, ran.stderr
    store = open_store(f"sqlite:///{folder / 'tend.sqlite3'}")
    scan = store.read_now(TENANT, lambda unit: unit.scans.latest())
    assert scan is not None
    yield Demo(
        folder=folder,
        printed=ran.stdout + ran.stderr,
        today=scan.local_day,
        book=make_book(today=scan.local_day),
        store=store,
    )
    store.close()


def test_the_table_shows_every_band_and_where_to_look_next(demo: Demo) -> None:
    for words in ("Redfern Hollow Media", "Unknown", "Green", "Amber", "Red", "critical"):
        assert words in demo.printed
    assert "59 accounts" in demo.printed
    assert "tend explain" in demo.printed
    assert "tend drafts" in demo.printed


def test_it_keeps_to_its_own_folder(demo: Demo) -> None:
    assert {path.name for path in demo.folder.parent.iterdir()} == {demo.folder.name}


def test_ninety_days_and_today_were_scanned(demo: Demo) -> None:
    account, until = demo.ids("steady")[0], datetime.max.replace(tzinfo=UTC)

    points = demo.store.read_now(
        TENANT, lambda unit: unit.health.history(Agent.TAM, account, until=until)
    )

    assert len({point.local_day for point in points}) == DAYS + 1


def test_today_four_reps_are_told_and_one_of_them_gets_a_digest(demo: Demo) -> None:
    told = demo.loud_on(demo.today)
    by_rep = Counter(recorded.rep_email for recorded in told)

    assert 6 <= len(told) <= 10
    assert len(by_rep) == 4
    assert max(by_rep.values()) == demo.book.settings.alerts.per_rep_per_day + 1
    assert Counter(recorded.delivery for recorded in told)["digest"] == 1


def test_something_was_told_yesterday_too_and_on_many_days_before(demo: Demo) -> None:
    days = [demo.today - timedelta(days=ago) for ago in range(DAYS)]

    assert demo.loud_on(days[1])
    assert len([day for day in days if demo.loud_on(day)]) >= 15


def test_no_day_is_a_storm(demo: Demo) -> None:
    days = [demo.today - timedelta(days=ago) for ago in range(DAYS)]

    assert max(len(demo.loud_on(day)) for day in days) <= 10


def test_what_was_wrong_before_the_first_scan_is_known_and_never_told(demo: Demo) -> None:
    lived = [Change.KNOWN, Change.CLOSED]

    assert demo.life(IncidentKind.TAM_ESCALATION, "known_amber") == lived


def test_an_account_that_flaps_is_told_once(demo: Demo) -> None:
    assert demo.life(IncidentKind.TAM_ESCALATION, "flapping") == [Change.RAISED]


def test_an_escalation_worsens_from_amber_to_red(demo: Demo) -> None:
    assert demo.life(IncidentKind.TAM_ESCALATION, "worsened") == [Change.RAISED, Change.WORSENED]


@pytest.mark.parametrize(
    "story", ["recovered", "just_recovered", "past_outage", "past_flood", "past_silence"]
)
def test_what_got_better_was_closed(demo: Demo, story: str) -> None:
    assert demo.life(IncidentKind.TAM_ESCALATION, story) == [Change.RAISED, Change.CLOSED]


@pytest.mark.parametrize("story", ["steady", "growing", "newcomer", "no_heartbeat", "busy"])
def test_customers_who_are_well_are_never_spoken_of(demo: Demo, story: str) -> None:
    for kind in IncidentKind:
        assert demo.life(kind, story) == []


def test_the_feed_that_failed_is_told_once_and_none_of_its_accounts(demo: Demo) -> None:
    told = demo.revisions([IncidentKind.FEED], ["kayako-eu"])

    assert [recorded.revision.change for recorded in told] == [Change.RAISED]
    failed = demo.today - timedelta(days=2)
    for recorded in demo.loud_on(demo.today) + demo.loud_on(failed):
        assert not demo.book.stories.get(recorded.revision.finding.subject, "").startswith("eu_")


def test_every_waiting_draft_is_a_letter_that_opens_in_a_mail_program(demo: Demo) -> None:
    waiting = demo.store.read_now(TENANT, lambda unit: unit.outbox.drafts(state=DraftState.WAITING))
    letters = [
        message_from_bytes(path.read_bytes(), policy=default)
        for path in (demo.folder / "outbox").glob("*.eml")
    ]

    assert len(letters) == len(waiting) >= 15
    assert {letter["Subject"] for letter in letters} == {draft.subject for draft in waiting}
    assert all(str(letter["To"]).endswith(".example") for letter in letters)


def test_nothing_is_left_to_be_done(demo: Demo) -> None:
    counts = demo.store.read_now(TENANT, lambda unit: unit.work.counts())

    assert counts[EffectState.DONE] > 0
    assert {state: n for state, n in counts.items() if state is not EffectState.DONE and n} == {}


def test_a_folder_with_other_peoples_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("account_id,name\n", encoding="utf-8")

    ran = tend("demo", "--home", str(tmp_path), home=tmp_path)

    assert ran.returncode == 2
    assert "choose another" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["accounts.csv"]
