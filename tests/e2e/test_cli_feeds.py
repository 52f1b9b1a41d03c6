"""`tend feeds`: where facts come from, how fresh, and which tickets have no account."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.jobs.incoming import HeartbeatIn, take_heartbeats
from app.settings import Settings
from app.storage.sql_store import open_store
from tests.e2e.made_up_book import day, write_csv
from tests.e2e.typed import done, typed


def fail_feed(home: Path, name: str, *, last_ok_days_ago: int, failed: bool) -> None:
    """What a feed that stopped delivering looks like in the store."""
    settings = Settings(home=home, database_url="", tenant="main")
    store = open_store(settings.store_url)
    now = datetime.now(UTC)
    try:
        feeds = store.read_now("main", lambda unit: unit.feeds.all())
        (feed,) = (feed for feed in feeds if feed.name == name)
        broken = replace(
            feed,
            last_ok_at=now - timedelta(days=last_ok_days_ago),
            late_after_hours=24.0,
            failed_since=now - timedelta(hours=3) if failed else None,
            reason="key refused" if failed else "",
        )
        store.write_now("main", lambda unit: unit.feeds.save(broken))
    finally:
        store.close()


def line_of(said: str, name: str) -> str:
    (line,) = (line for line in said.splitlines() if name in line)
    return line


def test_each_feed_is_listed_with_what_it_brings_and_its_state(live_home: Path) -> None:
    said = done(live_home, "feeds").out
    tickets = line_of(said, "file-tickets")
    assert "fresh" in tickets
    assert "all accounts" in tickets
    assert day(0) in tickets
    assert "contracts" in line_of(said, "file-accounts")


def test_a_failed_feed_says_why(live_home: Path) -> None:
    fail_feed(live_home, "file-tickets", last_ok_days_ago=0, failed=True)
    line = line_of(done(live_home, "feeds").out, "file-tickets")
    assert "failed" in line
    assert "key refused" in line


def test_a_late_feed_freezes_its_accounts_and_the_table_says_why(live_home: Path) -> None:
    fail_feed(live_home, "file-tickets", last_ok_days_ago=5, failed=False)
    assert "late" in line_of(done(live_home, "feeds").out, "file-tickets")
    table = done(live_home, "scan").out
    assert "stale: " in table
    assert " 20 " in line_of(table, "Northwind")
    said = done(live_home, "explain", "northwind").words
    assert "Stale, last score kept" in said


def test_no_feed_yet_says_what_one_is(empty_home: Path) -> None:
    assert "No feed has delivered yet. tend import PATH" in done(empty_home, "feeds").words
    assert "Every ticket has its account." in done(empty_home, "tickets", "unresolved").words


@pytest.fixture
def with_unresolved(live_home: Path, tmp_path: Path) -> Path:
    fields: JsonValue = {
        "summary": "Whose is it?",
        "created": f"{day(3)}T08:00:00.000+0000",
        "status": {"name": "Open", "statusCategory": {"key": "new"}},
        "components": [{"name": "Pumps"}],
    }
    issues: list[JsonValue] = [
        {"id": str(n), "key": f"LOST-{n}", "fields": fields} for n in range(3)
    ]
    page = tmp_path / "jira.json"
    page.write_text(json.dumps({"issues": issues, "isLast": True}), encoding="utf-8")
    assert "3 tickets have no account yet" in typed(live_home, "import", str(page)).words
    return live_home


def test_tickets_without_an_account_are_listed_with_what_they_offer(with_unresolved: Path) -> None:
    said = done(with_unresolved, "tickets", "unresolved")
    assert "LOST-0" in said.out
    assert 'component "Pumps"' in said.out
    assert "3 tickets have no account." in said.words
    assert "tend tickets assign" in said.words
    few = done(with_unresolved, "tickets", "unresolved", "--most", "1").out
    assert "LOST-1" not in few
    assert "3 tickets" in few


def test_they_find_their_account_once_it_names_their_component(
    with_unresolved: Path, tmp_path: Path
) -> None:
    accounts = [
        ("account_id", "name", "external_ids"),
        ("northsea", "North Sea Pumps", "jira-component:Pumps"),
    ]
    said = done(with_unresolved, "import", str(write_csv(tmp_path / "accounts.csv", accounts)))
    assert "3 tickets of earlier imports have their account now" in said.words
    assert "Every ticket has its account." in done(with_unresolved, "tickets", "unresolved").words


def test_heartbeats_of_strangers_are_listed_and_taken_in_when_they_are_assigned(
    live_home: Path,
) -> None:
    assert "Every heartbeat has its account" in done(live_home, "feeds", "parked").words
    settings = Settings(home=live_home, database_url="", tenant="main")
    store = open_store(settings.store_url)
    now = datetime.now(UTC)
    beat = HeartbeatIn(
        index=0, account="cust-77", seen_at=now, api_calls=3, errors=None, version=""
    )
    try:
        store.write_now("main", lambda unit: take_heartbeats(unit, [beat], None, at=now))
        account = store.read_now("main", lambda unit: unit.book.active(now.date()))[0]
    finally:
        store.close()
    assert "1 heartbeats wait for 1 accounts" in done(live_home, "feeds").words
    assert "cust-77" in done(live_home, "feeds", "parked").words
    assert typed(live_home, "feeds", "assign", "cust-77", "no such account").code == 2
    said = done(live_home, "feeds", "assign", "cust-77", account.account_id).words
    assert "1 heartbeats taken in" in said
    assert "http-heartbeats" in done(live_home, "feeds").out


def test_keys_are_made_shown_once_replaced_and_revoked(live_home: Path) -> None:
    assert "No key yet" in done(live_home, "keys").words
    key = done(live_home, "keys", "add", "product").out.strip()
    assert key.startswith("tend_main.")
    assert typed(live_home, "keys", "add", "product").code == 2
    listed = done(live_home, "keys", "list").out
    assert "integration" in listed
    assert key not in listed
    new = done(live_home, "keys", "rotate", "product", "--json").json()
    assert new["key"] != key
    assert "ending" in done(live_home, "keys").out
    assert "2 keys revoked" in done(live_home, "keys", "revoke", "product").words
    assert typed(live_home, "keys", "revoke", "product").code == 2
    every = json.loads(done(live_home, "keys", "list", "--json").out)
    assert {row["state"] for row in every} == {"revoked"}
