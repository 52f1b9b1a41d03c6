"""Signs of life summed up by day: what an integration did on each day that it was heard from.

A day is the tenant's own, from midnight to midnight; one without any sign of life has no row.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Moments are counted from here."""
DAYS_A_WEEK = 7
COMPARED_WEEKS = 12
"""A day is compared with those of so many weeks before it."""
LOOK_BACK_DAYS = 14
"""So far back what began earlier is followed; what is older is told as having begun then."""
HISTORY_DAYS = COMPARED_WEEKS * DAYS_A_WEEK + LOOK_BACK_DAYS
"""How many days before today are read."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class HeartbeatDay(NamedTuple):
    """One day of one account, in plain numbers: a scan reads a hundred of them an account."""

    day: int
    """The day's ordinal."""
    calls: int | None
    """The sum of the day; None: none of its signs of life gave a number."""
    errors: int | None
    first_seen: int
    """The moment of its first sign of life, in microseconds since `EPOCH`."""
    last_seen: int


def weekday_of(day: int) -> int:
    """The weekday of a day's ordinal; 0 is Monday."""
    return (day - 1) % DAYS_A_WEEK
