"""An integration that is silent for longer than its own habit, before any fixed threshold says so.

Its gaps are those from a day's last sign of life to the next day's first; after a Friday they are
longer where nobody works at the weekend, so gaps after the same weekday are compared first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from app.domain.heartbeat_days import COMPARED_WEEKS, DAYS_A_WEEK, HeartbeatDay, weekday_of
from app.domain.heartbeat_finding import Anomaly, HeartbeatFinding
from app.domain.heartbeat_normal import FAR, normal_of, usual_range

FEWEST_GAPS = 4
"""Fewer gaps after one weekday do not say what is usual after it."""
LEAST_DAYS = 28
"""A newer integration has no habits yet."""
LEAST_EXCESS_HOURS, MOST_EXCESS_HOURS = 12.0, 24.0
"""Beyond its usual gap it may miss one more such gap, at least and at most so long."""

_HOUR = 3_600_000_000


def unusual_silence(
    days: Sequence[HeartbeatDay], last_seen: datetime, heard_until: datetime
) -> HeartbeatFinding | None:
    """The silence since `last_seen`, on the last of `days`, where it is out of habit.

    `days`: in order, at least one.
    """
    last = days[-1]
    silent = (heard_until - last_seen) / timedelta(hours=1)
    if silent < LEAST_EXCESS_HOURS or last.day - days[0].day < LEAST_DAYS:
        return None
    since = last.day - COMPARED_WEEKS * DAYS_A_WEEK
    weekday = weekday_of(last.day)
    gaps = [
        (later.first_seen - earlier.last_seen) / _HOUR
        for earlier, later in pairwise(days)
        if earlier.day >= since and weekday_of(earlier.day) == weekday
    ]
    if len(gaps) < FEWEST_GAPS:
        return None
    normal = normal_of(gaps)
    one_more = min(max(normal.middle, LEAST_EXCESS_HOURS), MOST_EXCESS_HOURS)
    if silent <= normal.middle + max(one_more, FAR * normal.spread):
        return None
    low, high = usual_range(normal)
    return HeartbeatFinding(
        anomaly=Anomaly.SILENCE,
        since=f"{last_seen:%Y-%m-%d %H:%M}",
        day=date.fromordinal(last.day).isoformat(),
        value=round(silent, 1),
        usual_low=round(low, 1),
        usual_high=round(high, 1),
        compared=normal.compared,
        weekday=weekday,
    )
