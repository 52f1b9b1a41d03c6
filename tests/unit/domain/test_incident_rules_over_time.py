"""Incidents over 90 days of any weather: no storm, nothing lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from app.domain.band import Band
from app.domain.incident import Change, Finding, Incident, Revision
from app.domain.incident_rules import decide
from app.domain.tenant_settings import IncidentSettings
from tests import builders
from tests.builders import NOW, TODAY

DAYS = 90
SEVERITIES = 4
REOPEN_DAYS = IncidentSettings().reopen_within_days
CLOSE_DAYS = IncidentSettings().close_after_days
MOST_INCIDENTS = 1 + DAYS // (CLOSE_DAYS + REOPEN_DAYS + 1)
"""A new number needs the good days that close the last one, then more than `reopen_within_days`."""

ANY_FINDING = [
    builders.finding(fires=fires, severity=severity, band=band, recovered=recovered)
    for fires, severity, band, recovered in product(
        (False, True), range(SEVERITIES + 1), Band, (True, False)
    )
]
GOOD = builders.finding(fires=False, severity=0, band=Band.GREEN, recovered=True)
BAD = builders.finding(severity=3)


def a_quarter(of: list[Finding]) -> st.SearchStrategy[list[Finding]]:
    """90 days, each any of these findings; drawn as bytes, which is quick."""
    days = st.binary(min_size=DAYS, max_size=DAYS)
    return days.map(lambda drawn: [of[byte % len(of)] for byte in drawn])


any_weather = a_quarter(ANY_FINDING)
flapping = a_quarter([GOOD, BAD])


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What became of one subject over the days."""

    states: tuple[Incident | None, ...]
    revisions: tuple[Revision, ...]

    @property
    def loud(self) -> list[Revision]:
        return [revision for revision in self.revisions if revision.is_loud]


def live_through(days: list[Finding], *, looks: int = 1, baseline_days: int = 0) -> Life:
    """Scan daily, each day's finding `looks` times."""
    incident: Incident | None = None
    states: list[Incident | None] = []
    revisions: list[Revision] = []
    for number, finding in enumerate(days):
        for again in range(looks):
            decision = decide(
                incident,
                finding,
                now=NOW + timedelta(days=number, minutes=again),
                day=TODAY + timedelta(days=number),
                is_daily=True,
                is_baseline=number < baseline_days,
                settings=IncidentSettings(),
            )
            incident = decision.incident
            if decision.revision is not None:
                revisions.append(decision.revision)
        states.append(incident)
    return Life(states=tuple(states), revisions=tuple(revisions))


@given(any_weather)
def test_any_weather_raises_no_storm(days: list[Finding]) -> None:
    life = live_through(days)
    assert len({revision.incident_id for revision in life.revisions}) <= MOST_INCIDENTS
    assert len(life.loud) <= MOST_INCIDENTS * (SEVERITIES + 1)


@given(flapping)
def test_a_flapping_signal_is_told_at_most_once_an_incident(days: list[Finding]) -> None:
    life = live_through(days)
    assert len(life.loud) <= MOST_INCIDENTS
    assert all(revision.change is Change.RAISED for revision in life.loud)


def test_a_signal_that_flaps_daily_is_told_once_in_ninety_days() -> None:
    assert len(live_through([BAD, GOOD] * 45).loud) == 1


@given(any_weather)
def test_each_severity_is_told_at_most_once_an_incident(days: list[Finding]) -> None:
    told = Counter((r.incident_id, r.finding.severity) for r in live_through(days).loud)
    assert all(times == 1 for times in told.values())


@given(any_weather)
def test_each_loud_revision_is_worse_than_all_before_or_a_new_incident(
    days: list[Finding],
) -> None:
    worst: dict[str, int] = {}
    for revision in live_through(days).revisions:
        before = worst.get(revision.incident_id)
        severity = revision.finding.severity
        if revision.is_loud:
            assert before is None or severity > before
        worst[revision.incident_id] = max(severity, before or 0)


@given(any_weather)
def test_nothing_that_fires_goes_without_a_live_incident(days: list[Finding]) -> None:
    for finding, incident in zip(days, live_through(days).states, strict=True):
        if finding.fires:
            assert incident is not None
            assert incident.is_live


@given(any_weather)
def test_a_new_number_comes_only_long_after_the_last_one_closed(days: list[Finding]) -> None:
    life = live_through(days)
    for before, after in pairwise(life.revisions):
        if before.incident_id != after.incident_id:
            assert before.change is Change.CLOSED
            assert after.at - before.at > timedelta(days=REOPEN_DAYS)


@given(any_weather, st.integers(2, 3))
def test_looking_again_on_the_same_day_changes_nothing(days: list[Finding], looks: int) -> None:
    once, often = live_through(days), live_through(days, looks=looks)
    assert [(r.incident_id, r.revision, r.change) for r in once.revisions] == [
        (r.incident_id, r.revision, r.change) for r in often.revisions
    ]


@given(any_weather)
def test_revisions_count_up_without_a_gap(days: list[Finding]) -> None:
    seen: Counter[str] = Counter()
    for revision in live_through(days).revisions:
        seen[revision.incident_id] += 1
        assert revision.revision == seen[revision.incident_id]


@given(any_weather)
def test_a_baseline_is_never_loud(days: list[Finding]) -> None:
    assert live_through(days, baseline_days=DAYS).loud == []
