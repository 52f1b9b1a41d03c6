"""Days, spans and times as people write them, resolved on a Wednesday."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.words.days import day_mentions
from app.words.spans import Bound, Side, span_mentions, time_mentions

TODAY = date(2026, 3, 11)


def days(text: str) -> set[str]:
    """First days of all that the text may mean."""
    return {first.isoformat() for one in day_mentions(text, TODAY) for first, _last in one.periods}


@pytest.mark.parametrize(
    "text, day",
    [
        ("on 2026-03-05", "2026-03-05"),
        ("on 2026/3/5", "2026-03-05"),
        ("on 5.3.2026", "2026-03-05"),
        ("on 03/05/26", "2026-03-05"),
        ("on 5/3", "2026-03-05"),
        ("on 5 March", "2026-03-05"),
        ("on the 5th of March 2026", "2026-03-05"),
        ("on March 5th, 2026", "2026-03-05"),
        ("on Mar. 5", "2026-03-05"),
        ("on the 5th", "2026-03-05"),
        ("in March", "2026-03-01"),
        ("since March 2026", "2026-03-01"),
        ("in Q4 2026", "2026-10-01"),
        ("in 2026-Q4", "2026-10-01"),
        ("in the fourth quarter of 2026", "2026-10-01"),
        ("in the 2nd quarter", "2026-04-01"),
        ("since 2024", "2024-01-01"),
        ("today", "2026-03-11"),
        ("this morning", "2026-03-11"),
        ("yesterday", "2026-03-10"),
        ("the day before yesterday", "2026-03-09"),
        ("tomorrow", "2026-03-12"),
        ("last week", "2026-03-02"),
        ("this week", "2026-03-09"),
        ("next week", "2026-03-16"),
        ("last month", "2026-02-01"),
        ("next quarter", "2026-04-01"),
        ("last year", "2025-01-01"),
        ("last Monday", "2026-03-09"),
        ("last Monday", "2026-03-02"),
        ("on Friday", "2026-03-06"),
        ("on Friday", "2026-03-13"),
        ("this Friday", "2026-03-13"),
        ("next Friday", "2026-03-20"),
        ("last weekend", "2026-03-07"),
        ("this weekend", "2026-03-14"),
        ("next weekend", "2026-03-21"),
    ],
)
def test_a_day_is_understood(text: str, day: str) -> None:
    assert day in days(text)


@pytest.mark.parametrize("text", ["on 31 February", "by end of day", "EOD", "on 2026-13-45"])
def test_a_day_that_is_none_is_no_fact(text: str) -> None:
    (found,) = day_mentions(text, TODAY)
    assert found.periods == ()


@pytest.mark.parametrize(
    "text", ["this may help", "as may be", "march on", "a second look", "every day", "the weekends"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert list(day_mentions(text, TODAY)) == []


def test_a_day_of_another_year_is_not_taken_for_one_of_this() -> None:
    assert days("on 12 March 2024") == {"2024-03-12"}
    assert days("on 20 December") == {"2026-12-20", "2025-12-20"}


def test_today_tells_of_no_day_in_particular() -> None:
    habits = [one.is_habit for one in day_mentions("today, this week, tomorrow", TODAY)]
    assert sorted(habits) == [False, True, True]


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 1, 1)))
def test_every_iso_day_means_itself(day: date) -> None:
    (found,) = day_mentions(f"on {day}", TODAY)
    assert found.periods == ((day, day),)


@pytest.mark.parametrize(
    "text, hours",
    [
        ("for 5 days", 5 * 24),
        ("for five days", 5.9 * 24),
        ("for 3 weeks", 3 * 168),
        ("two months ago", 61 * 24),
        ("an hour ago", 1),
        ("a year ago", 365 * 24),
        ("over a month", 40 * 24),
        ("almost two weeks", 13 * 24),
        ("about three days", 70),
        ("one and a half years", 1.5 * 8760),
        ("a few days ago", 72),
        ("36-hour", 36),
    ],
)
def test_a_span_fits_what_lasts_so_long(text: str, hours: float) -> None:
    (found,) = span_mentions(text)
    assert found.fits(hours)
    assert not found.fits(hours * 4 + 50)


def test_a_span_says_on_which_side_it_lies() -> None:
    sides = {
        text: [one.side for one in span_mentions(text)]
        for text in ("two weeks ago", "in two weeks", "for 2 weeks", "two weeks", "a week from now")
    }
    assert sides == {
        "two weeks ago": [Side.PAST],
        "in two weeks": [Side.AHEAD],
        "for 2 weeks": [Side.PAST],
        "two weeks": [Side.EITHER],
        "a week from now": [Side.AHEAD],
    }


def test_what_comes_again_is_no_span() -> None:
    assert list(span_mentions("twice a week, every day, an app, than some weeks ago")) == []


def test_a_span_that_cannot_be_read_fits_nothing() -> None:
    (found,) = span_mentions("for 1.2.3 days")
    assert found.bound is Bound.EXACT
    assert not any(found.fits(hours) for hours in range(200))


@pytest.mark.parametrize(
    "text, at",
    [
        ("at 9:30", time(9, 30)),
        ("at 9:30 pm", time(21, 30)),
        ("at 4.30 pm", time(16, 30)),
        ("at 9 am", time(9)),
        ("at 12 am", time(0)),
        ("at 7 o'clock", time(7)),
        ("at noon", time(12)),
        ("at 24:00", time(0)),
    ],
)
def test_a_time_is_understood(text: str, at: time) -> None:
    assert [one.at for one in time_mentions(text)] == [at]


def test_a_decimal_is_no_time() -> None:
    assert list(time_mentions("version 4.30 and 4.2")) == []
