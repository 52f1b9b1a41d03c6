"""Time as a collaborator. Inside Tend it is aware and UTC; zones appear only at the edge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Gives the present moment, aware, in UTC."""


def system_clock() -> datetime:
    """The machine's present moment, aware, in UTC."""
    return datetime.now(UTC)


def utc_of(moment: datetime) -> datetime:
    """The moment in UTC; one without a zone is read as UTC, for want of a better word."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day of `moment` (aware) in the IANA zone `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()


def at_local(day: date, at: time, zone: str) -> datetime:
    """The UTC moment of `at` on `day` in the IANA zone `zone`; in a gap, the hour after it."""
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def days_between(earlier: datetime, later: datetime) -> float:
    """Days (86,400 s) from `earlier` to `later`; negative when they are the other way round."""
    return (later - earlier) / timedelta(days=1)
