"""When nobody is to be told."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.quiet import quiet_until
from app.domain.tenant_settings import AlertSettings

BERLIN = "Europe/Berlin"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
NIGHTS = AlertSettings(quiet_from=time(20), quiet_until=time(7))
NOON = AlertSettings(quiet_from=time(12), quiet_until=time(13, 30))
WEEKENDS = AlertSettings(quiet_weekends=True)
BOTH = AlertSettings(quiet_from=time(20), quiet_until=time(7), quiet_weekends=True)


def at(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    "alerts, now, until",
    [
        (AlertSettings(), "2026-03-11T03:00", None),
        (NIGHTS, "2026-03-11T19:59", None),
        (NIGHTS, "2026-03-11T20:00", "2026-03-12T07:00"),
        (NIGHTS, "2026-03-12T06:59", "2026-03-12T07:00"),
        (NIGHTS, "2026-03-12T07:00", None),
        (NOON, "2026-03-11T12:15", "2026-03-11T13:30"),
        (NOON, "2026-03-11T14:00", None),
        (WEEKENDS, "2026-03-13T23:59", None),
        (WEEKENDS, "2026-03-14T00:00", "2026-03-16T00:00"),
        (BOTH, "2026-03-13T21:00", "2026-03-16T07:00"),
        (BOTH, "2026-03-15T12:00", "2026-03-16T07:00"),
        (BOTH, "2026-03-16T06:00", "2026-03-16T07:00"),
        # the clocks go forward in this night, and back in the next
        (NIGHTS, "2026-03-28T22:00", "2026-03-29T07:00"),
        (NIGHTS, "2026-10-24T22:00", "2026-10-25T07:00"),
    ],
)
def test_the_quiet_ends_when_the_tenants_clock_says_so(
    alerts: AlertSettings, now: str, until: str | None
) -> None:
    assert quiet_until(at(now), BERLIN, alerts) == (None if until is None else at(until))


@given(
    now=st.integers(0, 365 * 24 * 60).map(lambda many: NEW_YEAR + timedelta(minutes=many)),
    begins=st.times(),
    ends=st.times(),
    weekends=st.booleans(),
    zone=st.sampled_from([BERLIN, "Africa/Casablanca", "Pacific/Auckland", "America/Sao_Paulo"]),
)
def test_what_waits_is_told_in_the_first_moment_after_the_quiet(
    now: datetime, begins: time, ends: time, zone: str, *, weekends: bool
) -> None:
    if begins == ends:
        return
    alerts = AlertSettings(quiet_from=begins, quiet_until=ends, quiet_weekends=weekends)
    until = quiet_until(now, zone, alerts)
    if until is not None:
        assert now < until < now + timedelta(days=5)
        assert quiet_until(until, zone, alerts) is None
