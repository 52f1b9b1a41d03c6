"""Account records and their history, as every store keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.health_record import HealthRecord, NewHealth
from app.domain.scan import Scan
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import (
    NOW,
    assessment,
    day_ago,
    days_ago,
    health_record,
    ledger_row,
    new_health,
    scan,
    snapshot,
)

LEDGER = (
    ledger_row(),
    ledger_row(
        factor="ticket_age",
        raw="2 aged P1/P2, oldest 5.0 d",
        points=-40,
        points_lost=40,
        reason="Two “old” tickets – ü",
        sources=("ticket:T-1", "ticket:T-2"),
        age_days=5.25,
    ),
)


def found(
    account_id: str = "acme", score: int | None = 60, at: datetime = NOW, *, full: bool = True
) -> NewHealth:
    """What a scan at `at` found for an account."""
    band = Band.UNKNOWN if score is None else Band.AMBER
    return new_health(
        assessment=assessment(
            account_id=account_id,
            score=score,
            band=band,
            ledger=LEDGER,
            assessed_at=at,
            inputs={"b": [1, 2.5, None], "a": {"ü": "x"}},
        ),
        record=health_record(
            account_id=account_id,
            score=score,
            band=band,
            reasons=("Two old tickets",),
            assessed_at=at,
            checked_at=at,
            stale_reason="feed crm failed",
        ),
        keep_full=full,
        changed=full,
    )


def scan_of(days: float, name: str) -> Scan:
    return scan(scan_id=name, now=days_ago(days), local_day=day_ago(int(days)))


def record(store: SqlStore, of: Scan, *health: NewHealth) -> None:
    store.write_now("main", lambda unit: unit.health.record(of, health))


def records(store: SqlStore, ids: Sequence[str] | None = None) -> dict[str, HealthRecord]:
    return dict(store.read_now("main", lambda unit: unit.health.records(Agent.TAM, ids)))


def test_a_record_and_its_full_snapshot_come_back_whole(store: SqlStore) -> None:
    health = found()
    record(store, scan(), health)
    assert records(store, ["acme", "nobody"]) == {"acme": health.record}
    expected = snapshot(
        score=60, band=Band.AMBER, ledger=LEDGER, inputs=dict(health.assessment.inputs)
    )
    full = store.read_now("main", lambda unit: unit.health.full_at(Agent.TAM, "acme", NOW))
    assert full == expected
    slim = store.read_now("main", lambda unit: unit.health.history(Agent.TAM, "acme", until=NOW))
    assert slim == (replace(expected, ledger=None, inputs=None),)


def test_an_unchanged_account_is_checked_without_being_written_again(store: SqlStore) -> None:
    record(store, scan_of(1, "first"), found(at=days_ago(1)))
    unchanged = found(at=NOW, full=False)
    record(store, scan(), unchanged)
    assert records(store) == {"acme": replace(found(at=days_ago(1)).record, checked_at=NOW)}


def test_the_ledger_of_a_day_without_change_is_the_last_one_that_was_kept(store: SqlStore) -> None:
    for days, name, full in ((3, "a", True), (2, "b", False), (1, "c", True), (0, "d", False)):
        record(store, scan_of(days, name), found(score=60 - days, at=days_ago(days), full=full))

    def full_at(days: float) -> str | None:
        at = days_ago(days)
        kept = store.read_now("main", lambda unit: unit.health.full_at(Agent.TAM, "acme", at))
        return None if kept is None else kept.scan_id

    assert [full_at(days) for days in (0, 1, 1.5, 2.5, 4)] == ["c", "c", "a", "a", None]


def test_history_is_the_newest_points_oldest_first(store: SqlStore) -> None:
    for days in (5, 4, 3, 2, 1):
        record(store, scan_of(days, f"s{days}"), found(score=days, at=days_ago(days)))
    record(store, scan_of(2, "other"), found("other", score=9))

    def scores(until: datetime, most: int) -> list[int | None]:
        points = store.read_now(
            "main", lambda unit: unit.health.history(Agent.TAM, "acme", until=until, most=most)
        )
        return [point.score for point in points]

    assert scores(NOW, 400) == [5, 4, 3, 2, 1]
    assert scores(NOW, 2) == [2, 1]
    assert scores(days_ago(3), 2) == [4, 3]


def test_history_is_only_ever_added_to(store: SqlStore) -> None:
    record(store, scan(), found(score=60))
    record(store, scan(), found(score=10))
    assert records(store)["acme"].score == 60
    points = store.read_now("main", lambda unit: unit.health.history(Agent.TAM, "acme", until=NOW))
    assert [point.score for point in points] == [60]


def test_the_two_agents_do_not_mix(store: SqlStore) -> None:
    tam = found(score=60)
    csm = NewHealth(
        assessment=replace(tam.assessment, agent=Agent.CSM, score=None, band=Band.UNKNOWN),
        record=replace(
            tam.record, agent=Agent.CSM, score=None, band=Band.UNKNOWN, churn_level="high"
        ),
        keep_full=True,
        changed=True,
    )
    record(store, scan(), tam, csm)
    assert records(store) == {"acme": tam.record}
    commercial = store.read_now("main", lambda unit: unit.health.records(Agent.CSM, None))
    assert commercial == {"acme": csm.record}


def test_the_incident_flag_outlives_new_records(store: SqlStore) -> None:
    record(store, scan_of(1, "first"), found(at=days_ago(1)))

    def flag(incident_id: str) -> None:
        def work(unit: Unit) -> None:
            unit.health.flag(Agent.TAM, "acme", incident_id)
            unit.health.flag(Agent.TAM, "nobody", incident_id)

        store.write_now("main", work)

    flag("tam_escalation:acme:1")
    flag("tam_escalation:acme:1")
    record(store, scan(), found(score=30))
    assert records(store)["acme"].incident_id == "tam_escalation:acme:1"
    assert records(store)["acme"].score == 30
    flag("")
    assert records(store)["acme"].incident_id == ""


def test_scores_of_a_day_are_those_of_its_last_scan(store: SqlStore) -> None:
    morning = scan_of(1, "morning")
    evening = replace(morning, scan_id="evening", now=days_ago(0.6))
    record(store, morning, found(score=50), found("gone", score=70), found("b", score=1))
    record(store, evening, found(score=55), found("gone", score=None))
    record(store, scan(), found(score=99))
    asked = ["acme", "gone", "never"]
    scores = store.read_now(
        "main", lambda unit: unit.health.scores_on(Agent.TAM, day_ago(1), asked)
    )
    assert scores == {"acme": 55}


def test_records_of_many_accounts_are_asked_for_at_once(store: SqlStore) -> None:
    names = [f"a{number:04}" for number in range(1300)]
    record(store, scan(), *(found(name) for name in names))
    assert list(records(store, names)) == names
    assert len(records(store)) == 1300
