"""A rep's word on a band: alerts follow it, and neither its beginning nor its end is a fall."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.health_fall import fall_finding
from app.domain.health_record import HealthRecord
from app.domain.incident import Change, IncidentKind
from app.domain.incident_rules import decide
from app.domain.override import (
    NO_WORDS,
    BandInForce,
    Before,
    Look,
    Override,
    Words,
    band_in_force,
    clear,
    followed,
    speak,
    word_in_force,
)
from app.domain.tenant_settings import IncidentSettings
from app.errors import Conflict, InvalidInput
from tests.builders import NOW, TODAY, assessment, day_ago, days_ago, health_record

BANDS = (Band.GREEN, Band.AMBER, Band.RED)
SCORES = {Band.GREEN: 90, Band.AMBER: 60, Band.RED: 20}


def look(days: float = 0) -> Look:
    """So many days from now."""
    return Look.at(NOW + timedelta(days=days), "UTC")


def word(
    band: Band = Band.GREEN,
    *,
    agent: Agent = Agent.TAM,
    days: int = 10,
    at: datetime = NOW,
    told: Band | None = Band.RED,
    tam: Band | None = Band.RED,
    csm: Band | None = Band.AMBER,
    cleared_at: datetime | None = None,
) -> Override:
    return Override(
        account_id="acme",
        agent=agent,
        band=band,
        reason="planned migration",
        until=TODAY + timedelta(days=days),
        by="kim@tend.example",
        at=at,
        told=told,
        before=Before(since=at, tam=tam, csm=csm, churn_level="medium"),
        cleared_at=cleared_at,
    )


def record(band: Band, *, days: float = 0, agent: Agent = Agent.TAM) -> HealthRecord:
    """Scored so many days from now."""
    at = NOW + timedelta(days=days)
    return health_record(
        agent=agent, band=band, score=SCORES.get(band), checked_at=at, assessed_at=at
    )


def in_force(
    words: Words, last: HealthRecord | None, computed: Band, days: float, agent: Agent = Agent.TAM
) -> BandInForce:
    return band_in_force(agent, words, last, computed, look(days))


def test_without_a_word_the_computed_band_counts() -> None:
    told = in_force(NO_WORDS, record(Band.GREEN), Band.AMBER, 1)
    assert (told.band, told.previous, told.word) == (Band.AMBER, Band.GREEN, None)
    assert in_force(NO_WORDS, None, Band.AMBER, 1).previous is None
    assert not told.is_given_back


def test_a_word_holds_from_its_moment_to_the_morning_of_its_day() -> None:
    words = {Agent.TAM: word(days=3)}
    assert word_in_force(words, Agent.TAM, look(-0.1)) is None
    assert word_in_force(words, Agent.TAM, look()) is words[Agent.TAM]
    assert word_in_force(words, Agent.TAM, look(2.7)) is words[Agent.TAM]
    assert word_in_force(words, Agent.TAM, look(2.8)) is None, "its day has begun"
    assert word_in_force(words, Agent.CSM, look(1)) is None
    taken_back = {Agent.TAM: clear(words[Agent.TAM], look(1))}
    assert word_in_force(taken_back, Agent.TAM, look(1)) is None
    assert word_in_force(taken_back, Agent.TAM, look(0.5)) is not None, "as of before"


def test_a_word_begins_against_the_band_that_alerts_had_gone_by() -> None:
    words = {Agent.TAM: word(Band.RED, told=Band.GREEN, tam=Band.GREEN)}
    first = in_force(words, record(Band.GREEN, days=-1), Band.GREEN, 1)
    assert (first.band, first.previous) == (Band.RED, Band.GREEN)
    later = in_force(words, record(Band.GREEN, days=1), Band.GREEN, 2)
    assert (later.band, later.previous) == (Band.RED, Band.RED)
    never_scanned = in_force({Agent.TAM: word(Band.RED, told=None)}, None, Band.GREEN, 1)
    assert never_scanned.previous is None


def test_a_record_kept_from_before_the_word_does_not_know_it() -> None:
    kept = replace(record(Band.GREEN, days=1), assessed_at=days_ago(1), stale_reason="late")
    words = {Agent.TAM: word(Band.RED, told=Band.GREEN)}
    assert in_force(words, kept, Band.GREEN, 2).previous is Band.GREEN


@pytest.mark.parametrize(
    "was, last, now, previous, is_given_back",
    [
        (Band.AMBER, Band.AMBER, Band.AMBER, Band.AMBER, True),
        (Band.RED, Band.RED, Band.RED, Band.RED, True),
        (Band.GREEN, Band.RED, Band.RED, Band.GREEN, False),  # fell while the rep said Green
        (Band.AMBER, Band.GREEN, Band.AMBER, Band.GREEN, False),  # falls on this very day
        (Band.RED, Band.RED, Band.GREEN, Band.RED, True),
        (None, Band.RED, Band.RED, None, False),
    ],
)
def test_the_end_of_a_word_compares_with_what_was_before_it(
    was: Band | None, last: Band, now: Band, previous: Band | None, is_given_back: bool
) -> None:
    words = {Agent.TAM: word(days=3, tam=was)}
    told = in_force(words, record(last, days=2), now, 3)
    assert (told.band, told.previous) == (now, previous)
    assert told.ended is words[Agent.TAM]
    assert told.is_given_back is is_given_back
    after = in_force(words, record(now, days=3), now, 4)
    assert (after.previous, after.ended) == (now, None), "once"


def test_the_end_of_a_technical_word_is_no_commercial_fall() -> None:
    words = {Agent.TAM: word(days=3, csm=Band.AMBER)}
    told = in_force(
        words, record(Band.GREEN, days=2, agent=Agent.CSM), Band.AMBER, 3, agent=Agent.CSM
    )
    assert (told.previous, told.is_given_back) == (Band.AMBER, True)


def test_a_commercial_word_says_nothing_of_technical_health() -> None:
    words = {Agent.CSM: word(days=3, agent=Agent.CSM)}
    assert in_force(words, record(Band.GREEN, days=2), Band.AMBER, 3).ended is None


def test_a_word_taken_back_ends_at_that_moment() -> None:
    words = {Agent.TAM: clear(word(), look(1))}
    assert in_force(words, record(Band.RED, days=0.5), Band.RED, 2).is_given_back
    assert in_force(words, record(Band.RED, days=1.5), Band.RED, 2).ended is None
    with pytest.raises(Conflict, match="over already"):
        clear(words[Agent.TAM], look(2))


def test_a_word_that_no_scan_has_met_leaves_no_trace() -> None:
    words = {Agent.TAM: clear(word(), look(1))}
    told = in_force(words, record(Band.GREEN, days=-1), Band.AMBER, 2)
    assert (told.previous, told.ended) == (Band.GREEN, None)


def finding_under(told: BandInForce, score: int) -> tuple[bool, int, Band, bool, tuple[str, ...]]:
    found = fall_finding(
        IncidentKind.TAM_ESCALATION,
        assessment(score=score, band=told.computed),
        told.previous,
        threshold=40,
    )
    made = followed(found, told)
    return made.fires, made.severity, made.band, made.recovered, made.reasons


def test_green_by_word_fires_nothing_however_low_the_score() -> None:
    told = in_force({Agent.TAM: word()}, record(Band.RED, days=-1), Band.RED, 1)
    assert finding_under(told, 10)[:4] == (False, 0, Band.GREEN, True)


def test_red_by_word_fires_once_however_high_the_score() -> None:
    words = {Agent.TAM: word(Band.RED, told=Band.GREEN)}
    first = in_force(words, record(Band.GREEN, days=-1), Band.GREEN, 1)
    fires, severity, band, recovered, reasons = finding_under(first, 95)
    assert (fires, severity, band, recovered) == (True, 3, Band.RED, False)
    assert reasons == ("by a rep's word Red until 2026-03-21 (computed: Green)",)
    later = in_force(words, record(Band.GREEN, days=1), Band.GREEN, 2)
    assert finding_under(later, 95)[0] is False


def test_a_word_that_says_what_the_score_says_changes_nothing() -> None:
    told = in_force({Agent.TAM: word(Band.RED)}, record(Band.RED, days=-1), Band.RED, 1)
    assert finding_under(told, 10)[:2] == (True, 4)


def test_the_reps_own_words_reach_no_finding() -> None:
    told = in_force({Agent.TAM: word(Band.RED)}, record(Band.GREEN), Band.GREEN, 1)
    assert "migration" not in repr(finding_under(told, 95))


def asked(band: Band = Band.GREEN, *, days: int = 10, reason: str = " why ") -> Override:
    return replace(
        word(band, days=days, told=None), reason=reason, before=Before(since=days_ago(400))
    )


def test_speaking_keeps_what_was_before() -> None:
    records = {
        Agent.TAM: record(Band.RED),
        Agent.CSM: replace(record(Band.AMBER, agent=Agent.CSM), churn_level="high"),
    }
    said = speak(asked(), NO_WORDS, records, look())
    assert (said.reason, said.told) == ("why", Band.RED)
    assert said.before == Before(since=NOW, tam=Band.RED, csm=Band.AMBER, churn_level="high")
    unknown = speak(asked(), NO_WORDS, {}, look())
    assert (unknown.told, unknown.before) == (None, Before(since=NOW))


def test_a_word_in_the_place_of_another_carries_on_from_the_first() -> None:
    first = speak(asked(), NO_WORDS, {Agent.TAM: record(Band.AMBER, days=-1)}, look())
    seen = {Agent.TAM: record(Band.RED, days=1)}
    second = speak(replace(asked(Band.AMBER), at=look(2).now), {Agent.TAM: first}, seen, look(2))
    assert (second.told, second.before) == (Band.GREEN, first.before)
    told = in_force({Agent.TAM: second}, seen[Agent.TAM], Band.RED, 3)
    assert (told.band, told.previous) == (Band.AMBER, Band.GREEN), "the rep says it got worse"


def test_a_word_after_one_that_ended_untold_carries_on_too() -> None:
    first = speak(asked(days=2), NO_WORDS, {Agent.TAM: record(Band.AMBER, days=-1)}, look())
    seen = {Agent.TAM: record(Band.RED, days=1)}
    second = speak(asked(days=9), {Agent.TAM: first}, seen, look(4))
    assert second.before == first.before
    told_since = {Agent.TAM: record(Band.RED, days=3)}
    third = speak(asked(days=9), {Agent.TAM: first}, told_since, look(4))
    assert third.before.tam is Band.RED
    fourth = speak(asked(days=9), {Agent.TAM: first}, {}, look(4))
    assert fourth.before.tam is None


@pytest.mark.parametrize(
    "bad, told",
    [
        (asked(Band.UNKNOWN), "Green, Amber or Red"),
        (asked(days=0), "after today"),
        (replace(asked(), until=day_ago(1)), "after today"),
        (asked(days=400), "a year is the most"),
        (asked(reason="  "), "reason"),
    ],
)
def test_a_word_needs_a_band_a_day_to_come_and_a_reason(bad: Override, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        speak(bad, NO_WORDS, {}, look())


@given(
    computed=st.sampled_from(BANDS),
    said=st.sampled_from(BANDS),
    days=st.integers(1, 40),
)
def test_nobody_is_told_when_a_word_ends_and_nothing_has_changed(
    computed: Band, said: Band, days: int
) -> None:
    """Scanned daily, known as it is from a baseline: only a word for worse is ever loud."""
    words: dict[Agent, Override] = {}
    last: HealthRecord | None = None
    incident = None
    loud: list[tuple[int, Change]] = []
    for day in range(days + 6):
        now = look(day)
        if day == 1 and last is not None:
            start = replace(asked(said, days=days + 1), at=now.now)
            words = {Agent.TAM: speak(start, words, {Agent.TAM: last}, now)}
        told = band_in_force(Agent.TAM, words, last, computed, now)
        found = fall_finding(
            IncidentKind.TAM_ESCALATION,
            assessment(score=SCORES[computed], band=computed),
            told.previous,
            threshold=40,
        )
        decision = decide(
            incident,
            followed(found, told),
            now=now.now,
            day=now.day,
            is_daily=True,
            is_baseline=day == 0,
            settings=IncidentSettings(),
        )
        incident = decision.incident
        if decision.revision is not None and decision.revision.is_loud:
            loud.append((day, decision.revision.change))
        last = record(computed, days=day)
    ordered = list(BANDS)
    is_worse = ordered.index(said) > ordered.index(computed)
    assert [day for day, _ in loud] == ([1] if is_worse else [])
