"""Made-up integrations for tests: days of calls and errors that end the day before `UNTIL`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import sqrt
from random import Random

from app.domain.heartbeat_days import EPOCH, HISTORY_DAYS, HeartbeatDay
from app.domain.heartbeat_finding import HeartbeatFinding
from app.domain.heartbeat_watch import heartbeat_findings

UNTIL = date(2026, 3, 11)
"""A Wednesday; the day that runs."""
HOUR = 3_600_000_000
FLAT = (1.0,) * 7
OFFICE = (1.0, 1.1, 1.05, 1.0, 0.9, 0.2, 0.15)
CLOSED = (1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0)
"""Nothing at all at the weekend, though it is heard from."""


def poisson(dice: Random, mean: float) -> int:
    """A count of chance; large ones by the normal distribution."""
    if mean > 100:
        return max(0, round(dice.gauss(mean, sqrt(mean))))
    left, count = dice.random(), 0
    chance = reached = 2.718281828459045**-mean
    while reached < left and chance > 0:
        count += 1
        chance *= mean / count
        reached += chance
    return count


def micros(moment: datetime) -> int:
    """Microseconds since the epoch."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def midnight(day: date) -> datetime:
    """Where a day begins, in UTC."""
    return datetime.combine(day, time(), UTC)


def beat_day(
    ago: int,
    calls: int | None = 1_000,
    errors: int | None = 0,
    hours: tuple[float, float] = (0, 24),
) -> HeartbeatDay:
    """The day `ago` days before `UNTIL`, heard from at `hours` first and last."""
    day = UNTIL - timedelta(days=ago)
    start = micros(midnight(day))
    first, last = (round(hour * HOUR) for hour in hours)
    return HeartbeatDay(day.toordinal(), calls, errors, start + first, start + last - 1)


def series(
    calls: Callable[[int], int | None],
    *,
    errors: Callable[[int], int | None] = lambda _ago: 0,
    days: int = HISTORY_DAYS,
    hours: tuple[float, float] = (0, 24),
) -> list[HeartbeatDay]:
    """One day after the other, oldest first; both are told how many days ago it is."""
    return [beat_day(ago, calls(ago), errors(ago), hours) for ago in range(days, 0, -1)]


def weekly(mean: float, week: Sequence[float]) -> Callable[[int], int]:
    """The same calls on the same weekday."""
    return lambda ago: round(mean * week[(UNTIL - timedelta(days=ago)).weekday()])


def since(ago: int, usual: Callable[[int], int], then: float) -> Callable[[int], int]:
    """The usual calls, times `then` from `ago` days before on."""
    return lambda day: round(usual(day) * then) if day <= ago else usual(day)


def found(
    days: Iterable[HeartbeatDay], *, heard_hours: float = 7, last_seen: datetime | None = None
) -> tuple[HeartbeatFinding, ...]:
    """What is found at `heard_hours` of `UNTIL`."""
    known = list(days)
    heard_until = midnight(UNTIL) + timedelta(hours=heard_hours)
    newest = max((one.last_seen for one in known), default=0)
    last = last_seen or EPOCH + timedelta(microseconds=newest)
    return heartbeat_findings(
        known, last_seen=last, heard_until=heard_until, until_day=heard_until.date()
    )
