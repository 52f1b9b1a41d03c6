"""A year of use by week, and four weeks of signs of life, drawn as bars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from app.domain.heartbeat_days import HeartbeatDay
from app.domain.usage_weeks import UsageCourse
from app.web.drawing.bars import Bar, bars
from app.web.wording import counted, day

_FIRST_DAYS = 7
"""A week whose Monday is among a month's first days begins that month."""
_EVERY = 7
"""Days between two that are written below."""
_WIDE, _HALF = 1_000, 520
"""Units of a drawing that takes a page, and of one beside another."""


def usage_drawing(course: UsageCourse) -> Markup:
    """Events by week, logins where no event is told; the months stand below."""
    by_logins = _tells_logins_alone(course)
    row = [
        Bar(
            value=week.logins if by_logins else week.events,
            told=f"Week of {day(week.monday)}: {counted(week.events, 'event')}, "
            f"{counted(week.logins, 'login')}{', not complete yet' if week.is_running else ''}",
            mark=f"{week.monday:%b}" if week.monday.day <= _FIRST_DAYS else "",
            kind="running" if week.is_running else "",
        )
        for week in course.weeks
    ]
    return bars(row, title="Use by week", told=usage_told(course), key="use", width=_WIDE)


def usage_told(course: UsageCourse) -> str:
    """The course in a sentence or two."""
    if not course.weeks:
        return "No use is known."
    if _tells_logins_alone(course):
        logins = [week.logins for week in course.weeks]
        return (
            f"Logins by week, between {min(logins):,} and {max(logins):,}: no events are told, "
            "so there is no trend. A column of events in usage files brings them."
        )
    events = [week.events for week in course.weeks if not week.is_running]
    if course.recent is None:
        return f"{counted(len(events), 'complete week')} of use so far: too few to compare."
    lately = f"{course.recent:,} events a week over the last 4 complete weeks"
    span = f"Over the weeks shown, between {min(events):,} and {max(events):,}."
    if course.before is None:
        return f"{lately}. {span}"
    return f"{lately}; {course.before:,} a week over the 8 before. {span}"


def _tells_logins_alone(course: UsageCourse) -> bool:
    return any(week.logins for week in course.weeks) and not any(
        week.events for week in course.weeks
    )


def heartbeat_drawing(days: Sequence[tuple[date, HeartbeatDay | None]]) -> Markup:
    """Calls by day; a day that nothing was heard on has no bar."""
    row = [
        Bar(
            value=None if heard is None else heard.calls or 0,
            told=f"{day(when)}: {_heard(heard)}",
            mark=day(when)[:-5] if number % _EVERY == 0 else "",
        )
        for number, (when, heard) in enumerate(days)
    ]
    heard_on = sum(1 for _, heard in days if heard is not None)
    told = f"Heard from on {heard_on} of the last {counted(len(days), 'day')}."
    return bars(
        row, title="Calls of the integration by day", told=told, key="heartbeat-days", width=_HALF
    )


def _heard(heard: HeartbeatDay | None) -> str:
    if heard is None:
        return "nothing was heard"
    calls = "no number of calls" if heard.calls is None else counted(heard.calls, "call")
    errors = "" if not heard.errors else f", {counted(heard.errors, 'error')}"
    return f"{calls}{errors}"
