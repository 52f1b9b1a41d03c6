"""One account in detail, as every store reads it: use by feature, and accounts like it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from app.domain.dossier import FeatureUse, Peers
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.ports.store import Unit
from app.storage.detail import MOST_FEATURES
from app.storage.sql_store import SqlStore
from tests.builders import (
    NOW,
    account,
    contract,
    day_ago,
    rows_of,
    usage_day,
)


def bring(store: SqlStore, tenant: str = "main", **facts: Sequence[FactRow]) -> None:
    def work(unit: Unit) -> None:
        for kind, rows in facts.items():
            unit.facts.upsert(FactKind(kind), rows)

    store.write_now(tenant, work)


def use(
    store: SqlStore, *, since: date, until: date, tenant: str = "main"
) -> Mapping[str, FeatureUse]:
    return store.read_now(
        tenant, lambda unit: unit.detail.usage_by_feature("acme", since=since, until=until)
    )


def test_use_is_summed_by_feature_within_the_days_asked_for(store: SqlStore) -> None:
    days = [
        usage_day(day=day_ago(9), feature="Export", events=1_000),
        usage_day(day=day_ago(8), feature="Export", events=5, logins=1, active_users=4),
        usage_day(day=day_ago(2), feature="Export", events=7, logins=2, active_users=3),
        usage_day(day=day_ago(2), events=30, logins=9, active_users=6),
        usage_day(day=day_ago(1), feature="Export", events=1_000),
        usage_day(account_id="other", day=day_ago(2), feature="Export", events=99),
    ]
    bring(store, usage=rows_of(*days))
    bring(store, tenant="stranger", usage=rows_of(*days))

    found = use(store, since=day_ago(8), until=day_ago(2))

    assert dict(found) == {
        "": FeatureUse(events=30, logins=9, active_users=6, days=1),
        "Export": FeatureUse(events=12, logins=3, active_users=4, days=2),
    }
    assert list(found) == ["", "Export"]


def test_a_feature_without_any_use_is_left_out(store: SqlStore) -> None:
    idle = usage_day(feature="Idle", events=0, logins=0, active_users=0)
    bring(store, usage=rows_of(idle, usage_day(feature="Sync", events=0, logins=0, active_users=1)))

    assert list(use(store, since=day_ago(5), until=day_ago(0))) == ["Sync"]


def test_of_very_many_features_the_most_used_are_told(store: SqlStore) -> None:
    rows = [usage_day(feature=f"f{n:04}", events=n + 1) for n in range(MOST_FEATURES + 3)]
    bring(store, usage=rows_of(*rows))

    found = use(store, since=day_ago(5), until=day_ago(0))

    assert len(found) == MOST_FEATURES
    assert next(iter(found)) == f"f{MOST_FEATURES + 2:04}"


def test_peers_tell_what_they_use_and_what_they_have_connected(store: SqlStore) -> None:
    like = [
        account(
            account_id=name,
            segment="mid",
            customer_since=day_ago(100),
            integrations=("Salesforce", "Salesforce", *more),
        )
        for name, more in {"acme": (), "b": ("Kafka",), "c": (), "silent": ("Kafka",)}.items()
    ]
    runs = [contract(contract_id=one.account_id, account_id=one.account_id) for one in like]
    used = [usage_day(account_id=name, feature="Sync") for name in ("acme", "b", "c")]
    bring(
        store,
        accounts=rows_of(*like),
        contracts=rows_of(*runs),
        usage=rows_of(*used, usage_day(account_id="b", feature="Export")),
    )

    def peers(unit: Unit) -> Peers:
        return unit.detail.peers(like[0], unit.book.context(NOW, "UTC"))

    found = store.read_now("main", peers)

    assert (found.compared, dict(found.users_by_feature)) == (2, {"Export": 1, "Sync": 2})
    assert dict(found.users_by_integration) == {"Kafka": 1, "Salesforce": 2}
    assert found.median_adoption_rate is None
    assert found.how == "2 accounts of segment mid, customers for up to 1 year"
