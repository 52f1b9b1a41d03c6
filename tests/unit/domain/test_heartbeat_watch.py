"""What is out of an integration's own ordinary, and what is not."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.heartbeat_days import HISTORY_DAYS, HeartbeatDay
from app.domain.heartbeat_finding import Anomaly, HeartbeatFinding
from tests.unit.domain.heartbeat_series import (
    CLOSED,
    FLAT,
    OFFICE,
    UNTIL,
    beat_day,
    found,
    midnight,
    poisson,
    series,
    since,
    weekly,
)

WEEKS = st.sampled_from([FLAT, OFFICE, CLOSED])
FAR_BACK = HISTORY_DAYS + 730
EVENING = (20.0, 20.5)


def kinds(days: list[HeartbeatDay]) -> list[Anomaly]:
    return [one.anomaly for one in found(days)]


def only(days: list[HeartbeatDay]) -> HeartbeatFinding:
    (one,) = found(days)
    return one


def test_nothing_is_found_on_an_integration_that_does_as_ever() -> None:
    assert found(series(weekly(1_000, OFFICE), errors=lambda _ago: 12)) == ()
    assert found([]) == ()


def test_fewer_calls_are_told_with_their_figures_and_their_own_weekdays() -> None:
    one = only(series(since(2, weekly(1_000, FLAT), 0.5)))
    assert one.reason == ("far fewer API calls than the integration usually makes since 2026-03-09")
    assert one.measured == "500 calls on 2026-03-10, usually 937-1,063 on Tuesdays (12 of them)"
    assert one.anomaly is Anomaly.FEWER_CALLS


def test_more_calls_are_told_as_well() -> None:
    one = only(series(since(3, weekly(100, FLAT), 2.5)))
    assert (one.anomaly, one.since, one.value) == (Anomaly.MORE_CALLS, "2026-03-08", 250)


def test_one_strange_day_is_left_alone() -> None:
    assert found(series(since(1, weekly(1_000, FLAT), 0.5))) == ()
    assert found(series(since(1, weekly(1_000, FLAT), 4))) == ()


def test_days_strange_in_two_ways_are_not_one_event() -> None:
    usual = weekly(1_000, FLAT)
    assert found(series(lambda ago: {1: 300, 2: 4_000}.get(ago, usual(ago)))) == ()


def test_a_change_too_small_to_speak_of_is_none_however_regular_the_account() -> None:
    assert found(series(since(4, weekly(100_000, FLAT), 0.65))) == ()
    assert found(series(since(4, weekly(100_000, FLAT), 1.9))) == ()


def test_a_holiday_is_a_day_off_until_there_are_too_many_of_them() -> None:
    usual, rest = weekly(1_000, OFFICE), 180
    working = [ago for ago in range(1, 15) if (UNTIL - timedelta(days=ago)).weekday() < 5]

    def off(many: int) -> list[HeartbeatDay]:
        quiet = working[:many]
        return series(lambda ago: rest if ago in quiet else usual(ago))

    assert [kinds(off(many)) for many in (1, 2, 3)] == [[], [], []]
    assert kinds(off(4)) == [Anomaly.FEWER_CALLS]


def test_a_weekend_neither_ends_nor_makes_an_event() -> None:
    """Friday and Monday were low: with nothing to miss in between, they follow each other."""
    usual = weekly(1_000, OFFICE)
    calls = {1: None, 2: 500, 5: 450}
    assert only(series(lambda ago: calls.get(ago, usual(ago)))).since == "2026-03-06"


def test_days_that_nobody_counted_are_passed_over_but_not_for_long() -> None:
    usual = since(9, weekly(1_000, FLAT), 0.5)
    assert only(series(lambda ago: None if ago < 4 else usual(ago))).since == "2026-03-02"
    assert found(series(lambda ago: None if ago < 5 else usual(ago))) == ()


def test_an_event_of_long_ago_is_followed_two_weeks_back() -> None:
    assert only(series(since(20, weekly(1_000, FLAT), 0.3))).since == "2026-02-25"


@pytest.mark.parametrize("days", [1, 2, 14, 27, 28])
def test_a_new_integration_says_nothing(days: int) -> None:
    calls = since(2, weekly(1_000, FLAT), 0.1)
    assert found(series(calls, errors=lambda ago: 90 if ago < 3 else 0, days=days)) == ()


def test_failing_calls_are_told_after_two_days() -> None:
    def errors(ago: int) -> int:
        return 80 if ago < 3 else 10

    one = only(series(weekly(1_000, FLAT), errors=errors))
    assert one.reason == "far more of the integration's calls fail than usual since 2026-03-09"
    assert one.measured == "8.0 % of calls failed on 2026-03-10, usually 1.0 % (84 days)"


def test_very_many_failing_calls_are_told_the_next_morning() -> None:
    def errors(share: int) -> list[HeartbeatDay]:
        return series(weekly(1_000, FLAT), errors=lambda ago: share if ago == 1 else 10)

    assert kinds(errors(80)) == []
    assert kinds(errors(250)) == [Anomaly.ERRORS]


def test_a_share_that_is_the_accounts_own_or_of_few_calls_is_no_event() -> None:
    assert found(series(weekly(1_000, FLAT), errors=lambda _ago: 90)) == ()
    assert found(series(weekly(1_000, FLAT), errors=lambda ago: 150 if ago < 3 else 90)) == ()
    assert found(series(weekly(20, FLAT), errors=lambda ago: 9 if ago < 3 else 0)) == ()
    shaky = Random(3)
    wild = [shaky.randrange(400) for _ in range(HISTORY_DAYS + 1)]
    assert (
        found(series(weekly(1_000, FLAT), errors=lambda ago: 500 if ago < 3 else wild[ago])) == ()
    )


def test_errors_that_ended_or_that_nobody_counts_are_no_event() -> None:
    def errors(ago: int) -> int | None:
        return 300 if 4 < ago < 9 else None if ago < 5 else 0

    assert found(series(weekly(1_000, FLAT), errors=errors)) == ()
    assert found(series(lambda _ago: None)) == ()
    assert found(series(lambda _ago: 0)) == ()


def test_an_integration_that_posts_all_day_is_missed_after_half_a_day() -> None:
    days = series(weekly(1_000, FLAT))
    assert found(days, heard_hours=11) == ()
    (one,) = found(days, heard_hours=13)
    assert one.anomaly is Anomaly.SILENCE
    assert one.reason == (
        "integration quiet for longer than it ever is by habit, since 2026-03-10 23:59 UTC"
    )
    assert one.measured == "13 h silent, usually 0 h after Tuesdays (12 of them)"


def test_an_integration_that_posts_daily_is_missed_after_the_second_post() -> None:
    days = series(weekly(1_000, FLAT), hours=EVENING)
    assert found(days, heard_hours=20 + 23) == ()
    assert [one.value for one in found(days, heard_hours=20 + 30)] == [53.5]


def test_a_weekend_is_no_silence_where_nobody_works_on_it() -> None:
    every = series(weekly(1_000, FLAT), hours=(8, 18))
    working = [one for one in every if (one.day - 1) % 7 < 5]
    friday = (UNTIL - timedelta(days=5)).toordinal()
    until_friday = [one for one in working if one.day <= friday]
    assert found(until_friday, heard_hours=-24 * 2 + 12) == ()
    until_thursday = until_friday[:-1]
    (one,) = found(until_thursday, heard_hours=-24 * 4)
    assert (one.anomaly, one.since) == (Anomaly.SILENCE, "2026-03-05 17:59")
    assert one.measured == "30 h silent, usually 14 h after Thursdays (12 of them)"


def test_irregular_gaps_are_no_habit_and_few_gaps_neither() -> None:
    dice = Random(1)
    irregular = [
        beat_day(ago, hours=(h, h + 0.1)) for ago in range(98, 0, -1) for h in [dice.random() * 23]
    ]
    assert found(irregular, heard_hours=24) == ()
    rare = [beat_day(ago, None, None) for ago in range(90, 0, -20)]
    assert found(rare, heard_hours=24 * 15) == ()


def test_a_day_that_runs_is_not_judged_and_what_lies_ahead_is_not_known() -> None:
    running = [*series(weekly(1_000, FLAT)), beat_day(0, 3), beat_day(-1, 3)]
    assert found(running, last_seen=midnight(UNTIL) + timedelta(hours=6)) == ()


@settings(max_examples=60)
@given(week=WEEKS, mean=st.integers(300, 10**6), seed=st.integers(0, 10**6))
def test_half_the_calls_on_working_days_are_told_within_two_of_them(
    week: tuple[float, ...], mean: int, seed: int
) -> None:
    dice = Random(seed)
    usual = weekly(mean, week)
    days = series(since(2, lambda ago: poisson(dice, usual(ago)), 0.5))
    assert kinds(days) == [Anomaly.FEWER_CALLS]


@settings(max_examples=60)
@given(
    calls=st.lists(st.integers(100, 10**5), min_size=HISTORY_DAYS, max_size=HISTORY_DAYS),
    times=st.integers(2, 50),
)
def test_larger_integrations_of_the_same_shape_are_found_at_least_as_often(
    calls: list[int], times: int
) -> None:
    small = found(series(lambda ago: calls[ago - 1]))
    large = found(series(lambda ago: calls[ago - 1] * times))
    assert [one.since for one in small] == [one.since for one in large] or len(large) > len(small)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), share=st.sampled_from([0.0, 0.4, 1.0, 3.0]))
def test_the_order_of_the_days_means_nothing(seed: int, share: float) -> None:
    dice = Random(seed)
    days = series(since(3, weekly(900, OFFICE), share), errors=lambda _ago: dice.randrange(99))
    shuffled = dice.sample(days, len(days))
    assert found(shuffled) == found(days)


@pytest.mark.parametrize("week", [FLAT, OFFICE, CLOSED])
@pytest.mark.parametrize("mean", [3, 30, 300, 30_000])
def test_chance_alone_is_hardly_ever_taken_for_an_event(week: tuple[float, ...], mean: int) -> None:
    """Every second Wednesday of two years, for each of the twelve shapes."""
    dice, usual = Random(mean), weekly(mean, week)
    drawn = [poisson(dice, usual(ago)) for ago in range(FAR_BACK)]

    def at(shift: int) -> list[HeartbeatDay]:
        return series(lambda ago: drawn[ago + shift])

    assert [shift for shift in range(0, 728, 14) if found(at(shift))] == []


@given(
    st.builds(
        HeartbeatFinding,
        anomaly=st.sampled_from(Anomaly),
        since=st.dates(date(2020, 1, 1)).map(date.isoformat),
        day=st.dates(date(2020, 1, 1)).map(date.isoformat),
        value=st.floats(0, 10**9),
        usual_low=st.floats(0, 10**9),
        usual_high=st.floats(0, 10**9),
        compared=st.integers(4, 98),
        weekday=st.none() | st.integers(0, 6),
    )
)
def test_a_finding_reads_back_as_it_was_written(one: HeartbeatFinding) -> None:
    assert HeartbeatFinding.from_json(one.as_json()) == one
    assert one.since in one.reason
    assert str(one.compared) in one.measured
