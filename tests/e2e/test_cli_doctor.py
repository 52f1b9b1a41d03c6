"""`tend doctor`: looks at everything configured, changes nothing, and names what mends it."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.domain.effect import EffectState, ParkReason
from app.storage.liveness import FileLiveness
from app.storage.schema import REVISIONS
from tests.e2e.made_up_book import ESCAPING, HOSTILE
from tests.e2e.test_cli_feeds import fail_feed
from tests.e2e.test_cli_hostile_text import invisible_in
from tests.e2e.test_cli_runs import CHAT, EMAIL, owe, state_of
from tests.e2e.typed import Said, started, typed


def findings(said: Said) -> dict[str, dict[str, str]]:
    found: list[dict[str, str]] = json.loads(said.out)["findings"]
    return {one["about"]: one for one in found}


def checked(home: Path, **settings: str) -> dict[str, dict[str, str]]:
    return findings(typed(home, "doctor", "--json", **settings))


def test_a_new_machine_is_looked_at_without_a_trace(empty_home: Path) -> None:
    said = typed(empty_home, "doctor")
    assert said.code == 0
    assert "there is none yet" in said.words
    assert "tend import DIR makes it" in said.words
    assert not empty_home.exists()


def test_a_working_set_up_has_nothing_wrong(live_home: Path) -> None:
    said = typed(live_home, "doctor")
    assert said.code == 0
    assert said.out.rstrip().endswith(" 0 wrong.")
    assert checked(live_home)["channel email"]["verdict"] == "ok"
    assert "tend run" in checked(live_home)["service"]["mend"]


def test_a_failed_feed_is_wrong_and_the_exit_code_says_so(live_home: Path) -> None:
    fail_feed(live_home, "file-tickets", last_ok_days_ago=0, failed=True)
    said = typed(live_home, "doctor")
    assert said.code == 1
    assert "feed file-tickets failed" in said.words
    assert "key refused" in said.words


def test_accounts_without_an_owner_are_wrong_once_alerts_are_on(live_home: Path) -> None:
    with closing(sqlite3.connect(live_home / "tend.sqlite3")) as store:
        store.execute("UPDATE accounts SET owner_email = NULL WHERE account_id = 'evil'")
        store.commit()
    owners = checked(live_home)["owners"]
    assert owners["verdict"] == "wrong"
    assert "1 of 4 active accounts" in owners["says"]
    assert "default_owner" in owners["mend"]


def test_what_waits_for_access_is_released_and_nothing_else(live_home: Path) -> None:
    owe(live_home, EMAIL, parked_for=ParkReason.ACCESS, error="gmail: token revoked")
    owe(live_home, CHAT, parked_for=ParkReason.REFUSED, error="no")
    said = typed(live_home, "doctor")
    assert "works again; effects released: 1" in said.words
    assert state_of(live_home, EMAIL) is EffectState.OWED
    assert state_of(live_home, CHAT) is EffectState.PARKED
    assert "1 because it was refused" in said.words


def test_a_dead_channel_says_why_and_keeps_what_waits(live_home: Path) -> None:
    owe(live_home, "main:x:1:draft", parked_for=ParkReason.ACCESS, error="denied")
    outbox = live_home / "outbox"
    outbox.rename(live_home / "was-outbox")
    outbox.write_text("a file where the folder should be", encoding="utf-8")
    channel = checked(live_home)["channel draft"]
    assert channel["verdict"] == "wrong"
    assert "no file can be written" in channel["says"]
    assert state_of(live_home, "main:x:1:draft") is EffectState.PARKED


def test_a_service_is_named(live_home: Path) -> None:
    mark = FileLiveness(live_home)
    mark.hold("host.7.abc")
    try:
        assert checked(live_home)["service"]["says"] == "at work: host.7.abc"
    finally:
        mark.let_go()


def test_a_store_that_is_none_is_wrong_not_a_crash(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "tend.sqlite3").write_bytes(b"not a database" * 100)
    said = typed(home, "doctor")
    assert said.code == 1
    assert "not a database" in said.words


@pytest.mark.parametrize("revision,verdict", [("9999", "wrong"), (REVISIONS[0], "warning")])
def test_a_store_of_another_tend_is_told_and_not_migrated(
    live_home: Path, revision: str, verdict: str
) -> None:
    with closing(sqlite3.connect(live_home / "tend.sqlite3")) as store:
        store.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        store.commit()
    assert checked(live_home)["store"]["verdict"] == verdict
    with closing(sqlite3.connect(live_home / "tend.sqlite3")) as store:
        assert store.execute("SELECT version_num FROM alembic_version").fetchone() == (revision,)


def test_a_flows_file_that_is_none_is_wrong(live_home: Path) -> None:
    for log in live_home.glob("flows.sqlite3-*"):  # it could stand in for the file
        log.unlink()
    (live_home / "flows.sqlite3").write_bytes(b"not a database" * 100)
    assert checked(live_home)["flows"]["verdict"] == "wrong"


@pytest.mark.parametrize(
    "settings,name",
    [
        ({"TEND_TENANT": "No Such"}, "TEND_TENANT"),
        ({"TEND_LOG_LEVEL": "loud"}, "TEND_LOG_LEVEL"),
        ({"TEND_DATABASE_URL": "mysql://h/x"}, "TEND_DATABASE_URL"),
        ({"TEND_DATABASE_URL": "nonsense"}, "TEND_DATABASE_URL"),
        ({"TEND_DATABASE_URL": "postgresql://h:port/x"}, "TEND_DATABASE_URL"),
        ({"TEND_DATABASE_URL": "sqlite://"}, "TEND_DATABASE_URL"),
        ({"TEND_LIMITS": '{"fax": {"calls": 1}}'}, "TEND_LIMITS"),
        ({"TEND_FEED_FOLDER": "/nowhere/at/all"}, "TEND_FEED_FOLDER"),
        ({"TEND_REDIS_URL": "ftp://h"}, "TEND_REDIS_URL"),
        ({"TEND_REDIS_URL": "redis://127.0.0.1:1"}, "TEND_REDIS_URL"),
        ({"TEND_REDIS_URL": "redis://127.0.0.1:port"}, "TEND_REDIS_URL"),
    ],
)
def test_a_wrong_setting_is_named(empty_home: Path, settings: dict[str, str], name: str) -> None:
    said = typed(empty_home, "doctor", **settings)
    assert said.code == 1
    assert name in said.words


def test_no_password_is_ever_shown(empty_home: Path) -> None:
    database, redis = "postgresql://kim:s3cret@127.0.0.1:1/tend", "redis://:s3cret@127.0.0.1:1"
    for words in (["doctor"], ["doctor", "--json"]):
        for said in (
            started(empty_home, *words, TEND_DATABASE_URL=database),
            started(empty_home, *words, TEND_REDIS_URL=redis),
        ):
            assert said.code == 1
            assert "s3cret" not in said.out + said.err


def test_a_store_on_postgresql_is_looked_at_without_a_trace(
    empty_postgres_url: str, postgres_url: str, empty_home: Path
) -> None:
    none = checked(empty_home, TEND_DATABASE_URL=empty_postgres_url)
    assert none["store"]["verdict"] == "warning"
    assert checked(empty_home, TEND_DATABASE_URL=empty_postgres_url) == none
    there = checked(empty_home, TEND_DATABASE_URL=postgres_url)
    assert there["store"]["verdict"] == "ok"
    assert there["clock"]["verdict"] == "ok"
    assert there["flows"]["says"] == "none yet"
    assert str(make_url(postgres_url).database) in there["store"]["says"]


def test_a_redis_that_answers_is_well(redis_url: str, empty_home: Path) -> None:
    assert checked(empty_home, TEND_REDIS_URL=redis_url)["redis"]["verdict"] == "ok"


def test_words_of_feeds_and_channels_are_shown_and_never_obeyed(live_home: Path) -> None:
    with closing(sqlite3.connect(live_home / "tend.sqlite3")) as store:
        reason = f"{HOSTILE}{ESCAPING}"
        store.execute(
            "UPDATE feeds SET failed_since = 1, reason = ? WHERE name = 'file-tickets'", (reason,)
        )
        store.commit()
    said = typed(live_home, "doctor")
    assert invisible_in(said.out + said.err) == set()
    assert "[red]x[/red]" in said.out
    assert invisible_in(typed(live_home, "doctor", "--json").out) == set()
    assert re.search(r"\d+ ok, \d+ to know, 1 wrong\.", said.out)


def test_what_the_doctor_says_of_a_damaged_flows_file_mends_it(live_home: Path) -> None:
    owe(live_home, EMAIL)
    for part in live_home.glob("flows.sqlite3*"):
        part.rename(part.with_name(f"aside-{part.name}"))
    assert started(live_home, "scan").code == 0
    assert state_of(live_home, EMAIL) is EffectState.DONE
