"""A year of use by week, as it is drawn: no week left out, the running one told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

RECENT_WEEKS, BEFORE_WEEKS = 4, 8
"""The last complete weeks, and those before that they are compared with."""

_WEEK = timedelta(weeks=1)
_TO_SUNDAY = timedelta(days=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWeek:
    """One week, Monday to Sunday."""

    monday: date
    events: int
    logins: int
    is_running: bool = False
    """The usage data does not reach its Sunday yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageCourse:
    """Weeks in a row, and how the last ones compare."""

    weeks: tuple[ShownWeek, ...] = ()
    """From the first with any row to the one that the data reaches, oldest first."""
    recent: int | None = None
    """Events a week in the last 4 complete weeks; None: there are not so many."""
    before: int | None = None
    """Events a week in the 8 complete weeks before those; None: there are not so many."""


def usage_course(weeks: Sequence[ShownWeek], until: date) -> UsageCourse:
    """The weeks up to the one that `until` lies in, those without a row filled in as without use.

    `weeks` are oldest first; before the first of them nothing is known.
    """
    if not weeks:
        return UsageCourse()
    by_monday = {one.monday: one for one in weeks}
    monday, shown = weeks[0].monday, list[ShownWeek]()
    while monday <= until:
        known = by_monday.get(monday, ShownWeek(monday=monday, events=0, logins=0))
        shown.append(
            ShownWeek(
                monday=monday,
                events=known.events,
                logins=known.logins,
                is_running=until < monday + _TO_SUNDAY,
            )
        )
        monday += _WEEK
    complete = [one.events for one in shown if not one.is_running]
    return UsageCourse(
        weeks=tuple(shown),
        recent=_mean(complete[-RECENT_WEEKS:], RECENT_WEEKS),
        before=_mean(complete[-RECENT_WEEKS - BEFORE_WEEKS : -RECENT_WEEKS], BEFORE_WEEKS),
    )


def _mean(events: Sequence[int], needed: int) -> int | None:
    return None if len(events) < needed else round(sum(events) / needed)
