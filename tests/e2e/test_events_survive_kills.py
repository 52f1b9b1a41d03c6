"""Consumers killed with SIGKILL: every event takes effect, none of them twice."""

from __future__ import annotations

import pytest

from tests.e2e.killed_consumers import run_trial

EVENTS = 2_000
"""`python -m benchmarks.events --kill` takes 10,000."""
KILLS = 10


@pytest.mark.parametrize("kind", ["embedded", "redis"])
def test_no_event_is_lost_and_none_takes_effect_twice(
    request: pytest.FixtureRequest, sqlite_url: str, kind: str
) -> None:
    redis_url: str = request.getfixturevalue("redis_url") if kind == "redis" else ""
    report = run_trial(sqlite_url, redis_url, events=EVENTS, kills=KILLS)
    assert (report.lost, report.doubled) == (0, 0)
    assert len(report.effects) == EVENTS
    (group,) = report.groups
    assert (group.parked, group.missed) == (0, 0)
