"""`tend backup` and `tend restore` as typed: beside a service, into nothing, over a book."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from app.bootstrap import open_app
from app.storage.liveness import FileLiveness
from tests.e2e.test_cli_runs import EMAIL, owe, settings_of
from tests.e2e.typed import Said, done, everything_stored, started, typed
from tests.servers.postgres_programs import postgres_programs


@pytest.fixture
def file(live_home: Path) -> Path:
    """A backup of the book."""
    path = live_home.parent / "tend.tar.gz"
    done(live_home, "backup", str(path))
    return path


def test_a_book_is_carried_to_another_folder(live_home: Path, file: Path, tmp_path: Path) -> None:
    there = tmp_path / "new" / "home"
    said = done(there, "restore", str(file))
    assert "5 accounts" in said.words
    assert everything_stored(there) == everything_stored(live_home)
    assert sorted(p.name for p in (there / "outbox").glob("*.eml")) == sorted(
        p.name for p in (live_home / "outbox").glob("*.eml")
    )
    assert done(there, "scan", "--json").json()["effects_owed"] == 0
    assert typed(there, "doctor").code == 0


def test_a_backup_says_what_it_holds_and_what_not(live_home: Path, tmp_path: Path) -> None:
    said = done(live_home, "backup", str(tmp_path / "b.tar.gz"))
    assert "read back and found whole" in said.words
    assert "Settings are not in it, for they may hold secrets" in said.words
    again = typed(live_home, "backup", str(tmp_path / "b.tar.gz"))
    assert (again.code, "--force" in again.words) == (2, True)


def test_a_backup_does_not_need_the_service_to_stop(live_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "beside.tar.gz"

    async def beside_a_service() -> Said:
        async with open_app(settings_of(live_home)):
            return await asyncio.to_thread(started, live_home, "backup", str(file))

    assert asyncio.run(beside_a_service()).code == 0
    done(tmp_path / "there", "restore", str(file))


def test_a_restore_waits_until_nobody_works(live_home: Path, file: Path) -> None:
    mark = FileLiveness(live_home)
    mark.hold("host.7.abc")
    try:
        said = typed(live_home, "restore", str(file), "--force")
    finally:
        mark.let_go()
    assert said.code == 2
    assert "a service runs (host.7.abc): stop it" in said.words


def test_a_book_that_is_there_is_put_aside_and_never_deleted(live_home: Path, file: Path) -> None:
    refused = typed(live_home, "restore", str(file))
    assert (refused.code, "not empty" in refused.words) == (2, True)
    before = everything_stored(live_home)
    said = done(live_home, "restore", str(file), "--force")
    (aside,) = live_home.glob("before-restore-*")
    assert aside.name in said.out.replace("\n", "")
    assert everything_stored(aside) == before


def test_what_was_owed_then_is_told_as_a_possible_repeat(live_home: Path, tmp_path: Path) -> None:
    owe(live_home, EMAIL)
    done(live_home, "backup", str(tmp_path / "b.tar.gz"))
    said = done(tmp_path / "there", "restore", str(tmp_path / "b.tar.gz"))
    assert "1 effects were owed then and may have been done since" in said.words
    assert done(tmp_path / "there", "scan").code == 0
    assert "Northwind is worse" in done(tmp_path / "there", "inbox").out


@pytest.mark.parametrize(
    "content,told",
    [(b"", "damaged"), (b"hello", "damaged, or not a backup"), (b"\x1f\x8b\x08", "damaged")],
)
def test_a_file_that_is_no_backup_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "[red]x[bold].tar.gz"
    file.write_bytes(content)
    said = typed(tmp_path / "home", "restore", str(file))
    assert said.code == 2
    assert told in said.words
    assert "[red]x[bold].tar.gz" in said.words


def test_a_store_on_postgresql_is_carried_to_another_database(
    postgres_url: str, empty_postgres_url: str, tmp_path: Path
) -> None:
    path = f"{postgres_programs()}{os.pathsep}{os.environ['PATH']}"
    one = {"TEND_DATABASE_URL": postgres_url, "PATH": path}
    other = {"TEND_DATABASE_URL": empty_postgres_url, "PATH": path}
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account_id,name\nacme,Acme\n", encoding="utf-8")
    assert typed(tmp_path / "one", "import", str(accounts), **one).code == 0
    assert typed(tmp_path / "one", "scan", **one).code == 0
    file = str(tmp_path / "b.tar.gz")
    assert typed(tmp_path / "one", "backup", file, **one).code == 0
    said = typed(tmp_path / "two", "restore", file, **other)
    assert (said.code, "1 accounts" in said.words) == (0, True), said.words
    assert "Acme" in typed(tmp_path / "two", "scan", **other).out
    assert "Acme" not in said.err
    again = typed(tmp_path / "two", "restore", file, **other)
    assert (again.code, "holds a store" in again.words) == (2, True), again.words
