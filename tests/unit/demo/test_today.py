"""What the real scorers say of the made-up book this morning, from a real store."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from app.clock import at_local
from app.demo.book import DemoBook, make_book
from app.demo.replay import load
from app.domain.assessment import Agent
from app.domain.band import Band, rank
from app.domain.feed import FactKind
from app.domain.health_record import HealthRecord
from app.domain.incident import IncidentKind
from app.jobs.flows.scan import ScanRequest, run_scan
from app.storage.sql_store import SqlStore, open_store

TENANT = "main"
MORNINGS = [
    (date(2026, 11, 21), time(7), "UTC", 7),
    (date(2027, 3, 29), time(0, 5), "Europe/Berlin", 12),
]
"""A Saturday as in `make demo`; another seed just past midnight after a clock change."""

GREEN, AMBER, RED, UNKNOWN = Band.GREEN, Band.AMBER, Band.RED, Band.UNKNOWN

TODAYS_BANDS = {
    "steady": (GREEN, GREEN),
    "growing": (GREEN, GREEN),
    "one_old_p2": (GREEN, GREEN),
    "busy": (GREEN, GREEN),
    "recovered": (GREEN, GREEN),
    "no_heartbeat": (GREEN, GREEN),
    "newcomer": (GREEN, GREEN),
    "renewing_well": (GREEN, GREEN),
    "eu_steady": (GREEN, GREEN),
    "eu_amber": (AMBER, GREEN),
    "eu_joined": (UNKNOWN, UNKNOWN),
    "aged_p1s": (RED, AMBER),
    "p2s_today": (AMBER, GREEN),
    "rail_p2s_today": (AMBER, GREEN),
    "many_urgent": (RED, GREEN),
    "flood": (AMBER, GREEN),
    "worsened": (RED, GREEN),
    "known_amber": (AMBER, GREEN),
    "fewer_calls": (GREEN, GREEN),
    "silent_today": (AMBER, GREEN),
    "silent_week": (RED, GREEN),
    "technical_red": (RED, GREEN),
    "commercial_red": (GREEN, RED),
    "decline_near_renewal": (GREEN, RED),
    "decline_far": (GREEN, AMBER),
    "champion_left": (GREEN, AMBER),
    "overdue_60": (GREEN, AMBER),
    "overdue_90": (GREEN, AMBER),
    "nps_fell": (GREEN, AMBER),
    "renewal_window": (GREEN, AMBER),
    "slow_start": (GREEN, AMBER),
}


def quiet(done: int, total: int) -> None:
    del done, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """The book after a scan three days ago, before the feed failed, and today's."""

    book: DemoBook
    store: SqlStore
    today: date
    technical: dict[str, HealthRecord]
    commercial: dict[str, HealthRecord]

    def ids(self, story: str) -> list[str]:
        return [account_id for account_id, key in self.book.stories.items() if key == story]

    def worst(self, account_id: str) -> Band:
        return max(self.technical[account_id].band, self.commercial[account_id].band, key=rank)


def scanned(store: SqlStore, now: datetime) -> None:
    request = ScanRequest(tenant_id=TENANT, now=now, replay=True)
    asyncio.run(run_scan(store, request, quiet))


@pytest.fixture(scope="module", params=MORNINGS, ids=lambda case: f"{case[0]}")
def morning(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Morning]:
    today, at, zone, seed = request.param
    path = tmp_path_factory.mktemp("demo") / "tend.sqlite3"
    shutil.copy(sqlite_template, path)
    store = open_store(f"sqlite:///{path}")
    book = make_book(today=today, zone=zone, seed=seed)
    store.write_now(TENANT, lambda unit: load(unit, book))
    scanned(store, at_local(today - timedelta(days=3), time(7), zone))
    scanned(store, at_local(today, at, zone))
    yield Morning(
        book=book,
        store=store,
        today=today,
        technical=dict(store.read_now(TENANT, lambda unit: unit.health.records(Agent.TAM, None))),
        commercial=dict(store.read_now(TENANT, lambda unit: unit.health.records(Agent.CSM, None))),
    )
    store.close()


def test_the_book_looks_like_a_real_one(morning: Morning) -> None:
    active = [one for one in morning.technical if morning.book.stories[one] != "ended"]
    bands = Counter(morning.worst(account_id) for account_id in active)

    assert 33 <= bands[GREEN] <= 38
    assert 12 <= bands[AMBER] <= 15
    assert 6 <= bands[RED] <= 9
    assert bands[UNKNOWN] == 1


def test_every_story_stands_where_it_is_meant_to(morning: Morning) -> None:
    found = {
        (key, account_id): (
            morning.technical[account_id].band,
            morning.commercial[account_id].band,
        )
        for key in TODAYS_BANDS
        for account_id in morning.ids(key)
    }

    assert found == {(key, account_id): TODAYS_BANDS[key] for key, account_id in found}


def test_churn_is_critical_where_use_fades_before_the_renewal(morning: Morning) -> None:
    assert [morning.commercial[one].churn_level for one in morning.ids("decline_near_renewal")] == [
        "critical"
    ]


@pytest.mark.parametrize("story", ["decline_far", "champion_left", "nps_fell", "renewal_window"])
def test_churn_is_triggered_in_the_stories_that_tell_of_it(morning: Morning, story: str) -> None:
    levels = {morning.commercial[account_id].churn_level for account_id in morning.ids(story)}

    assert levels <= {"medium", "high"}


@pytest.mark.parametrize("story", ["steady", "growing", "newcomer", "steady_distant"])
def test_nobody_fears_for_customers_who_are_well(morning: Morning, story: str) -> None:
    levels = {morning.commercial[account_id].churn_level for account_id in morning.ids(story)}

    assert levels == {"low"}


def test_behind_the_failed_feed_the_last_scores_are_kept_and_marked(morning: Morning) -> None:
    stale = {one for one, record in morning.technical.items() if record.stale_reason}
    kept = {one for one in stale if morning.technical[one].score is not None}

    assert kept == {*morning.ids("eu_steady"), *morning.ids("eu_amber")}
    assert stale - kept == set(morning.ids("eu_joined"))
    assert all("API token expired" in (morning.technical[one].stale_reason or "") for one in stale)


def test_the_failed_feed_raises_one_incident_of_its_own(morning: Morning) -> None:
    live = morning.store.read_now(TENANT, lambda unit: unit.incidents.live([IncidentKind.FEED]))

    assert [incident.subject for incident in live] == ["kayako-eu"]


def test_an_ended_contract_leaves_the_book(morning: Morning) -> None:
    store, today = morning.store, morning.today

    active = store.read_now(TENANT, lambda unit: unit.book.active_count(today))
    running = store.read_now(TENANT, lambda unit: unit.book.contracts(morning.ids("ended"), today))

    assert active == 59
    assert running == {}


def test_some_tickets_came_without_a_priority(morning: Morning) -> None:
    flood = morning.technical[morning.ids("flood")[0]]

    assert "assumed" in " ".join(flood.reasons)


def test_loading_the_book_twice_changes_nothing(morning: Morning) -> None:
    def again(kind: FactKind) -> int:
        rows = morning.book.rows[kind]
        count = morning.store.write_now(TENANT, lambda unit: unit.facts.upsert(kind, rows))
        return count.inserted + count.updated

    kinds = list(morning.book.rows)
    assert [again(kind) for kind in kinds] == [0] * len(kinds)
