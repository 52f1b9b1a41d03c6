"""Releases, webhooks, accounts and the door's own description."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date, timedelta

import httpx
import pytest
from pydantic import JsonValue, SecretStr

from app.agents.technical_account_manager.announcements import release_of
from app.domain.account import Account
from app.domain.api_key import KeyRole
from app.domain.document import DocumentKind
from app.domain.feed import FactKind
from app.errors import TransientServiceError
from app.jobs.release_letters import NOT_LIVE
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from app.web.api import HttpConfig
from tests.builders import rows_of
from tests.servers.http_door import Door

SECRET = "a webhook's own"
RELEASE: dict[str, JsonValue] = {
    "version": "4.2",
    "released_on": "2026-03-01",
    "items": [{"title": "Bulk mode", "integrations": ["Salesforce"]}],
}
NOTES = """## What is new
- feat(Salesforce): bulk mode for custom objects
* fix(Export, Import)!: dates keep their zone
- **security**: tokens are rotated
- a line of prose
"""
PUBLISHED: dict[str, JsonValue] = {
    "action": "published",
    "release": {
        "tag_name": "v5.0",
        "name": "Five",
        "body": NOTES,
        "published_at": "2026-03-10T08:00:00Z",
        "draft": False,
        "prerelease": False,
    },
    "sender": {"login": "kim"},
}


@pytest.fixture
def door(sqlite_store: SqlStore) -> Door:
    def write(unit: Unit) -> None:
        accounts = [
            Account(account_id="acme", name="Acme", integrations=("Salesforce",)),
            Account(account_id="globex", name="Globex"),
        ]
        unit.facts.upsert(FactKind.ACCOUNTS, rows_of(*accounts))

    sqlite_store.write_now("main", write)
    secret = SecretStr(SECRET)
    return Door(
        sqlite_store, config=HttpConfig(github_secret=secret, webhook_secrets={"support": secret})
    )


def kept(door: Door) -> list[Mapping[str, JsonValue]]:
    documents = door.store.read_now(
        "main", lambda unit: unit.documents.of("", [DocumentKind.RELEASE])
    )
    return [one.body for one in documents]


def signed(
    door: Door,
    path: str,
    told: JsonValue,
    *,
    header: str = "X-Hub-Signature-256",
    secret: str = SECRET,
    **headers: str,
) -> httpx.Response:
    body = json.dumps(told).encode()
    signature = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    more = {name.replace("_", "-"): text for name, text in headers.items()}
    return door.ask("POST", path, body=body, headers={header: signature, **more})


def github(door: Door, told: JsonValue, delivery: str = "d-1", **options: str) -> httpx.Response:
    event = options.pop("event", "release")
    return signed(
        door,
        "/v1/releases/github",
        told,
        X_GitHub_Delivery=delivery,
        X_GitHub_Event=event,
        **options,
    )


def test_a_release_is_kept_and_told_whom_it_matters_to(door: Door) -> None:
    answer = door.ask("POST", "/v1/releases", key=door.key(), body=RELEASE)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["is_new"], told["accounts"], told["matters_to"]) == (True, 2, 1)
    assert list(told["reasons"]) == ["acme"]
    again = door.ask("POST", "/v1/releases", key=door.key(KeyRole.REP), body=RELEASE).json()
    assert len(kept(door)) == 1
    assert again["version"] == "4.2"
    wrong = door.ask("POST", "/v1/releases", key=door.key(KeyRole.ADMIN), body={"version": "1"})
    assert (wrong.status_code, "release.items" in wrong.json()["detail"]) == (422, True)


def test_githubs_word_is_taken_once_and_read_into_items(door: Door) -> None:
    heard = github(door, PUBLISHED).json()
    assert heard == {"done": "kept v5.0", "drafting_for": 0, "why_none": NOT_LIVE}
    (body,) = kept(door)
    release = release_of(body)
    told = [(item.title, item.kind.value, item.integrations) for item in release.items]
    assert told == [
        ("bulk mode for custom objects", "feature", ["Salesforce"]),
        ("dates keep their zone", "breaking", ["Export", "Import"]),
        ("tokens are rotated", "security", []),
        ("a line of prose", "feature", []),
    ]
    assert release.released_on == date(2026, 3, 10)
    replayed = github(door, PUBLISHED)
    assert replayed.status_code == 409
    assert [act.after["why"] for act in door.refusals()] == ["a delivery given again"]


@pytest.mark.parametrize(
    "change, why",
    [
        ({"action": "deleted"}, "deleted: only what is published or released is news"),
        ({"release": {"tag_name": "v6", "draft": True}}, "it is a draft"),
        ({"release": {"tag_name": "v6", "prerelease": True}}, "it is a pre-release"),
        ({"release": {"tag_name": "\u202e"}}, "it has no name"),
    ],
)
def test_what_is_no_release_for_customers_is_heard_and_not_kept(
    door: Door, change: dict[str, JsonValue], why: str
) -> None:
    answer = github(door, {**PUBLISHED, **change})
    told = {"done": "nothing to keep", "drafting_for": 0, "why_none": why}
    assert (answer.status_code, answer.json()) == (200, told)
    assert github(door, {"zen": "…"}, "d-2", event="ping").status_code == 200
    assert kept(door) == []


def test_a_release_without_items_is_one_item_and_what_is_none_is_refused(door: Door) -> None:
    bare: JsonValue = {"action": "published", "release": {"tag_name": "v7", "published_at": "?"}}
    assert github(door, bare).status_code == 200
    (body,) = kept(door)
    assert (body["released_on"], body["version"]) == (None, "v7")
    assert github(door, {"action": "published"}, "d-2").status_code == 422
    assert github(door, PUBLISHED, "").status_code == 400


def test_a_signature_that_is_not_the_bodys_is_refused_and_written_down(door: Door) -> None:
    assert github(door, PUBLISHED, secret="another").status_code == 401
    unsigned = door.ask("POST", "/v1/releases/github", body=PUBLISHED)
    assert unsigned.status_code == 401
    assert (
        signed(door, "/v1/tickets/webhooks/unknown", {}, header="X-Hub-Signature").status_code
        == 401
    )
    whys = [str(act.after["why"]) for act in door.refusals()]
    assert whys == [
        "no secret is set for this webhook",
        "no X-Hub-Signature-256",
        "X-Hub-Signature-256 is not the body's signature",
    ]
    assert kept(door) == []
    assert door.desk.asked == {}


def test_a_tickets_webhook_asks_for_its_feed_once(door: Door) -> None:
    path = "/v1/tickets/webhooks/support"
    for identifier in ("w-1", "w-1", "w-2"):
        answer = signed(
            door,
            path,
            {"issue": {"key": "X-1"}},
            header="X-Hub-Signature",
            X_Atlassian_Webhook_Identifier=identifier,
        )
        assert answer.status_code == 202, answer.text
    asks = list(door.desk.asked.values())
    assert [dict(ask.argument) for ask in asks] == [{"feed": "support"}] * 2
    odd = signed(door, path, {}, header="X-Hub-Signature", X_Atlassian_Webhook_Identifier="a b")
    assert odd.status_code == 400
    for _ in range(2):
        assert signed(door, path, {}, header="X-Hub-Signature").status_code == 202
    assert len(door.desk.asked) == 3
    door.now += timedelta(seconds=10)
    signed(door, path, {}, header="X-Hub-Signature")
    assert len(door.desk.asked) == 4, "the same words much later tell of another change"


def test_accounts_come_by_pages_and_their_health_by_either_name(door: Door) -> None:
    key = door.key(KeyRole.REP)
    first = door.ask("GET", "/v1/accounts?limit=1", key=key).json()
    assert [row["account_id"] for row in first["accounts"]] == ["acme"]
    assert first["next_after"] == "acme"
    second = door.ask("GET", "/v1/accounts?limit=1&after=acme", key=key).json()
    assert ([row["name"] for row in second["accounts"]], second["next_after"]) == (["Globex"], None)
    for limit in ("0", "501", "x", "-1", "٣"):
        assert door.ask("GET", f"/v1/accounts?limit={limit}", key=key).status_code == 422
    health = door.ask("GET", "/v1/accounts/acme/health", key=key).json()
    assert health == {"account_id": "acme", "name": "Acme", "health": []}
    for name in ("nobody", "%00", "%F0%9F%92%A9", "a%2Fb"):
        assert door.ask("GET", f"/v1/accounts/{name}/health", key=key).status_code == 404


def test_the_door_describes_itself(door: Door) -> None:
    described = door.ask("GET", "/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == {
        "/v1/health/live",
        "/v1/health/ready",
        "/v1/heartbeats",
        "/v1/usage",
        "/v1/releases",
        "/v1/releases/github",
        "/v1/accounts",
        "/v1/accounts/{account}/health",
        "/v1/tickets/webhooks/{name}",
    }
    known = set(described["components"]["schemas"])
    for name in json.dumps(described).split('"#/components/schemas/')[1:]:
        assert name.partition('"')[0] in known


def test_nobody_else_may_read_the_answers(door: Door) -> None:
    answer = door.ask("GET", "/v1/health/live", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_cannot_be_done_now_says_when_to_come_back(door: Door) -> None:
    door.desk.broken = TransientServiceError("engine", "enqueue", "gone", retry_after=7)
    answer = signed(door, "/v1/tickets/webhooks/support", {}, header="X-Hub-Signature")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert "gone" not in answer.text
