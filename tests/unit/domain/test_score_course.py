"""A score's course: its days, the stretches without a score of their own, where its band turned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.score_course import BandTurn, Gap, ScorePoint, band_turns, daily, gaps, of_agent
from tests.builders import NOW, TODAY, day_ago, days_ago

point = partial(
    ScorePoint,
    agent=Agent.TAM,
    taken_at=NOW,
    local_day=TODAY,
    score=80,
    band=Band.GREEN,
    coverage=100,
    stale_reason=None,
    settings_version=1,
)


def course(*stale: str | None) -> list[ScorePoint]:
    """Daily points up to today, each with why it was kept."""
    last = len(stale) - 1
    return [
        point(taken_at=days_ago(last - at), local_day=day_ago(last - at), stale_reason=reason)
        for at, reason in enumerate(stale)
    ]


def test_each_agents_points_stand_by_themselves() -> None:
    points = [point(), point(agent=Agent.CSM), point(score=3)]
    assert [one.score for one in of_agent(points, Agent.TAM)] == [80, 3]


def test_of_several_scans_on_a_day_the_last_counts() -> None:
    morning = point(taken_at=NOW - timedelta(hours=3), score=70)
    before = point(taken_at=days_ago(1), local_day=day_ago(1))
    assert daily([before, morning, point(score=75)]) == (before, point(score=75))


def test_days_in_a_row_without_a_score_of_their_own_are_one_gap() -> None:
    found = gaps(course(None, "feed crm is late", "feed crm failed", None, "feed crm failed"))
    assert found == (
        Gap(agent=Agent.TAM, first=day_ago(3), last=day_ago(2), reason="feed crm failed"),
        Gap(agent=Agent.TAM, first=TODAY, last=TODAY, reason="feed crm failed"),
    )


def test_a_course_that_was_always_computed_has_no_gap() -> None:
    assert gaps(course(None, None)) == ()
    assert gaps([]) == ()


def test_a_turn_is_where_the_band_became_another() -> None:
    days = course(None, None, None)
    red = replace(days[2], band=Band.RED, score=20)
    assert band_turns([days[0], days[1], red]) == (
        BandTurn(agent=Agent.TAM, at=NOW, day=TODAY, before=Band.GREEN, after=Band.RED, score=20),
    )
    assert band_turns(days) == ()
