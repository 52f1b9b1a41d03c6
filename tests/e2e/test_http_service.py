"""The HTTP door of `tend run`, as a real process: what it answered survives its end."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from app.domain.feed import FactKind
from app.settings import Settings
from app.storage.sql_store import open_store
from tests.e2e.service_process import running
from tests.e2e.typed import done, typed

pytestmark = pytest.mark.timeout(300)  # several processes, one after the other

KILLS = 2


def kept(home: Path) -> int:
    store = open_store(Settings(home=home, database_url="").store_url)
    try:
        return store.read_now("main", lambda unit: unit.facts.count(FactKind.HEARTBEATS))
    finally:
        store.close()


def test_no_heartbeat_that_was_answered_is_lost_when_the_service_is_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    file = tmp_path / "accounts.csv"
    file.write_text("account_id,name\nacme,Acme\n", encoding="utf-8")
    done(home, "import", str(file))
    key = done(home, "keys", "add", "product").out.strip()
    headers = {"Authorization": f"Bearer {key}"}
    begun = datetime.now(UTC) - timedelta(days=1)
    answered = 0

    def ask_until_cut(address: str) -> None:
        nonlocal answered
        with httpx.Client(base_url=address, headers=headers, timeout=30) as client:
            while True:
                seen = (begun + timedelta(seconds=answered)).isoformat()
                try:
                    told = client.post(
                        "/v1/heartbeats", json={"account": "acme", "last_seen": seen}
                    )
                except httpx.TransportError:
                    return
                assert told.status_code == 202, told.text
                answered += 1

    for _ in range(KILLS):
        before = answered
        with running(home) as service:
            service.until_ready()
            asking = threading.Thread(target=ask_until_cut, args=(service.address,))
            asking.start()
            service.until(lambda: answered - before > 20, "answering")  # noqa: B023
            service.kill()
            asking.join()
    assert kept(home) - answered in {0, 1}, "all that was answered, and at most what was cut off"


def test_a_service_tells_its_door_in_order_and_opens_to_its_keys_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    key = done(home, "keys", "add", "me", "--role", "rep").out.strip()
    with running(home) as service:
        service.until_ready()
        assert httpx.get(f"{service.address}/v1/accounts").status_code == 401
        answer = httpx.get(
            f"{service.address}/v1/accounts", headers={"Authorization": f"Bearer {key}"}
        )
        assert answer.json() == {"accounts": [], "next_after": None}
        assert httpx.get(f"{service.address}/openapi.json").json()["openapi"] == "3.1.0"
        assert service.stop() == 0
    assert "/openapi.json tells what" in service.words


def test_a_setting_of_the_door_that_is_wrong_is_named_without_its_secret(tmp_path: Path) -> None:
    said = typed(tmp_path / "home", "run", TEND_HTTP='{"github_secrets": "s3cret"}')
    assert said.code == 2
    assert "TEND_HTTP: github_secrets" in said.words
    assert "s3cret" not in said.words
