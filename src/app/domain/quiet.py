"""Quiet hours: when nobody is to be told of anything, by the tenant's own clock.

Pure arithmetic; it does not know what is told, nor by which channel.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.clock import at_local
from app.domain.tenant_settings import AlertSettings

SATURDAY = 5
_DAY = timedelta(days=1)


def quiet_until(now: datetime, zone: str, alerts: AlertSettings) -> datetime | None:
    """When the quiet that lies over `now` ends, in UTC; None: people may be told.

    A night from 20:00 to 07:00 belongs to the day it begins on. Quiet weekends last from Saturday's
    first minute to Monday's, and to the end of the night after where there is one.
    """
    end, moment = now, now
    while True:  # a night may lead into a weekend, and that into a night
        later = _end_of(moment, zone, alerts)
        if later is None:
            return None if end == now else end
        end = moment = later


def _end_of(moment: datetime, zone: str, alerts: AlertSettings) -> datetime | None:
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date()
    if alerts.quiet_weekends and day.weekday() >= SATURDAY:
        return at_local(day + _DAY * (7 - day.weekday()), time(0), zone)
    begins, ends = alerts.quiet_from, alerts.quiet_until
    if begins is None or ends is None:
        return None
    for first in (day - _DAY, day):
        last = first if begins < ends else first + _DAY
        end = at_local(last, ends, zone)
        if at_local(first, begins, zone) <= moment < end:
            return end
    return None
