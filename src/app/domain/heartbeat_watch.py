"""What is out of an integration's own ordinary: silence, failing calls, far fewer or more calls.

Every rule compares an account with its own past alone; docs/reference/scores.md says why the
constants are what they are. It knows no score and no feed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from app.domain.heartbeat_calls import unusual_calls
from app.domain.heartbeat_days import EPOCH, HeartbeatDay
from app.domain.heartbeat_errors import unusual_errors
from app.domain.heartbeat_finding import HeartbeatFinding
from app.domain.heartbeat_silence import unusual_silence

_MICROSECOND = timedelta(microseconds=1)


def heartbeat_findings(
    days: Sequence[HeartbeatDay], *, last_seen: datetime, heard_until: datetime, until_day: date
) -> tuple[HeartbeatFinding, ...]:
    """Whatever is out of the ordinary. `days`: in any order, each once.

    `heard_until`: the moment up to which a sign of life would have been heard. `until_day`: the
    tenant's day of that moment, which is not over and is not judged. All moments are aware.
    """
    moment = (last_seen - EPOCH) // _MICROSECOND
    known = sorted([day for day in days if day.first_seen <= moment])
    if not known:
        return ()
    newest = until_day.toordinal() - 1
    whole = {one.day: one for one in known if one.day <= newest}
    found = (
        unusual_silence(known, last_seen, heard_until),
        unusual_errors(whole, newest),
        unusual_calls(whole, newest),
    )
    return tuple([one for one in found if one is not None])
