"""Backups of a SQLite store, taken while others write, and brought back."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.domain.effect import EffectState
from app.domain.feed import FactKind
from app.domain.web_session import Identity
from app.errors import AppError, Conflict, InvalidInput
from app.jobs.archive import FLOWS, STORE
from app.jobs.backup import BackupMade, make_backup
from app.jobs.restoring import (
    REPEAT_REASON,
    Restored,
    end_restored_sessions,
    mark_possible_repeats,
    restore_backup,
)
from app.jobs.sessions import begin_session, is_open, make_link
from app.services.session_tokens import digest_of
from app.settings import Settings
from app.storage.schema import REVISIONS
from app.storage.sql_store import SqlStore, open_store
from tests.builders import NOW, account, row_of, work_owed


def settings_of(home: Path) -> Settings:
    return Settings(home=home, database_url="", tenant="main")


@contextmanager
def opened(settings: Settings) -> Iterator[SqlStore]:
    store = open_store(settings.store_url)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def home(sqlite_template: Path, tmp_path: Path) -> Path:
    """A data folder with one account, two effects owed, a letter and a flows file."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(sqlite_template, home / "tend.sqlite3")
    with opened(settings_of(home)) as store:
        store.write_now(
            "main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, [row_of(account())])
        )
        works = [work_owed(key=f"main:x:1:{name}") for name in ("draft", "email")]
        store.write_now("main", lambda unit: unit.effects.owe(works))
    with closing(sqlite3.connect(home / "flows.sqlite3")) as flows:
        flows.execute("PRAGMA journal_mode=WAL")
        flows.execute("CREATE TABLE workflow_status (number INTEGER)")
        flows.commit()
    letter(home).parent.mkdir()
    letter(home).write_bytes(b"Dear Zoe")
    return home


def letter(home: Path) -> Path:
    return home / "outbox" / "2026-03-11 Zoë & Söhne d-1.eml"


def letter_in(home: Path) -> str:
    """What the letter is called in a backup."""
    return f"outbox/{letter(home).name}"


def owe_two(store: SqlStore, number: int) -> None:
    works = [work_owed(key=f"main:n:{number}:{part}") for part in ("a", "b")]
    store.write_now("main", lambda unit: unit.effects.owe(works))


def backed_up(home: Path, *, replace: bool = False) -> BackupMade:
    file = home.parent / "backup.tar.gz"
    return make_backup(settings_of(home), file, at=NOW, replace=replace)


def restored(home: Path, file: Path, *, force: bool = False) -> Restored:
    return restore_backup(settings_of(home), file, at=NOW, force=force, living=())


def keys_of(home: Path) -> list[str]:
    with opened(settings_of(home)) as store:
        rows = store.read_now(
            "main", lambda unit: unit.work.open(states=set(EffectState), most=10**6)
        )
    return [row.work.key for row in rows]


def test_what_was_backed_up_comes_back(home: Path, tmp_path: Path) -> None:
    made = backed_up(home)
    there = tmp_path / "elsewhere" / "home"
    assert restored(there, made.file).put_aside == ()
    assert keys_of(there) == ["main:x:1:draft", "main:x:1:email"]
    assert letter(there).read_bytes() == b"Dear Zoe"
    assert (there / "flows.sqlite3").is_file()


def test_a_backup_leaves_nothing_else_behind_and_replaces_nothing_unasked(home: Path) -> None:
    before = sorted(home.rglob("*"))
    made = backed_up(home)
    assert sorted(home.rglob("*")) == before
    assert sorted(home.parent.iterdir()) == [made.file, home]
    with pytest.raises(Conflict, match="--force"):
        backed_up(home)
    letter(home).unlink()
    assert len(backed_up(home, replace=True).manifest.parts) == len(made.manifest.parts) - 1


def test_settings_and_marks_are_not_in_a_backup(home: Path) -> None:
    (home / "tend.toml").write_text("database_url = 'secret'", encoding="utf-8")
    (home / "workers").mkdir()
    (home / "workers" / "host.1").touch()
    names = {part.name for part in backed_up(home).manifest.parts}
    assert names == {FLOWS, STORE, letter_in(home)}


def test_links_in_the_outbox_are_left_out_and_told(home: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("keys", encoding="utf-8")
    (home / "outbox" / "link.eml").symlink_to(tmp_path / "secret")
    (home / "outbox" / "folder").symlink_to(tmp_path, target_is_directory=True)
    (home / "outbox" / "odd\x1b[31m.eml").write_bytes(b"x")
    made = backed_up(home)
    assert len(made.left_out) == 3
    assert {part.name for part in made.manifest.parts} == {FLOWS, STORE, letter_in(home)}


def test_a_place_that_cannot_hold_a_backup_is_refused(home: Path, tmp_path: Path) -> None:
    settings = settings_of(home)
    for file, word in (
        (home / "b.tar.gz", "in the data folder"),
        (tmp_path / "no" / "b.tar.gz", "no folder"),
    ):
        with pytest.raises(InvalidInput, match=word):
            make_backup(settings, file, at=NOW, replace=False)
    with pytest.raises(InvalidInput, match="is a folder"):
        make_backup(settings, tmp_path, at=NOW, replace=True)
    with pytest.raises(InvalidInput, match="nothing to back up"):
        make_backup(settings_of(tmp_path / "new"), tmp_path / "b", at=NOW, replace=False)


def test_a_damaged_store_is_not_backed_up(home: Path) -> None:
    with (home / "tend.sqlite3").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 100_000)
    with pytest.raises(AppError, match=r"damaged|cannot be copied|malformed"):
        backed_up(home)
    assert not (home.parent / "backup.tar.gz").exists()


def test_a_backup_taken_while_others_write_knows_no_flow_without_its_work(
    home: Path, tmp_path: Path
) -> None:
    """As a service does: the work is recorded first, then the flow that did it."""
    stop, begun = threading.Event(), threading.Event()

    def work() -> None:
        with (
            opened(settings_of(home)) as store,
            closing(sqlite3.connect(home / "flows.sqlite3")) as flows,
        ):
            number = 0
            while not stop.is_set():
                number += 1
                owe_two(store, number)
                flows.execute("INSERT INTO workflow_status VALUES (?)", (number,))
                flows.commit()
                begun.set()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert begun.wait(10)
        for turn in range(5):
            file = tmp_path / f"backup-{turn}.tar.gz"
            make_backup(settings_of(home), file, at=NOW, replace=False)
    finally:
        stop.set()
        worker.join()
    for turn in range(5):
        there = tmp_path / f"there-{turn}"
        restored(there, tmp_path / f"backup-{turn}.tar.gz")
        numbers = [int(key.split(":")[2]) for key in keys_of(there) if key.startswith("main:n:")]
        with closing(sqlite3.connect(there / "flows.sqlite3")) as flows:
            (flow,) = flows.execute("SELECT max(number) FROM workflow_status").fetchone()
        assert max(numbers) >= flow > 0
        assert len(numbers) == 2 * max(numbers)  # both halves of each transaction


def test_what_a_killed_process_left_in_its_log_is_backed_up(home: Path, tmp_path: Path) -> None:
    crashed = tmp_path / "crashed"
    with opened(settings_of(home)) as store:
        store.write_now("main", lambda unit: unit.effects.owe([work_owed(key="main:x:1:late")]))
        shutil.copytree(home, crashed)  # with its write-ahead log, as a kill leaves it
    assert (crashed / "tend.sqlite3-wal").stat().st_size > 0
    made = make_backup(settings_of(crashed), tmp_path / "b.tar.gz", at=NOW, replace=False)
    restored(tmp_path / "there", made.file)
    assert "main:x:1:late" in keys_of(tmp_path / "there")


def test_a_folder_with_things_in_it_is_refused_and_with_force_put_aside(home: Path) -> None:
    made = backed_up(home)
    letter(home).write_bytes(b"Dear Zoe, edited")
    (home / "tend.toml").write_text("", encoding="utf-8")
    with pytest.raises(Conflict, match="not empty"):
        restored(home, made.file)
    assert letter(home).read_bytes() == b"Dear Zoe, edited"
    told = restored(home, made.file, force=True)
    aside = home / "before-restore-20260311T070000Z"
    assert told.put_aside == (str(aside),)
    assert (aside / "outbox" / letter(home).name).read_bytes() == b"Dear Zoe, edited"
    assert (aside / "tend.sqlite3").is_file()
    assert letter(home).read_bytes() == b"Dear Zoe"
    assert (home / "tend.toml").is_file()
    assert {path.name for path in home.iterdir()} == {
        *("tend.sqlite3", "flows.sqlite3", "outbox", "tend.toml", aside.name)
    }


def test_an_earlier_restore_is_not_in_the_way(home: Path, tmp_path: Path) -> None:
    made = backed_up(home)
    there = tmp_path / "there"
    (there / "before-restore-20250101T000000Z").mkdir(parents=True)
    (there / "lost+found").mkdir()
    restored(there, made.file)
    assert (there / "tend.sqlite3").is_file()


def test_a_store_named_by_an_address_is_put_aside_beside_itself(home: Path, tmp_path: Path) -> None:
    made = backed_up(home)
    path = tmp_path / "disk" / "other.sqlite3"
    path.parent.mkdir()
    shutil.copy(home / "tend.sqlite3", path)
    settings = Settings(home=tmp_path / "new", database_url=f"sqlite:///{path}", tenant="main")
    with pytest.raises(Conflict, match="there is a store"):
        restore_backup(settings, made.file, at=NOW, force=False, living=())
    restore_backup(settings, made.file, at=NOW, force=True, living=())
    assert {p.name for p in path.parent.iterdir()} == {
        *("other.sqlite3", "other.sqlite3.before-restore-20260311T070000Z")
    }


def test_nothing_is_restored_while_a_service_runs(home: Path, tmp_path: Path) -> None:
    made = backed_up(home)
    settings = settings_of(tmp_path / "there")
    with pytest.raises(Conflict, match=r"host\.1"):
        restore_backup(settings, made.file, at=NOW, force=True, living={"host.1"})
    assert not settings.home.exists()


def test_a_backup_that_is_damaged_moves_nothing(home: Path) -> None:
    made = backed_up(home)
    content = made.file.read_bytes()
    made.file.write_bytes(content[: len(content) - 200])
    before = sorted(home.rglob("*"))
    with pytest.raises(InvalidInput, match="damaged"):
        restored(home, made.file, force=True)
    assert sorted(home.rglob("*")) == before


def test_a_store_of_a_newer_tend_is_refused(home: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(home / "tend.sqlite3")) as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
        store.commit()
    made = backed_up(home)
    with pytest.raises(InvalidInput, match=rf"newer Tend.*9999.*{REVISIONS[-1]}.*update Tend"):
        restored(tmp_path / "there", made.file)
    assert not (tmp_path / "there").exists()


def test_an_older_store_comes_back_and_is_brought_up_to_date(home: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    older.mkdir()
    with closing(sqlite3.connect(older / "tend.sqlite3")) as store:
        store.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        store.execute("INSERT INTO alembic_version VALUES (?)", (REVISIONS[0],))
        store.commit()
    made = make_backup(settings_of(older), tmp_path / "b.tar.gz", at=NOW, replace=False)
    assert made.manifest.schema_revision == REVISIONS[0]
    restored(tmp_path / "there", made.file)
    assert (tmp_path / "there" / "tend.sqlite3").is_file()


def test_a_backup_of_another_kind_of_database_is_refused(home: Path, tmp_path: Path) -> None:
    made = backed_up(home)
    settings = Settings(home=tmp_path / "x", database_url="postgresql://h/x", tenant="main")
    with pytest.raises(InvalidInput, match="store on sqlite"):
        restore_backup(settings, made.file, at=NOW, force=False, living=())


def test_effects_owed_then_count_as_possible_repeats(home: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    restored(there, backed_up(home).file)
    with opened(settings_of(there)) as store:
        assert asyncio.run(mark_possible_repeats(store)) == 2
        assert asyncio.run(mark_possible_repeats(store)) == 0
        (first, _) = store.read_now(
            "main", lambda unit: unit.work.due(most=9, stale_after_seconds=60)
        )
        assert (first.attempt, first.error) == (1, REPEAT_REASON)
        taken = store.write_now(
            "main",
            lambda unit: unit.effects.take(first.work.key, owner="w", stale_after_seconds=60),
        )
    assert taken is not None
    assert taken.attempt > 1  # which is what has the guard look before it makes


def test_nobody_is_signed_in_by_a_session_that_came_back(home: Path, tmp_path: Path) -> None:
    rita = Identity(by="os:rita", is_by_link=True)
    with opened(settings_of(home)) as store:
        begun = store.write_now("main", lambda unit: begin_session(unit, rita, at=NOW))
        text = store.write_now("main", lambda unit: make_link(unit, by="os:rita", at=NOW))
    there = tmp_path / "there"
    restored(there, backed_up(home).file)
    digest = digest_of(text)
    with opened(settings_of(there)) as store:
        assert store.read_now("main", lambda unit: is_open(unit, digest, NOW))
        asyncio.run(end_restored_sessions(store))
        assert store.read_now("main", lambda unit: unit.sessions.get(begun.session.digest)) is None
        assert not store.read_now("main", lambda unit: is_open(unit, digest, NOW))
