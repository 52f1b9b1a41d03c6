"""The door against its own description: whatever a reader of it may think of to ask."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import SecretStr
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.domain.account import Account
from app.domain.api_key import KeyRole
from app.domain.feed import FactKind
from app.storage.sql_store import SqlStore
from app.web.api import HttpConfig
from tests.builders import rows_of
from tests.servers.http_door import Door

SECRET = "a webhook's own"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SIGNED = {
    "/v1/releases/github": "X-Hub-Signature-256",
    "/v1/tickets/webhooks/{name}": "X-Hub-Signature",
}
KEYED = ("/v1/heartbeats", "/v1/usage", "/v1/releases", "/v1/accounts")
asking = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


@pytest.fixture
def door(sqlite_store: SqlStore) -> Door:
    """A door whose keys and secrets let everything in that is in order."""
    account = Account(account_id="acme", name="Acme")
    sqlite_store.write_now(
        "main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account))
    )
    secret = SecretStr(SECRET)
    return Door(
        sqlite_store,
        config=HttpConfig(
            calls_per_minute=10_000_000, github_secret=secret, webhook_secrets={"support": secret}
        ),
    )


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("path", [*KEYED, "/v1/accounts/{account}/health"])
def test_whatever_is_asked_by_key_gets_an_answer_that_is_described(
    door: Door, path: str, mode: GenerationMode
) -> None:
    key = door.key(KeyRole.ADMIN)
    schema = openapi.from_asgi("/openapi.json", door.web)
    (operation,) = schema[path].values()

    @asking
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        response = case.call(headers={"Authorization": f"Bearer {key}"})
        case.validate_response(response, checks=CHECKS)

    ask()


@pytest.mark.parametrize("path", SIGNED)
def test_whatever_a_signed_webhook_says_gets_an_answer_that_is_described(
    door: Door, path: str
) -> None:
    schema = openapi.from_asgi("/openapi.json", door.web)
    operation = schema[path]["POST"]

    @asking
    @given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def ask(case: Case[Any]) -> None:
        body = json.dumps(case.body).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        case.headers[SIGNED[path]] = f"sha256={digest}"
        case.path_parameters.update({"name": "support"} if "{name}" in path else {})
        case.headers["X-GitHub-Event"] = "release"
        response = case.call()
        assert response.status_code != 401, "it was signed"
        case.validate_response(response, checks=CHECKS)

    ask()
