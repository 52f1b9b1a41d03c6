"""Facts that programs bring by the HTTP door: what goes in, what waits, what is refused.

An account is named by its id, or by what the product calls it (an external id of system `api`). A
heartbeat of an account that nobody knows yet is parked until it is known; usage is refused with the
reason. All of it happens in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.clock import local_day
from app.domain.fact_rows import FactRow, FactValue
from app.domain.feed import FactKind, Feed
from app.ports.http_records import ParkedHeartbeat
from app.ports.store import Unit

API = "api"
"""The system whose external ids name accounts at the door."""
HEARTBEATS_FEED, USAGE_FEED = "http-heartbeats", "http-usage"
MOST_PARKED = 100_000
"""Heartbeats that may wait in one tenant: no key fills the disk."""
AHEAD = timedelta(minutes=5)
"""How far a product's clock may be ahead of ours."""
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatIn:
    """A sign of life as it was brought."""

    index: int
    """Its place in the request."""
    account: str
    seen_at: datetime
    api_calls: int | None
    errors: int | None
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageIn:
    """One day's use of one feature as it was brought, figures left out where not given."""

    index: int
    account: str
    day: date
    feature: str
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventIn:
    """Uses of a feature at a moment, to be added to those of its day."""

    index: int
    account: str
    at: datetime
    feature: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row that did not go in."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What became of a request's rows."""

    accepted: int
    """Rows that are in the store now, whether they changed anything or not."""
    parked: int
    refused: tuple[Refused, ...]
    feed: Feed | None = None
    """The feed's row, where it was written anew."""


def take_heartbeats(
    unit: Unit, rows: Sequence[HeartbeatIn], told: Feed | None, *, at: datetime
) -> TakenIn:
    """Take signs of life in; `told`: the feed's row as it was last written, where that is known."""
    accounts = resolved(unit, {row.account for row in rows})
    in_time = [row for row in rows if _fits(row.seen_at, at)]
    refused = [_out_of_time(row.index) for row in rows if not _fits(row.seen_at, at)]
    known = [row for row in in_time if row.account in accounts]
    strangers = [row for row in in_time if row.account not in accounts]
    unit.facts.upsert(FactKind.HEARTBEATS, [_heartbeat(row, accounts, at) for row in known])
    parked = _park(unit, strangers, at)
    if not parked:
        refused += [
            Refused(index=row.index, reason="the account is not known, and too many wait already")
            for row in strangers
        ]
    theirs = {accounts[row.account] for row in known}
    return TakenIn(
        accepted=len(known),
        parked=parked,
        refused=tuple(sorted(refused, key=lambda one: one.index)),
        feed=_deliver(unit, FactKind.HEARTBEATS, theirs, told, at=at),
    )


def take_usage(unit: Unit, rows: Sequence[UsageIn], told: Feed | None, *, at: datetime) -> TakenIn:
    """Take days' figures in; what is there of the same account, day and feature is replaced."""
    accounts = resolved(unit, {row.account for row in rows})
    last = _today(unit, at) + timedelta(days=1)
    refused, good = [], []
    for row in rows:
        if row.account not in accounts:
            refused.append(_stranger(row.index))
        elif not EARLIEST <= row.day <= last:
            refused.append(_out_of_time(row.index))
        else:
            good.append(row)
    given: list[FactRow] = [
        {
            "account_id": accounts[row.account],
            "day": row.day,
            "feature": row.feature,
            **row.figures,
        }
        for row in good
    ]
    unit.facts.upsert(FactKind.USAGE, given)
    return TakenIn(
        accepted=len(good),
        parked=0,
        refused=tuple(refused),
        feed=_deliver_usage(unit, given, told, at=at),
    )


def take_events(unit: Unit, rows: Sequence[EventIn], told: Feed | None, *, at: datetime) -> TakenIn:
    """Add uses to those of their day, the tenant's own day; twice given is twice counted."""
    zone = unit.tenant.settings().settings.zone
    accounts = resolved(unit, {row.account for row in rows})
    refused: list[Refused] = []
    sums: dict[tuple[str, date, str], int] = {}
    for row in rows:
        if row.account not in accounts:
            refused.append(_stranger(row.index))
        elif not _fits(row.at, at):
            refused.append(_out_of_time(row.index))
        else:
            key = accounts[row.account], local_day(row.at, zone), row.feature
            sums[key] = sums.get(key, 0) + row.count
    before = unit.facts.usage_events({key[0] for key in sums}, {key[1] for key in sums})
    given: list[FactRow] = [
        {
            "account_id": key[0],
            "day": key[1],
            "feature": key[2],
            "events": more + before.get(key, 0),
        }
        for key, more in sums.items()
    ]
    unit.facts.upsert(FactKind.USAGE, given)
    return TakenIn(
        accepted=len(rows) - len(refused),
        parked=0,
        refused=tuple(refused),
        feed=_deliver_usage(unit, given, told, at=at),
    )


def take_in_parked(unit: Unit, *, at: datetime) -> int:
    """Take in the heartbeats whose accounts are known by now; returns how many there were."""
    accounts = resolved(unit, unit.parked_heartbeats.waiting().keys())
    if not accounts:
        return 0
    taken = unit.parked_heartbeats.take(accounts)
    rows: list[FactRow] = [
        {
            "account_id": accounts[one.named],
            "seen_at": one.seen_at,
            "api_calls": one.api_calls,
            "errors": one.errors,
            "version": one.version,
        }
        for one in taken
    ]
    unit.facts.upsert(FactKind.HEARTBEATS, rows)
    _deliver(unit, FactKind.HEARTBEATS, set(accounts.values()), None, at=at)
    return len(taken)


def resolved(unit: Unit, named: Collection[str]) -> Mapping[str, str]:
    """The accounts meant, by what they were called: an id of ours goes before one of theirs."""
    own = unit.facts.known_accounts(named)
    meant = unit.mapping.accounts_of(API, [name for name in named if name not in own])
    there = unit.facts.known_accounts(set(meant.values()))
    return {name: name for name in own} | {
        name: account for name, account in meant.items() if account in there
    }


def _heartbeat(row: HeartbeatIn, accounts: Mapping[str, str], at: datetime) -> FactRow:
    columns: dict[str, FactValue] = {
        "account_id": accounts[row.account],
        "seen_at": min(row.seen_at, at),
        "api_calls": row.api_calls,
        "errors": row.errors,
        "version": row.version,
    }
    return columns


def _park(unit: Unit, rows: Sequence[HeartbeatIn], at: datetime) -> int:
    if not rows:
        return 0
    if sum(unit.parked_heartbeats.waiting().values()) + len(rows) > MOST_PARKED:
        return 0
    unit.parked_heartbeats.keep(
        [
            ParkedHeartbeat(
                named=row.account,
                seen_at=min(row.seen_at, at),
                api_calls=row.api_calls,
                errors=row.errors,
                version=row.version,
                parked_at=at,
            )
            for row in rows
        ]
    )
    return len(rows)


STALE_MARK = timedelta(seconds=30)
"""How old the feed's row may grow while heartbeats of the same accounts come in all the time."""


def _deliver(
    unit: Unit,
    kind: FactKind,
    accounts: Collection[str],
    told: Feed | None,
    *,
    at: datetime,
    newest: date | None = None,
) -> Feed | None:
    """Write the feed's row where it says something new; it speaks for whoever came by it."""
    if not accounts or (told is not None and _says_it(told, accounts, at, newest)):
        return None
    name = HEARTBEATS_FEED if kind is FactKind.HEARTBEATS else USAGE_FEED
    stored = next((feed for feed in unit.feeds.all() if feed.name == name), None)
    before = frozenset[str]() if stored is None else stored.accounts or frozenset()
    reach = [day for day in (newest, stored.data_until if stored is not None else None) if day]
    feed = Feed(
        name=name,
        provides=frozenset({kind}),
        last_ok_at=at,
        data_until=max(reach, default=None),
        accounts=before | frozenset(accounts),
    )
    unit.feeds.save(feed)
    return feed


def _deliver_usage(
    unit: Unit, given: Sequence[FactRow], told: Feed | None, *, at: datetime
) -> Feed | None:
    today = _today(unit, at)
    days = [row["day"] for row in given]
    newest = max((min(day, today) for day in days if isinstance(day, date)), default=None)
    accounts = {str(row["account_id"]) for row in given}
    return _deliver(unit, FactKind.USAGE, accounts, told, at=at, newest=newest)


def _says_it(told: Feed, accounts: Collection[str], at: datetime, newest: date | None) -> bool:
    is_young = told.last_ok_at is not None and at - told.last_ok_at < STALE_MARK
    reaches = newest is None or (told.data_until is not None and newest <= told.data_until)
    return is_young and reaches and told.accounts is not None and told.accounts.issuperset(accounts)


def _today(unit: Unit, at: datetime) -> date:
    return local_day(at, unit.tenant.settings().settings.zone)


def _fits(moment: datetime, at: datetime) -> bool:
    return moment.date() >= EARLIEST and moment <= at + AHEAD


def _stranger(index: int) -> Refused:
    return Refused(index=index, reason="the account is not known")


def _out_of_time(index: int) -> Refused:
    return Refused(index=index, reason="that time is to come, or before the year 2000")
