"""`tend runs`: what an operator sees of scans, flows and work, and how parked work goes on."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from app.bootstrap import open_app
from app.domain.effect import EffectKind, EffectState, ParkReason, WorkOwed
from app.settings import Settings
from app.storage.sql_store import open_store
from tests.e2e.made_up_book import ESCAPING, HOSTILE
from tests.e2e.test_cli_hostile_text import invisible_in
from tests.e2e.typed import Said, done, started, typed

ADDRESS = "maya@example.com"
EMAIL, CHAT = "main:digest:maya@example.com:s1:email", "main:digest:maya@example.com:s1:chat"


def settings_of(home: Path) -> Settings:
    return Settings(home=home, database_url="", tenant="main")


def owe(
    home: Path,
    key: str,
    *,
    parked_for: ParkReason | None = None,
    put_off_seconds: float | None = None,
    error: str = "",
    subject: str = ADDRESS,
) -> None:
    """One more alert in the ledger, as a try that failed would leave it."""
    work = WorkOwed(
        key=key,
        kind=EffectKind(key.rpartition(":")[2]),
        subject=subject,
        payload={"text_of": "digest", "rep_email": ADDRESS, "lines": ["Northwind is worse"]},
    )
    store = open_store(settings_of(home).store_url)
    try:
        with_unit = store.write_now
        with_unit("main", lambda unit: unit.effects.owe([work]))
        if parked_for is None and put_off_seconds is None:
            return
        with_unit("main", lambda unit: unit.work.mark_started([key]))
        with_unit(
            "main", lambda unit: unit.effects.take(key, owner="host.1", stale_after_seconds=60)
        )
        if parked_for is not None:
            reason = parked_for
            with_unit(
                "main",
                lambda unit: unit.effects.park(key, attempt=1, error=error, reason=reason),
            )
        else:
            seconds = put_off_seconds or 0
            with_unit(
                "main",
                lambda unit: unit.effects.retry_later(key, attempt=1, seconds=seconds, error=error),
            )
    finally:
        store.close()


def state_of(home: Path, key: str) -> EffectState:
    store = open_store(settings_of(home).store_url)
    try:
        row = store.read_now("main", lambda unit: unit.effects.get(key))
    finally:
        store.close()
    assert row is not None
    return row.state


def line_with(said: Said, word: str) -> str:
    return next(line for line in said.out.splitlines() if word in line)


def test_a_new_folder_says_what_to_do_first(empty_home: Path) -> None:
    said = done(empty_home, "runs")
    assert "Nothing has run yet. tend import DIR" in said.words
    assert not (empty_home / "flows.sqlite3").exists()
    assert json.loads(done(empty_home, "runs", "--json").out)["scans"] == []


def test_scans_are_listed_with_what_they_made(live_home: Path) -> None:
    said = done(live_home, "runs")
    today = line_with(said, "recorded")
    assert "all accounts" in today
    assert today.rstrip().endswith("8"), said.out  # two for each of four active accounts
    assert "recorded (baseline)" in said.out
    assert "None is under way." in said.out
    (newest, baseline) = json.loads(done(live_home, "runs", "--json").out)["scans"]
    assert (newest["assessments"], newest["baseline"], newest["pages_done"]) == (8, False, 1)
    assert baseline["baseline"]


def test_work_that_was_put_off_says_why_and_until_when(live_home: Path) -> None:
    owe(live_home, EMAIL, put_off_seconds=3600, error="smtp: send: busy, try later")
    owe(live_home, CHAT)
    said = done(live_home, "runs")
    assert "smtp: send: busy, try later" in said.words
    shown = json.loads(done(live_home, "runs", "--json").out)["channels"]
    by_channel = {one["channel"]: one for one in shown}
    assert by_channel["email"]["put_off"] == 1
    assert by_channel["email"]["next_try_at"] > "2026"
    assert (by_channel["chat"]["owed"], by_channel["chat"]["parked"]) == (1, 0)


def test_what_is_parked_says_why_and_what_to_do(live_home: Path) -> None:
    owe(live_home, EMAIL, parked_for=ParkReason.ACCESS, error="gmail: create: token revoked")
    said = done(live_home, "runs")
    assert EMAIL in said.out
    assert "access: gmail: create: token revoked" in said.words
    assert "tend doctor then releases it" in said.words
    (parked,) = json.loads(done(live_home, "runs", "--json").out)["parked"]
    assert (parked["key"], parked["reason"]) == (EMAIL, "access")


def test_errors_from_outside_are_shown_and_never_obeyed(live_home: Path) -> None:
    error = f"remote: {HOSTILE}{ESCAPING}\nand a second line"
    owe(live_home, EMAIL, parked_for=ParkReason.REFUSED, error=error, subject=HOSTILE)
    owe(live_home, CHAT, put_off_seconds=3600, error=error)
    for words in (["runs"], ["runs", "--json"], ["runs", "--all"], ["doctor"]):
        said = typed(live_home, *words)
        assert invisible_in(said.out + said.err) == set(), words
    assert "[red]x[/red]" in done(live_home, "runs").out


def test_long_lists_are_cut_and_say_so(live_home: Path) -> None:
    for number in range(18):
        owe(live_home, f"main:digest:{number}:s1:email", parked_for=ParkReason.TIRED, error="no")
    assert "… and 3 more (--all shows them)" in done(live_home, "runs").words
    assert "more (--all" not in done(live_home, "runs", "--all").out


def test_parked_effects_are_released_by_key_channel_or_all(live_home: Path) -> None:
    for key in (EMAIL, CHAT):
        owe(live_home, key, parked_for=ParkReason.REFUSED, error="no")
    said = done(live_home, "runs", "release", EMAIL)
    assert "1 effect released. No service runs: they go out with the next tend scan" in said.words
    assert state_of(live_home, EMAIL) is EffectState.OWED
    assert state_of(live_home, CHAT) is EffectState.PARKED
    assert "Nothing is parked" in done(live_home, "runs", "release", "--channel", "email").words
    assert "1 effect released" in done(live_home, "runs", "release", "--channel", "chat").words
    assert "Nothing is parked" in done(live_home, "runs", "release", "--all").words


def test_released_effects_go_out_with_the_next_scan(live_home: Path) -> None:
    owe(live_home, EMAIL, parked_for=ParkReason.REFUSED, error="no")
    done(live_home, "runs", "release", "--all")
    done(live_home, "scan")
    assert state_of(live_home, EMAIL) is EffectState.DONE
    assert "Northwind is worse" in done(live_home, "inbox").out


def test_beside_a_service_released_effects_go_out_at_once(live_home: Path) -> None:
    owe(live_home, EMAIL, parked_for=ParkReason.REFUSED, error="no")

    async def beside_a_service() -> tuple[Said, Said]:
        async with open_app(settings_of(live_home), look_seconds=0.1):
            said = await asyncio.to_thread(started, live_home, "runs", "release", "--all")
            for _ in range(200):
                if await asyncio.to_thread(state_of, live_home, EMAIL) is EffectState.DONE:
                    break
                await asyncio.sleep(0.05)
            return said, await asyncio.to_thread(started, live_home, "runs")

    said, seen = asyncio.run(beside_a_service())
    assert "1 effect released: the running service tries them now." in said.words
    assert state_of(live_home, EMAIL) is EffectState.DONE
    assert "At work: nobody" not in seen.words


@pytest.mark.parametrize(
    "words,told",
    [
        ([], "say which"),
        (["--all", "--channel", "email"], "say which"),
        (["--channel", "fax"], "it is one of draft"),
        (["main:no:such:email"], "is not parked, so nothing was released"),
    ],
)
def test_what_cannot_be_released_is_told(live_home: Path, words: list[str], told: str) -> None:
    owe(live_home, EMAIL, parked_for=ParkReason.REFUSED, error="no")
    said = typed(live_home, "runs", "release", *words)
    assert said.code == 2
    assert told in said.words
    assert state_of(live_home, EMAIL) is EffectState.PARKED


def test_one_wrong_key_releases_nothing(live_home: Path) -> None:
    owe(live_home, EMAIL, parked_for=ParkReason.REFUSED, error="no")
    assert typed(live_home, "runs", "release", EMAIL, "main:oops").code == 2
    assert state_of(live_home, EMAIL) is EffectState.PARKED
