"""Bars as a drawing: what is not known has none, and other people's words stay words."""

from __future__ import annotations

import re
from datetime import date

import pytest

from app.domain.heartbeat_days import HeartbeatDay
from app.domain.usage_weeks import ShownWeek, UsageCourse
from app.web.drawing.bars import Bar, bars, short
from app.web.drawing.usage import heartbeat_drawing, usage_drawing, usage_told

MONDAY = date(2026, 3, 2)


def test_a_bar_is_as_high_as_its_value() -> None:
    row = [Bar(value=100, told="much"), Bar(value=50, told="half"), Bar(value=None, told="unknown")]
    drawn = bars(row, title="Use", told="It fell.", key="use", width=500)
    much, half = (float(one) for one in re.findall(r'<rect[^>]* height="([0-9.]+)"', drawn))
    assert much == pytest.approx(2 * half, rel=0.01)


def test_the_drawing_says_in_words_what_it_shows() -> None:
    drawn = bars([], title="Use", told="It fell.", key="use", width=500)
    assert 'aria-labelledby="use-title use-told"' in drawn
    assert '<title id="use-title">Use</title><desc id="use-told">It fell.</desc>' in drawn


def test_words_in_a_drawing_are_words() -> None:
    row = [Bar(value=1, told="<script>alert(1)</script>", mark="<b>")]
    drawn = bars(row, title="<i>", told='"', key="use", width=500)
    assert "<script" not in drawn
    assert "<b>" not in drawn
    assert "&lt;script" in drawn


@pytest.mark.parametrize(
    "value, told",
    [(0, "0"), (999, "999"), (1_500, "1.5k"), (26_000, "26k"), (2_000_000, "2M"), (10**9, "1bn")],
)
def test_large_figures_are_short(value: int, told: str) -> None:
    assert short(value) == told


def test_a_running_week_is_marked_and_a_month_is_named_once() -> None:
    course = UsageCourse(
        weeks=(
            ShownWeek(monday=MONDAY, events=5, logins=1),
            ShownWeek(monday=date(2026, 3, 9), events=2, logins=1, is_running=True),
        )
    )
    drawn = usage_drawing(course)
    assert drawn.count(">Mar<") == 1
    assert "not complete yet" in drawn
    assert 'class="bar running"' in drawn


def test_the_course_is_told_as_far_as_it_goes() -> None:
    weeks = (ShownWeek(monday=MONDAY, events=1_200, logins=1),)
    assert usage_told(UsageCourse()) == "No use is known."
    assert usage_told(UsageCourse(weeks=weeks)).startswith("1 complete week of use so far")
    lately = usage_told(UsageCourse(weeks=weeks, recent=1_200))
    assert lately.startswith("1,200 events a week over the last 4 complete weeks. Over")
    both = usage_told(UsageCourse(weeks=weeks, recent=1_200, before=900))
    assert "900 a week over the 8 before" in both


def test_logins_are_drawn_where_no_event_is_told() -> None:
    days = (MONDAY, date(2026, 3, 9))
    course = UsageCourse(
        weeks=tuple(ShownWeek(monday=day, events=0, logins=30 + day.day) for day in days),
        recent=0,
        before=0,
    )
    assert usage_told(course).startswith("Logins by week, between 32 and 39: no events are told")
    assert usage_drawing(course).count("<rect") == 2


def test_a_day_without_a_sign_of_life_has_no_bar() -> None:
    heard = HeartbeatDay(day=1, calls=40, errors=2, first_seen=0, last_seen=0)
    unsaid = HeartbeatDay(day=1, calls=None, errors=None, first_seen=0, last_seen=0)
    days = [(MONDAY, heard), (date(2026, 3, 3), None), (date(2026, 3, 4), unsaid)]
    drawn = heartbeat_drawing(days)
    assert drawn.count("<rect") == 2
    assert "Heard from on 2 of the last 3 days." in drawn
    assert "40 calls, 2 errors" in drawn
    assert "no number of calls" in drawn
