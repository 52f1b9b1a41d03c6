"""One account's use as a page shows it, from every store, beside accounts like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeVar

import pytest

from app.domain.account import Account
from app.domain.book import BookContext
from app.domain.dossier import Peers
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.domain.heartbeat_days import EPOCH
from app.ports.account_use import AccountUse, FeatureUsed, UsageReach, UsageWeek
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import (
    LAST_SUNDAY,
    NOW,
    TODAY,
    account,
    book_context,
    contract,
    day_ago,
    days_ago,
    heartbeat,
    rows_of,
    usage_day,
)

T = TypeVar("T")
MONDAY = LAST_SUNDAY - timedelta(days=6)


def bring(store: SqlStore, tenant: str = "main", **facts: Sequence[FactRow]) -> None:
    def work(unit: Unit) -> None:
        for kind, rows in facts.items():
            unit.facts.upsert(FactKind(kind), rows)

    store.write_now(tenant, work)


def on_use(store: SqlStore, ask: Callable[[AccountUse], T]) -> T:
    return store.read_now("main", lambda unit: ask(unit.account_use))


def test_usage_reaches_its_newest_day_before_today(store: SqlStore) -> None:
    none = on_use(store, lambda use: use.usage_reach(TODAY))
    assert none == UsageReach(newest_day=None, catalogue=())
    bring(store, usage=rows_of(usage_day(day=day_ago(3))))
    whole = on_use(store, lambda use: use.usage_reach(TODAY))
    assert whole == UsageReach(newest_day=day_ago(3), catalogue=())
    days = [
        usage_day(day=day_ago(2), feature="Sync"),
        usage_day(day=day_ago(2), feature="Export"),
        usage_day(day=TODAY, feature="Today's"),
    ]
    bring(store, usage=rows_of(*days))
    bring(store, tenant="stranger", usage=rows_of(usage_day(feature="Theirs")))
    found = on_use(store, lambda use: use.usage_reach(TODAY))
    assert found == UsageReach(newest_day=day_ago(2), catalogue=("Export", "Sync"))


def test_weeks_come_oldest_first_without_those_that_have_no_row(store: SqlStore) -> None:
    days = [
        usage_day(day=MONDAY - timedelta(weeks=2), events=7, logins=1),
        usage_day(day=MONDAY, events=20, logins=5),
        usage_day(day=MONDAY + timedelta(days=1), events=30, logins=6),
        usage_day(day=MONDAY - timedelta(weeks=9), events=99),
        usage_day(account_id="other", day=MONDAY, events=99),
    ]
    bring(store, usage=rows_of(*days))
    since = MONDAY - timedelta(weeks=2)
    found = on_use(store, lambda use: use.usage_weeks("acme", since=since, until=LAST_SUNDAY))
    assert found == (
        UsageWeek(monday=since, events=7, logins=1, active_days=1),
        UsageWeek(monday=MONDAY, events=50, logins=11, active_days=2),
    )


def test_features_come_most_used_first_with_their_last_day(store: SqlStore) -> None:
    days = [
        usage_day(day=day_ago(9), feature="Sync", events=4, logins=0, active_users=2),
        usage_day(day=day_ago(2), feature="Sync", events=5, logins=0, active_users=6),
        usage_day(day=day_ago(2), feature="Export", events=30, logins=1, active_users=1),
        usage_day(day=day_ago(1), feature="Idle", events=0, logins=0, active_users=0),
        usage_day(day=day_ago(99), feature="Old", events=9),
        usage_day(account_id="other", day=day_ago(2), feature="Sync", events=99),
    ]
    bring(store, usage=rows_of(*days))

    def features(most: int) -> tuple[FeatureUsed, ...]:
        return on_use(
            store,
            lambda use: use.features("acme", since=day_ago(90), until=day_ago(1), most=most),
        )

    export = FeatureUsed(
        feature="Export", events=30, logins=1, active_users=1, days=1, last_day=day_ago(2)
    )
    sync = FeatureUsed(
        feature="Sync", events=9, logins=0, active_users=6, days=2, last_day=day_ago(2)
    )
    assert features(9) == (export, sync)
    assert features(1) == (export,)


def test_signs_of_life_come_by_day_newest_first(store: SqlStore) -> None:
    beats = [
        heartbeat(seen_at=days_ago(9), api_calls=5, errors=1),
        heartbeat(seen_at=days_ago(2), api_calls=None),
        heartbeat(account_id="other", seen_at=days_ago(1)),
    ]
    bring(store, heartbeats=rows_of(*beats))
    found = on_use(store, lambda use: use.heartbeat_days("acme", until=TODAY, most=9))
    assert [(date.fromordinal(one.day), one.calls, one.errors) for one in found] == [
        (day_ago(2), None, None),
        (day_ago(9), 5, 1),
    ]
    assert EPOCH + timedelta(microseconds=found[0].last_seen) == days_ago(2)
    newest = on_use(store, lambda use: use.heartbeat_days("acme", until=day_ago(3), most=1))
    assert [date.fromordinal(one.day) for one in newest] == [day_ago(9)]


def alike(store: SqlStore, many: int, since: date | None) -> Account:
    """So many accounts of one segment and tenure as `acme`, each using a feature or two."""
    names = ["acme", *(f"b{number:02}" for number in range(many)), "aaa-first"]
    people = [
        account(
            account_id=name,
            segment="mid",
            customer_since=since,
            features=("Sync", "Export"),
            integrations=("SAP",),
        )
        for name in names
    ]
    others = [
        account(account_id="c-small", segment="small", customer_since=since),
        account(account_id="c-gone", segment="mid", customer_since=since),
        account(account_id="c-long", segment="mid", customer_since=date(2000, 1, 1)),
        account(account_id="c-unsaid", segment="mid", customer_since=None),
    ]
    contracts = [contract(contract_id=f"{one}-1", account_id=one) for one in names]
    contracts += [
        contract(contract_id=f"{one.account_id}-1", account_id=one.account_id)
        for one in others
        if one.account_id != "c-gone"
    ]
    contracts.append(contract(contract_id="x", account_id="c-gone", ends_on=day_ago(9)))
    every = [*names, *(one.account_id for one in others)]
    used = [usage_day(account_id=name, feature="Sync", day=day_ago(3)) for name in every]
    used += [
        usage_day(account_id=names[1], feature="Export", day=day_ago(3 + ago)) for ago in (0, 7)
    ]
    used.append(usage_day(account_id=names[2], feature="Export", day=day_ago(40)))
    bring(
        store,
        accounts=rows_of(*people, *others),
        contracts=rows_of(*contracts),
        usage=rows_of(*used),
    )
    return people[0]


def context() -> BookContext:
    return book_context(feature_catalogue=("Export", "Sync"))


@pytest.mark.parametrize("since", [day_ago(100), day_ago(500), date(2010, 1, 1), None])
def test_a_sample_that_holds_every_peer_says_what_all_of_them_say(
    store: SqlStore, since: date | None
) -> None:
    acme = alike(store, 6, since)

    def both(unit: Unit) -> tuple[Peers, Peers]:
        return (
            unit.account_use.peers(acme, context(), most=99),
            unit.detail.peers(acme, context()),
        )

    sample, every = store.read_now("main", both)
    assert sample == every
    assert sample.compared >= 7
    assert sample.users_by_feature["Export"] == 1


def test_a_sample_of_many_says_that_it_is_one(store: SqlStore) -> None:
    acme = alike(store, 6, day_ago(500))
    found = on_use(store, lambda use: use.peers(acme, context(), most=5))
    assert found.compared == 5
    assert found.how == "a sample of 5 accounts of segment mid, customers for 1 to 3 years"


def test_without_usage_there_is_nobody_to_compare_with(store: SqlStore) -> None:
    found = on_use(
        store, lambda use: use.peers(account(), book_context(now=NOW, usage_until=None), most=5)
    )
    assert (found.compared, found.median_adoption_rate) == (0, None)
