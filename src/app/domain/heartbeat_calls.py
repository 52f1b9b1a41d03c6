"""An integration that makes far fewer or far more calls than on its own weekdays of late.

A Monday is compared with Mondays. One strange day is left alone, and so are days off: a working
day as quiet as the account's own weekend is a holiday, until there are too many of them in a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from app.domain.heartbeat_days import (
    COMPARED_WEEKS,
    DAYS_A_WEEK,
    LOOK_BACK_DAYS,
    HeartbeatDay,
    weekday_of,
)
from app.domain.heartbeat_finding import Anomaly, HeartbeatFinding
from app.domain.heartbeat_normal import Normal, is_far_count, normal_of, usual_range

FEWEST_WEEKDAYS = 4
"""Fewer days of the same weekday do not say what is usual; a newer integration has none."""
LEAST_FALL, LEAST_RISE = 0.4, 1.0
"""A fall by two fifths, or twice as much: less is no event, however regular the account is."""
FEWEST_IN_A_ROW = 2
NEWEST_WITHIN_DAYS = 4
"""A judged day older than a long weekend says nothing about today."""
QUIET_SHARE, QUIET_MARGIN = 0.3, 1.5
"""An account rests where its quietest weekday has at most this share of a working day's calls; a
day with up to so many times those calls is taken for a day off."""
MOST_DAYS_OFF = 3
"""More days off in a row, other than its usual ones, are no holiday any more."""

_AMONG_WORKING_DAYS = (2, 4)
"""So many days before one of rest lies a working day, where up to three of rest come together."""


class _Kind(Enum):
    """How one day looks."""

    FEWER = Anomaly.FEWER_CALLS
    MORE = Anomaly.MORE_CALLS
    OFF = "as quiet as its days of rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A day out of the ordinary."""

    day: int
    kind: _Kind
    normal: Normal


def unusual_calls(days: Mapping[int, HeartbeatDay], newest: int) -> HeartbeatFinding | None:
    """What began at most two weeks ago and still holds on the newest judged day up to `newest`."""
    run = _run(days, newest)
    if not run or newest - run[0].day >= NEWEST_WITHIN_DAYS:
        return None
    clear = [one for one in run if one.kind is not _Kind.OFF]
    if len(clear) < FEWEST_IN_A_ROW and len(run) <= MOST_DAYS_OFF:
        return None
    first = run[0]
    is_more = first.kind is _Kind.MORE
    low, high = usual_range(first.normal, least_spread=first.normal.middle**0.5)
    return HeartbeatFinding(
        anomaly=Anomaly.MORE_CALLS if is_more else Anomaly.FEWER_CALLS,
        since=date.fromordinal(run[-1].day).isoformat(),
        day=date.fromordinal(first.day).isoformat(),
        value=days[first.day].calls or 0,
        usual_low=round(low),
        usual_high=round(high),
        compared=first.normal.compared,
        weekday=weekday_of(first.day),
    )


def _run(days: Mapping[int, HeartbeatDay], newest: int) -> list[_Judged]:
    """The judged days in a row that are out of the ordinary the same way, newest first."""
    run: list[_Judged] = []
    for day in range(newest, newest - LOOK_BACK_DAYS, -1):
        known = days.get(day)
        if known is None or known.calls is None:
            continue
        normal = _normal_before(days, day)
        if normal is None:
            continue
        if not is_far_count(known.calls, normal):
            if _is_rest(days, day, normal):
                continue
            break
        kind = _kind_of(days, day, known.calls, normal)
        if kind is None or (run and (kind is _Kind.MORE) != (run[0].kind is _Kind.MORE)):
            break
        run.append(_Judged(day=day, kind=kind, normal=normal))
    return run


def _normal_before(days: Mapping[int, HeartbeatDay], day: int) -> Normal | None:
    """The usual calls of this weekday in the weeks before; None: too few to say."""
    past = range(day - DAYS_A_WEEK, day - (COMPARED_WEEKS + 1) * DAYS_A_WEEK, -DAYS_A_WEEK)
    known = [days[one].calls for one in past if one in days]
    calls = [one for one in known if one is not None]
    return normal_of(calls) if len(calls) >= FEWEST_WEEKDAYS else None


def _kind_of(
    days: Mapping[int, HeartbeatDay], day: int, calls: int, normal: Normal
) -> _Kind | None:
    """How a day far from normal looks; None: the change is too small to speak of."""
    if calls > normal.middle:
        return _Kind.MORE if calls >= (1 + LEAST_RISE) * normal.middle else None
    if calls > (1 - LEAST_FALL) * normal.middle:
        return None
    rest = _rest_before(days, day)
    is_off = rest <= QUIET_SHARE * normal.middle and calls <= QUIET_MARGIN * rest
    return _Kind.OFF if is_off else _Kind.FEWER


def _rest_before(days: Mapping[int, HeartbeatDay], day: int) -> float:
    """What is usual on the quietest weekday; of a weekday that is never heard from, nothing."""
    normals = [_normal_before(days, day - ago) for ago in range(DAYS_A_WEEK)]
    return min([normal.middle for normal in normals if normal is not None])


def _is_rest(days: Mapping[int, HeartbeatDay], day: int, normal: Normal) -> bool:
    """Whether this weekday is one of rest: nothing can be missed on it."""
    others = [_normal_before(days, day - ago) for ago in _AMONG_WORKING_DAYS]
    return any(one is not None and normal.middle <= QUIET_SHARE * one.middle for one in others)
