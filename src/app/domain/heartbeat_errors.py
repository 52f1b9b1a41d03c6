"""An integration whose calls fail far more often than its own calls usually do.

A share of few calls is left to chance; a fall of the share is good news and no finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.domain.heartbeat_days import COMPARED_WEEKS, DAYS_A_WEEK, LOOK_BACK_DAYS, HeartbeatDay
from app.domain.heartbeat_finding import Anomaly, HeartbeatFinding
from app.domain.heartbeat_normal import Normal, is_far_count, normal_of, usual_range

FEWEST_DAYS = 14
"""Fewer days with calls do not say how many usually fail."""
LEAST_AGE_DAYS = 28
"""A newer integration has no habits yet."""
FEWEST_ERRORS = 10
LEAST_RISE = 0.02
"""The share must rise by two of a hundred calls, and at least double."""
GREAT_RISE = 0.2
"""So great a rise is told after one day; a smaller one has to last for two."""
FEWEST_IN_A_ROW = 2
NEWEST_WITHIN_DAYS = 4
"""A judged day older than a long weekend says nothing about today."""


def unusual_errors(days: Mapping[int, HeartbeatDay], newest: int) -> HeartbeatFinding | None:
    """What began at most two weeks ago and still holds on the newest judged day up to `newest`."""
    run = _run(days, newest)
    if not run or newest - run[0][0] >= NEWEST_WITHIN_DAYS:
        return None
    day, share, normal = run[0]
    if len(run) < FEWEST_IN_A_ROW and share - normal.middle < GREAT_RISE:
        return None
    low, high = usual_range(normal)
    return HeartbeatFinding(
        anomaly=Anomaly.ERRORS,
        since=date.fromordinal(run[-1][0]).isoformat(),
        day=date.fromordinal(day).isoformat(),
        value=round(100 * share, 1),
        usual_low=round(100 * low, 1),
        usual_high=round(100 * high, 1),
        compared=normal.compared,
    )


def _run(days: Mapping[int, HeartbeatDay], newest: int) -> list[tuple[int, float, Normal]]:
    """The judged days in a row that are out of the ordinary, newest first."""
    run: list[tuple[int, float, Normal]] = []
    for day in range(newest, newest - LOOK_BACK_DAYS, -1):
        share = _share(days.get(day))
        if share is None:
            continue
        if not _may_be_far(days[day], share):
            break
        normal = _normal_before(days, day)
        if normal is None or not _is_far(days[day], share, normal):
            break
        run.append((day, share, normal))
    return run


def _share(day: HeartbeatDay | None) -> float | None:
    """The share of its calls that failed; None: not told, or no calls."""
    if day is None or not day.calls or day.errors is None:
        return None
    return day.errors / day.calls


def _normal_before(days: Mapping[int, HeartbeatDay], day: int) -> Normal | None:
    """The usual share of the weeks before a day; None: too little to say."""
    start = day - COMPARED_WEEKS * DAYS_A_WEEK
    told = [(one, _share(days.get(one))) for one in range(start, day)]
    shares = [share for _, share in told if share is not None]
    ages = [day - one for one, share in told if share is not None]
    if len(shares) < FEWEST_DAYS or ages[0] < LEAST_AGE_DAYS:
        return None
    return normal_of(shares)


def _may_be_far(day: HeartbeatDay, share: float) -> bool:
    """Whether the past need be looked at: on most days nearly every call succeeds."""
    return (day.errors or 0) >= FEWEST_ERRORS and share >= LEAST_RISE


def _is_far(day: HeartbeatDay, share: float, normal: Normal) -> bool:
    calls, errors = day.calls or 0, day.errors or 0
    if share < max(normal.middle + LEAST_RISE, 2 * normal.middle):
        return False
    expected = Normal(
        middle=normal.middle * calls, spread=normal.spread * calls, compared=normal.compared
    )
    return is_far_count(errors, expected)
