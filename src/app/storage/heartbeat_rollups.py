"""Roll-ups of heartbeats by day, kept up with the rows in the same transaction.

An integration may post every minute; a scan reads one row a day. A day is the tenant's own by the
zone at the time of writing: another zone later leaves earlier days as they were.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TypeAlias

from sqlalchemy import BigInteger, bindparam, cast, func, literal_column, select, type_coerce

from app.clock import at_local, local_day
from app.storage import bulk
from app.storage.bulk import RawRow
from app.storage.fact_tables import heartbeat_days, heartbeats
from app.storage.repository import Repository
from app.storage.types import micros

HeartbeatKey: TypeAlias = tuple[str, datetime]
"""Account, moment."""

_COLUMNS = ("tenant_id", "account_id", "day", "calls", "errors", "first_seen", "last_seen")
_SEEN_AT = type_coerce(heartbeats.c.seen_at, BigInteger)
_SINCE = bindparam("since", type_=BigInteger)
_NUMBER = ((_SEEN_AT - _SINCE) // bindparam("length", type_=BigInteger)).label("number")
_DAYS = (
    select(
        _NUMBER,
        # PostgreSQL sums 64-bit numbers to its decimal type.
        cast(func.sum(heartbeats.c.api_calls), BigInteger),
        cast(func.sum(heartbeats.c.errors), BigInteger),
        func.min(_SEEN_AT),
        func.max(_SEEN_AT),
    )
    .where(
        heartbeats.c.tenant_id == bindparam("tenant"),
        heartbeats.c.account_id == bindparam("account"),
        _SEEN_AT.between(_SINCE, bindparam("until", type_=BigInteger)),
    )
    .group_by(literal_column("number"))
)
"""Days of one length, numbered from the first; those without a row are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Days in a row of the same length: clocks do not change between them."""

    first: int
    """Ordinal of the first."""
    since: int
    length: int
    days: int


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
            for run in _runs(local_day(first, zone), local_day(last, zone), zone)
            for day in self._days(account_id, run)
        ]
        bulk.insert_or_replace(
            self._connection, heartbeat_days, _COLUMNS, rows, replaced=_COLUMNS[3:]
        )

    def _days(self, account_id: str, run: _Run) -> Iterator[RawRow]:
        parameters = {
            "tenant": self._tenant_id,
            "account": account_id,
            "since": run.since,
            "until": run.since + run.days * run.length - 1,
            "length": run.length,
        }
        for number, calls, errors, first, last in self._connection.execute(_DAYS, parameters):
            yield run.first + number, calls, errors, first, last


def _runs(first: date, last: date, zone: str) -> Iterator[_Run]:
    """The days from `first` to `last`, cut where clocks change."""
    many = (last - first).days + 2
    begins = [micros(at_local(first + timedelta(number), time(), zone)) for number in range(many)]
    for length, some in groupby(range(many - 1), lambda one: begins[one + 1] - begins[one]):
        days = list(some)
        start = days[0]
        yield _Run(
            first=first.toordinal() + start, since=begins[start], length=length, days=len(days)
        )
