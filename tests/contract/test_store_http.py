"""Keys, answers given and parked heartbeats, as every store keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from app.domain.activity import UsageDay
from app.domain.api_key import ApiKey, KeyRole
from app.domain.feed import FactKind
from app.ports.http_records import GivenAnswer, ParkedHeartbeat
from app.ports.rows import ExternalId
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import NOW, TODAY, days_ago, rows_of

KEY = ApiKey(
    digest="d1",
    name="product",
    role=KeyRole.INTEGRATION,
    prefix="tend_main.AbCdEf",
    made_at=days_ago(3),
    made_by="kim@tend.example",
)
ANSWER = GivenAnswer(
    asker="product /v1/heartbeats",
    request_id="r-1",
    fingerprint="f",
    status=202,
    body={"accepted": 1, "refused": [{"index": 2, "reason": "ünlesbar"}]},
    given_at=NOW,
)
PARKED = ParkedHeartbeat(
    named="new-customer",
    seen_at=NOW,
    api_calls=None,
    errors=3,
    version="1.2",
    parked_at=NOW,
)


def test_a_key_is_found_by_its_digest_and_by_its_own_tenant_alone(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.api_keys.keep(KEY))
    assert store.read_now("main", lambda unit: unit.api_keys.get("d1")) == KEY
    assert store.read_now("main", lambda unit: unit.api_keys.get("d2")) is None
    assert store.read_now("other", lambda unit: unit.api_keys.get("d1")) is None
    assert store.read_now("other", lambda unit: unit.api_keys.all()) == ()


def test_keys_are_listed_by_name_then_age(store: SqlStore) -> None:
    older = replace(KEY, digest="d0", made_at=days_ago(9), ends_at=NOW)
    first = replace(KEY, digest="d9", name="a")

    def write(unit: Unit) -> None:
        for key in (KEY, first, older):
            unit.api_keys.keep(key)

    store.write_now("main", write)
    assert store.read_now("main", lambda unit: unit.api_keys.all()) == (first, older, KEY)


def test_a_use_is_noted_without_undoing_a_revocation(store: SqlStore) -> None:
    revoked = replace(KEY, revoked_at=NOW)

    def write(unit: Unit) -> None:
        unit.api_keys.keep(revoked)
        unit.api_keys.mark_used("d1", NOW + timedelta(minutes=1))

    store.write_now("main", write)
    store.write_now("other", lambda unit: unit.api_keys.mark_used("d1", NOW))
    used = replace(revoked, last_used_at=NOW + timedelta(minutes=1))
    assert store.read_now("main", lambda unit: unit.api_keys.get("d1")) == used


def test_an_answer_is_kept_per_asker_and_request_and_forgotten_by_age(store: SqlStore) -> None:
    older = replace(ANSWER, request_id="r-0", given_at=days_ago(2))

    def write(unit: Unit) -> None:
        unit.given_answers.keep(ANSWER)
        unit.given_answers.keep(older)

    store.write_now("main", write)
    asked = ANSWER.asker, ANSWER.request_id
    assert store.read_now("main", lambda unit: unit.given_answers.get(*asked)) == ANSWER
    assert store.read_now("main", lambda unit: unit.given_answers.get("x", "r-1")) is None
    assert store.read_now("other", lambda unit: unit.given_answers.get(*asked)) is None
    assert store.write_now("other", lambda unit: unit.given_answers.forget(NOW)) == 0
    kept = [ANSWER.asker]
    spared = store.write_now("main", lambda unit: unit.given_answers.forget(NOW, keeping=kept))
    assert spared == 0
    assert store.write_now("main", lambda unit: unit.given_answers.forget(NOW)) == 1
    assert store.read_now("main", lambda unit: unit.given_answers.get(*asked)) == ANSWER


def test_parked_heartbeats_wait_for_their_account_and_are_taken_once(store: SqlStore) -> None:
    earlier = replace(PARKED, seen_at=days_ago(1), api_calls=7)
    other = replace(PARKED, named="another", errors=None)

    def write(unit: Unit) -> None:
        unit.parked_heartbeats.keep([PARKED, earlier, other, replace(PARKED, errors=4)])
        unit.parked_heartbeats.keep([])

    store.write_now("main", write)
    waiting = store.read_now("main", lambda unit: unit.parked_heartbeats.waiting())
    assert list(waiting.items()) == [("another", 1), ("new-customer", 2)]
    assert store.write_now("other", lambda unit: unit.parked_heartbeats.take([PARKED.named])) == ()
    taken = store.write_now("main", lambda unit: unit.parked_heartbeats.take([PARKED.named, "x"]))
    assert taken == (earlier, replace(PARKED, errors=4))
    assert store.read_now("main", lambda unit: unit.parked_heartbeats.waiting()) == {"another": 1}


def test_an_id_of_a_system_means_an_account_of_the_same_tenant(store: SqlStore) -> None:
    ids = [
        ExternalId(system="api", external_id="c-1", account_id="acme"),
        ExternalId(system="crm", external_id="c-2", account_id="globex"),
    ]
    store.write_now("main", lambda unit: unit.mapping.add_external_ids(ids))
    names = ["c-1", "c-2", "c-3"]
    meant = store.read_now("main", lambda unit: unit.mapping.accounts_of("api", names))
    assert meant == {"c-1": "acme"}
    assert store.read_now("main", lambda unit: unit.mapping.accounts_of("api", [])) == {}
    assert store.read_now("other", lambda unit: unit.mapping.accounts_of("api", names)) == {}


def test_the_events_counted_so_far_are_told_per_day_and_feature(store: SqlStore) -> None:
    days = [
        UsageDay(account_id="acme", day=TODAY, feature="Export", events=5),
        UsageDay(account_id="acme", day=TODAY - timedelta(days=1), feature="Export", events=7),
        UsageDay(account_id="globex", day=TODAY, events=9),
    ]
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.USAGE, rows_of(*days)))

    def counted(tenant: str, *accounts: str) -> Mapping[tuple[str, date, str], int]:
        return store.read_now(tenant, lambda unit: unit.facts.usage_events(accounts, [TODAY]))

    assert counted("main", "acme") == {("acme", TODAY, "Export"): 5}
    assert counted("main", "acme", "globex")["globex", TODAY, ""] == 9
    assert counted("main") == {}
    assert counted("other", "acme") == {}
