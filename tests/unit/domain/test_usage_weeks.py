"""A year of use by week: no week is left out, and the running one is told apart."""

from __future__ import annotations

from datetime import date, timedelta

from app.domain.usage_weeks import ShownWeek, UsageCourse, usage_course

MONDAY = date(2026, 3, 2)
SUNDAY = date(2026, 3, 8)


def week(ago: int, events: int) -> ShownWeek:
    return ShownWeek(monday=MONDAY - timedelta(weeks=ago), events=events, logins=1)


def test_without_any_week_there_is_no_course() -> None:
    assert usage_course([], SUNDAY) == UsageCourse()


def test_weeks_without_a_row_are_weeks_without_use() -> None:
    course = usage_course([week(3, 10), week(1, 30)], SUNDAY)
    assert [one.events for one in course.weeks] == [10, 0, 30, 0]
    assert [one.logins for one in course.weeks] == [1, 0, 1, 0]
    assert course.weeks[-1].monday == MONDAY


def test_a_week_is_running_until_the_data_reaches_its_sunday() -> None:
    assert not usage_course([week(0, 10)], SUNDAY).weeks[-1].is_running
    assert usage_course([week(0, 10)], SUNDAY - timedelta(days=1)).weeks[-1].is_running


def test_four_complete_weeks_are_compared_with_the_eight_before() -> None:
    weeks = [week(ago, 100 if ago >= 4 else 50) for ago in range(11, -1, -1)]
    course = usage_course(weeks, SUNDAY)
    assert (course.recent, course.before) == (50, 100)


def test_the_running_week_is_not_compared() -> None:
    weeks = [week(ago, 1 if ago == 0 else 50) for ago in range(4, -1, -1)]
    course = usage_course(weeks, MONDAY)
    assert (course.recent, course.before) == (50, None)


def test_too_few_weeks_are_not_compared() -> None:
    course = usage_course([week(2, 50)], SUNDAY)
    assert (course.recent, course.before) == (None, None)
