"""Workers killed, stopped and cut off from what they speak to: nothing lost, nothing doubled.

The bounded version of `make kill-test`, which kills more often and stops at more places.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from app.domain.effect import EffectKind, ParkReason
from tests.kill.book import Place
from tests.kill.channel import Outage, access_trial, outage_trial
from tests.kill.fleet import LogLine, running_recorder
from tests.kill.sinks import Point
from tests.kill.tally import FinishedSteps, doubled, repeats
from tests.kill.trial import Plan, run_trial
from tests.kill.wire import Asked, Kind, Rules
from tests.kill.zombie import Undead, zombie_trial


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Place:
    return Place(home=tmp_path / "home")


@pytest.fixture
def postgres_place(tmp_path: Path, empty_postgres_url: str) -> Place:
    return Place(home=tmp_path / "home", database_url=empty_postgres_url)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Place:
    """An empty home, with each kind of store in turn."""
    name = "sqlite_place" if request.param == "sqlite" else "postgres_place"
    found: Place = request.getfixturevalue(name)
    return found


def test_kill_9_loses_nothing_and_doubles_nothing(place: Place) -> None:
    workers = 1 if place.is_sqlite else 3
    result = run_trial(place, Plan(incidents=30, kills=4, workers=workers, seed=3))
    assert result.broken() == []
    assert result.tally.incidents == 30
    assert result.kills == 4


def test_a_worker_stopped_in_the_middle_of_a_call_doubles_nothing_when_it_goes_on(
    sqlite_place: Place,
) -> None:
    undead = Undead(point=Point.IN_CALL, kind=EffectKind.DRAFT)
    awakened = zombie_trial(sqlite_place, undead)
    assert awakened.is_fenced
    assert (awakened.tally.doubled_findable, awakened.tally.lost) == (0, 0)


def test_a_worker_stopped_between_its_last_check_and_the_call_makes_no_call_any_more(
    postgres_place: Place,
) -> None:
    undead = Undead(point=Point.CHECKED, kind=EffectKind.DRAFT)
    awakened = zombie_trial(postgres_place, undead)
    assert awakened.is_fenced
    assert awakened.calls_by_zombie == 0
    assert (awakened.tally.doubled_findable, awakened.tally.lost) == (0, 0)


@pytest.mark.parametrize(
    "kind,rules",
    [
        (EffectKind.CHAT, Rules(refused=frozenset({Kind.KEYED}))),
        (EffectKind.EMAIL, Rules(hanging=frozenset({Kind.AT_LEAST_ONCE}))),
    ],
    ids=["chat refuses", "e-mail hangs"],
)
def test_a_dead_channel_delays_no_other_and_gets_its_own_when_it_is_back(
    sqlite_place: Place, kind: EffectKind, rules: Rules
) -> None:
    outage = Outage(kind=kind, incidents=12, rules=rules, seconds=6)
    arrived = outage_trial(sqlite_place, outage)
    assert arrived.others < 9  # twelve time-outs, one after another, are twelve seconds
    assert arrived.dead_meanwhile == 0
    assert arrived.tally.lost == 0
    assert arrived.tally.doubled_keyed == 0
    assert arrived.tally.unmarked_repeats == 0


def test_what_waits_for_access_is_parked_and_goes_out_once_released(sqlite_place: Place) -> None:
    shut = access_trial(sqlite_place, EffectKind.CHAT, incidents=5)
    assert {row.parked_for for row in shut.parked} == {ParkReason.ACCESS}
    assert shut.released == len(shut.parked) == 5
    assert shut.tally.lost == 0
    assert shut.tally.doubled_keyed == 0


def test_the_recorder_deduplicates_for_nobody_and_the_tally_sees_what_is_double() -> None:
    with running_recorder(1) as recorder:
        for kind, key, repeat in (
            (Kind.FINDABLE, "a", False),
            (Kind.FINDABLE, "a", False),
            (Kind.KEYED, "b", False),
            (Kind.KEYED, "b", False),
            (Kind.KEYED, "another key of the same", False),
            (Kind.AT_LEAST_ONCE, "c", False),
            (Kind.AT_LEAST_ONCE, "c", True),
            (Kind.AT_LEAST_ONCE, "c", False),
        ):
            asked = Asked(key=key, about="i:1", repeat=repeat)
            httpx.post(f"{recorder.url}/{kind}", content=asked.model_dump_json())
        calls = recorder.counts().calls
    assert len(calls) == 8
    assert doubled(calls, Kind.FINDABLE) == 1
    assert doubled(calls, Kind.KEYED) == 1
    assert repeats(calls) == (2, 0, 1)


def test_a_finished_step_that_is_begun_again_is_seen_and_one_begun_while_we_look_is_not(
    sqlite_place: Place,
) -> None:
    finished = datetime(2026, 3, 9, 7, 0, 0, 500_000, tzinfo=UTC)
    rows = [
        ("main:act:a", "owed", finished.timestamp() * 1000, None),
        ("main:act:a", "perform chat", finished.timestamp() * 1000, "failed"),
    ]
    sqlite_place.home.mkdir()
    with closing(sqlite3.connect(sqlite_place.home / "flows.sqlite3")) as flows, flows:
        flows.execute(
            "CREATE TABLE operation_outputs "
            "(workflow_uuid, function_name, completed_at_epoch_ms, error)"
        )
        flows.executemany("INSERT INTO operation_outputs VALUES (?, ?, ?, ?)", rows)
    steps = FinishedSteps(sqlite_place)
    steps.look()

    def begun(step: str, seconds: float) -> LogLine:
        at = finished + timedelta(seconds=seconds)
        return LogLine("step.begun", at, {"flow_id": "main:act:a", "step": step})

    assert steps.rerun([begun("owed", -0.01), begun("perform chat", 5), begun("other", 5)]) == 0
    assert steps.rerun([begun("owed", -0.01), begun("owed", 5)]) == 1
