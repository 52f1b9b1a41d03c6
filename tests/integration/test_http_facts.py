"""Heartbeats and usage by the HTTP door: what goes in, what waits, what is refused."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from pydantic import JsonValue

from app.domain.account import Account
from app.domain.api_key import KeyRole
from app.domain.feed import FactKind, FeedState
from app.jobs.api_keys import revoke_key
from app.jobs.door_keeping import look_after_door
from app.ports.rows import ExternalId
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from app.web.answering import REPLAYED
from app.web.api import HttpConfig
from app.web.envelope import MOST_BYTES
from tests.builders import NOW, TODAY, rows_of
from tests.servers.http_door import Door

BEAT: dict[str, JsonValue] = {"account": "acme", "last_seen": NOW.isoformat(), "api_calls": 40}


@pytest.fixture
def door(sqlite_store: SqlStore) -> Door:
    """A door over a book of two accounts, one with a name of the product's own."""

    def write(unit: Unit) -> None:
        accounts = [
            Account(account_id="acme", name="Acme"),
            Account(account_id="globex", name="Globex"),
        ]
        unit.facts.upsert(FactKind.ACCOUNTS, rows_of(*accounts))
        meant = ExternalId(system="api", external_id="cust-77", account_id="globex")
        unit.mapping.add_external_ids([meant])

    sqlite_store.write_now("main", write)
    return Door(sqlite_store)


def seen(door: Door, account: str) -> tuple[int | None, str] | None:
    found = door.store.read_now(
        "main", lambda unit: unit.book.heartbeats([account], until=NOW + timedelta(days=9))
    )
    return (found[account].api_calls, found[account].version) if account in found else None


def counted(door: Door, kind: FactKind, tenant: str = "main") -> int:
    return door.store.read_now(tenant, lambda unit: unit.facts.count(kind))


def test_a_heartbeat_is_in_the_store_when_it_is_answered(door: Door) -> None:
    answer = door.ask("POST", "/v1/heartbeats", key=door.key(), body={**BEAT, "version": "2.1 ü"})
    assert answer.status_code == 202, answer.text
    assert answer.json() == {"accepted": 1, "parked": 0, "refused": []}
    assert seen(door, "acme") == (40, "2.1 ü")
    (feed,) = door.store.read_now("main", lambda unit: unit.feeds.all())
    assert (feed.name, feed.last_ok_at, feed.accounts) == (
        "http-heartbeats",
        NOW,
        frozenset({"acme"}),
    )
    assert feed.state(NOW) is FeedState.FRESH


def test_of_a_batch_good_rows_go_in_and_the_others_are_named(door: Door) -> None:
    later = (NOW + timedelta(hours=1)).isoformat()
    rows: list[JsonValue] = [
        {"account": "cust-77", "errors": 2},
        {"account": "acme", "api_calls": -1},
        {"account": "acme", "last_seen": later},
        {"account": "acme", "last_seen": "2026-03-11T07:00:00"},
        {"account": "unheard-of"},
        {"account": "acme", "colour": "red"},
        7,
    ]
    answer = door.ask("POST", "/v1/heartbeats", key=door.key(), body={"heartbeats": rows})
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert (told["accepted"], told["parked"]) == (1, 1)
    assert [row["index"] for row in told["refused"]] == [1, 2, 3, 5, 6]
    assert told["refused"][0]["reason"].startswith("api_calls: ")
    assert told["refused"][3]["reason"] == "colour: there is no such field"
    assert seen(door, "globex") == (None, "")


def test_a_heartbeat_of_a_stranger_waits_until_the_account_is_known(door: Door) -> None:
    key = door.key()
    told = door.ask("POST", "/v1/heartbeats", key=key, body={**BEAT, "account": "new"}).json()
    assert told == {"accepted": 0, "parked": 1, "refused": []}
    again = door.ask("POST", "/v1/heartbeats", key=key, body={**BEAT, "account": "theirs"})
    assert again.json()["parked"] == 1

    async def look() -> int:
        return await look_after_door(door.store, "main", lambda: NOW + timedelta(minutes=1))

    assert asyncio.run(look()) == 0
    account = Account(account_id="new", name="New")
    door.store.write_now(
        "main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account))
    )
    assert asyncio.run(look()) == 1
    assert seen(door, "new") == (40, "")
    theirs = ExternalId(system="api", external_id="theirs", account_id="acme")
    door.store.write_now("main", lambda unit: unit.mapping.add_external_ids([theirs]))
    assert asyncio.run(look()) == 1
    assert seen(door, "acme") == (40, "")
    assert door.store.read_now("main", lambda unit: unit.parked_heartbeats.waiting()) == {}


def test_days_of_usage_replace_and_events_are_added_up(door: Door) -> None:
    key, day = door.key(), TODAY.isoformat()
    figures: JsonValue = {
        "usage": [
            {"account": "acme", "day": day, "feature": "Export", "events": 5, "active_users": 3},
            {"account": "acme", "day": "1999-12-31", "feature": "Export", "events": 5},
            {"account": "nobody", "day": day, "events": 5},
        ]
    }
    told = door.ask("POST", "/v1/usage", key=key, body=figures).json()
    assert told["accepted"] == 1
    assert [row["index"] for row in told["refused"]] == [1, 2]
    events: JsonValue = {
        "events": [
            {"account": "acme", "feature": "Export", "count": 2, "at": NOW.isoformat()},
            {"account": "acme", "feature": "Export", "at": NOW.isoformat()},
        ]
    }
    assert door.ask("POST", "/v1/usage", key=key, body=events).status_code == 400
    once = {"Idempotency-Key": "e-1"}
    first = door.ask("POST", "/v1/usage", key=key, body=events, headers=once)
    second = door.ask("POST", "/v1/usage", key=key, body=events, headers=once)
    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    assert (first.headers.get(REPLAYED), second.headers.get(REPLAYED)) == (None, "true")
    found = door.store.read_now("main", lambda unit: unit.facts.usage_events(["acme"], [TODAY]))
    assert found == {("acme", TODAY, "Export"): 8}


def test_one_idempotency_key_is_one_request_for_a_day(door: Door) -> None:
    key, once = door.key(), {"Idempotency-Key": "a"}
    assert door.ask("POST", "/v1/heartbeats", key=key, body=BEAT, headers=once).status_code == 202
    other = {**BEAT, "api_calls": 41}
    clash = door.ask("POST", "/v1/heartbeats", key=key, body=other, headers=once)
    assert clash.status_code == 422
    assert seen(door, "acme") == (40, "")
    wrong = door.ask("POST", "/v1/heartbeats", key=key, body=BEAT, headers={"Idempotency-Key": ""})
    assert wrong.status_code == 400
    door.now = NOW + timedelta(hours=24)
    late = door.ask("POST", "/v1/heartbeats", key=key, body=other, headers=once)
    assert late.status_code == 202


@pytest.mark.parametrize(
    "body, status",
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"account": NaN}', 400),
        (b"[" * 100_000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b"{}", 422),
        (b'{"heartbeats": []}', 422),
        (b'{"heartbeats": {}}', 422),
        (b'{"heartbeats": [{"account": "acme"}], "more": 1}', 422),
        (b'{"account": "a\\u0000b"}', 422),
        (b'{"account": "\\ud800"}', 400),
        (b'{"account": ["acme"]}', 422),
        (b'{"account": "acme", "api_calls": "4"}', 422),
        (b'{"account": "acme", "api_calls": 1e400}', 422),
        (b'{"account": "acme", "last_seen": 5}', 422),
        (b'{"account": "acme", "last_seen": "0001-01-01T00:00:00+14:00"}', 422),
        (b'{"account": "acme", "last_seen": "9999-12-31T23:59:59-14:00"}', 422),
        (b'{"heartbeats": [' + b'{"account": "acme"},' * 1000 + b'{"account": "acme"}]}', 422),
        (b'{"account": "' + b"x" * MOST_BYTES + b'"}', 413),
    ],
)
def test_a_body_that_is_not_in_order_is_a_problem_and_writes_nothing(
    door: Door, body: bytes, status: int
) -> None:
    answer = door.ask("POST", "/v1/heartbeats", key=door.key(), body=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert counted(door, FactKind.HEARTBEATS) == 0


def test_another_content_type_method_or_path_is_a_problem(door: Door) -> None:
    key = door.key()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert door.ask("POST", "/v1/heartbeats", key=key, headers=form).status_code == 415
    wrong = door.ask("GET", "/v1/heartbeats", key=key)
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    nothing = door.ask("GET", "/v1/nothing", key=key, headers={"X-Request-Id": "mine-1"})
    assert (nothing.status_code, nothing.headers["x-request-id"]) == (404, "mine-1")
    odd = door.ask("GET", "/v1/nothing", key=key, headers={"X-Request-Id": "a b"})
    assert len(odd.headers["x-request-id"]) == 16
    for answer in (wrong, nothing):
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_key_that_opens_nothing_is_refused_and_written_down_without_itself(door: Door) -> None:
    good, other = door.key(), door.key(tenant="other")
    revoked = door.key(name="gone")
    door.store.write_now("main", lambda unit: revoke_key(unit, "gone", by="kim", at=NOW))
    foreign = good.replace("tend_main.", "tend_other.")
    stranger = good.replace("tend_main.", "tend_stranger.")
    wrong = good[:-1] + ("A" if good[-1] != "A" else "B")
    for key in ("", "secret-of-mine", revoked, foreign, stranger, wrong):
        answer = door.ask("POST", "/v1/heartbeats", key=key, body=BEAT)
        assert answer.status_code == 401, key
        assert answer.headers["www-authenticate"] == "Bearer"
    here, there = door.refusals(), door.refusals("other")
    assert (len(here), len(there)) == (5, 1), "whom it was tried on, where he has keys"
    secrets = [key[-30:] for key in (good, other, revoked, foreign)] + ["secret-of-mine"]
    assert not [secret for secret in secrets if secret in repr((here, there))]
    assert door.refusals("stranger") == []
    assert counted(door, FactKind.HEARTBEATS) == 0
    told = door.ask("POST", "/v1/heartbeats", key=other, body=BEAT).json()
    assert (told["accepted"], told["parked"]) == (0, 1), "another tenant's acme is not ours"
    assert counted(door, FactKind.HEARTBEATS) == 0


def test_a_key_is_refused_from_the_moment_that_it_is_revoked(door: Door) -> None:
    key = door.key()
    assert door.ask("POST", "/v1/heartbeats", key=key, body=BEAT).status_code == 202
    door.now = NOW + timedelta(seconds=11)
    assert door.ask("POST", "/v1/heartbeats", key=key, body=BEAT).status_code == 202
    door.store.write_now("main", lambda unit: revoke_key(unit, "integration", by="kim", at=NOW))
    for _ in range(2):
        later = {**BEAT, "api_calls": 41}
        assert door.ask("POST", "/v1/heartbeats", key=key, body=later).status_code == 401
    assert seen(door, "acme") == (40, "")
    assert len(door.refusals()) == 2


def test_a_role_does_what_is_its_own(door: Door) -> None:
    integration, rep = door.key(), door.key(KeyRole.REP)
    admin = door.key(KeyRole.ADMIN)
    assert door.ask("GET", "/v1/accounts", key=integration).status_code == 403
    assert door.ask("POST", "/v1/heartbeats", key=rep, body=BEAT).status_code == 403
    assert [act.by for act in door.refusals()] == ["rep", "integration"]
    assert door.ask("GET", "/v1/accounts", key=rep).status_code == 200
    assert door.ask("GET", "/v1/accounts", key=admin).status_code == 200
    assert door.ask("POST", "/v1/heartbeats", key=admin, body=BEAT).status_code == 202


def test_a_key_that_asks_too_often_is_told_when_to_come_back(sqlite_store: SqlStore) -> None:
    door = Door(sqlite_store, config=HttpConfig(calls_per_minute=60))
    key, second = door.key(), door.key(name="second")
    statuses = [
        door.ask("POST", "/v1/heartbeats", key=key, body=BEAT).status_code for _ in range(8)
    ]
    assert (statuses[0], statuses[-1]) == (202, 429)
    refused = door.ask("POST", "/v1/heartbeats", key=key, body=BEAT)
    assert int(refused.headers["retry-after"]) >= 1
    assert door.ask("POST", "/v1/heartbeats", key=second, body=BEAT).status_code == 202


def test_a_flood_of_refusals_does_not_fill_the_audit_log(door: Door) -> None:
    for _ in range(50):
        assert door.ask("GET", "/v1/accounts", key="x").status_code == 401
    assert len(door.refusals()) == 30


def test_a_use_of_a_key_is_noted(door: Door) -> None:
    key, reading = door.key(), door.key(KeyRole.REP)
    door.ask("POST", "/v1/heartbeats", key=key, body=BEAT)
    door.now = NOW + timedelta(minutes=1)
    door.ask("POST", "/v1/heartbeats", key=key, body=BEAT)
    door.ask("GET", "/v1/accounts", key=reading)
    kept = door.store.read_now("main", lambda unit: unit.api_keys.all())
    assert {one.name: one.last_used_at for one in kept} == {"integration": NOW, "rep": door.now}
