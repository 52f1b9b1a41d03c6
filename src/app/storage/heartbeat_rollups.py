"""Roll-ups of heartbeats by day, kept up with the rows in the same transaction.

An integration may post every minute; a scan reads one row a day. A day is the tenant's own by the
zone at the time of writing: another zone later leaves earlier days as they were.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from sqlalchemy import BigInteger, select, type_coerce

from app.clock import at_local, local_day
from app.storage import bulk
from app.storage.bulk import RawRow
from app.storage.fact_tables import heartbeat_days, heartbeats
from app.storage.repository import Repository
from app.storage.types import micros

HeartbeatKey: TypeAlias = tuple[str, datetime]
"""Account, moment."""
_Beat: TypeAlias = tuple[int, int | None, int | None]
"""Moment, calls, errors."""

_SEEN_AT = type_coerce(heartbeats.c.seen_at, BigInteger)
_COLUMNS = ("tenant_id", "account_id", "day", "calls", "errors", "first_seen", "last_seen")


class HeartbeatRollups(Repository):
    """Days of heartbeats, as the rows say."""

    def refresh(self, keys: Collection[HeartbeatKey], zone: str) -> None:
        """Roll up the days that these rows lie in again, and those between them."""
        spans: dict[str, tuple[datetime, datetime]] = {}
        for account_id, seen_at in keys:
            first, last = spans.get(account_id, (seen_at, seen_at))
            spans[account_id] = (min(first, seen_at), max(last, seen_at))
        rows = [
            (self._tenant_id, account_id, *day)
            for account_id, (first, last) in spans.items()
            for day in self._days(account_id, local_day(first, zone), local_day(last, zone), zone)
        ]
        bulk.insert_or_replace(
            self._connection, heartbeat_days, _COLUMNS, rows, replaced=_COLUMNS[3:]
        )

    def _days(self, account_id: str, first: date, last: date, zone: str) -> Iterator[RawRow]:
        ends = _midnights(first, last, zone)
        beats: dict[int, list[_Beat]] = {}
        for seen_at, calls, errors in self._beats(account_id, ends[0], ends[-1]):
            day = first.toordinal() + bisect_right(ends, seen_at) - 1
            beats.setdefault(day, []).append((seen_at, calls, errors))
        for day, found in beats.items():
            moments = [moment for moment, _, _ in found]
            calls = _sum([one for _, one, _ in found])
            yield day, calls, _sum([one for _, _, one in found]), min(moments), max(moments)

    def _beats(self, account_id: str, since: int, until: int) -> Sequence[_Beat]:
        statement = select(_SEEN_AT, heartbeats.c.api_calls, heartbeats.c.errors).where(
            self._mine(heartbeats),
            heartbeats.c.account_id == account_id,
            _SEEN_AT.between(since, until - 1),
        )
        return [
            (moment, calls, errors) for moment, calls, errors in self._connection.execute(statement)
        ]


def _midnights(first: date, last: date, zone: str) -> list[int]:
    """Where each of the days begins, and where the last one ends."""
    many = (last - first).days + 2
    days = [first + timedelta(days=number) for number in range(many)]
    return [micros(at_local(day, time(), zone)) for day in days]


def _sum(numbers: Sequence[int | None]) -> int | None:
    """The sum of the numbers given; None: none was."""
    given = [number for number in numbers if number is not None]
    return sum(given) if given else None
