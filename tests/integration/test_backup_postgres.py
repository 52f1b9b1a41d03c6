"""Backups of a PostgreSQL store by its own programs, and brought back into another database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from app.domain.effect import EffectState
from app.domain.feed import FactKind
from app.domain.flow import FlowAsk, FlowName
from app.errors import AppError, ConfigurationError, Conflict, InvalidInput
from app.jobs.archive import FLOWS_DUMP, STORE_DUMP
from app.jobs.backup import BackupMade, make_backup
from app.jobs.dbos_engine import DbosEngine
from app.jobs.restoring import restore_backup
from app.jobs.stored_flows import StoredFlows
from app.settings import Settings
from app.storage.sql_store import SqlStore, open_store
from tests.builders import NOW, account, row_of, work_owed
from tests.servers.postgres_programs import postgres_programs

ASIDE = "before_restore_20260311t070000z"


@pytest.fixture(autouse=True)
def programs_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(postgres_programs()), prepend=":")


def settings_of(home: Path, url: str) -> Settings:
    return Settings(home=home, database_url=url, tenant="main")


@contextmanager
def opened(url: str) -> Iterator[SqlStore]:
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def filled(postgres_url: str, tmp_path: Path) -> Settings:
    """A store with an account and an effect owed, a letter, and a database that others use too."""
    with opened(postgres_url) as store:
        store.write_now(
            "main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, [row_of(account())])
        )
        store.write_now("main", lambda unit: unit.effects.owe([work_owed(key="main:x:1:draft")]))
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE theirs (n int)")
    settings = settings_of(tmp_path / "home", postgres_url)
    letter(settings.home).parent.mkdir(parents=True)
    letter(settings.home).write_bytes(b"Dear Sam")
    return settings


def letter(home: Path) -> Path:
    return home / "outbox" / "letter.eml"


def backed_up(settings: Settings) -> BackupMade:
    file = settings.home.parent / "backup.tar.gz"
    return make_backup(settings, file, at=NOW, replace=False)


def owed(url: str) -> list[str]:
    with opened(url) as store:
        rows = store.read_now(
            "main", lambda unit: unit.work.open(states={EffectState.OWED}, most=9)
        )
    return [row.work.key for row in rows]


def tables(url: str, schema: str = "public") -> set[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,)
        )
        return {name for (name,) in found}


def test_what_was_backed_up_comes_back(
    filled: Settings, empty_postgres_url: str, tmp_path: Path
) -> None:
    made = backed_up(filled)
    assert made.manifest.database == "postgresql"
    there = settings_of(tmp_path / "there", empty_postgres_url)
    restore_backup(there, made.file, at=NOW, force=False, living=())
    assert owed(empty_postgres_url) == ["main:x:1:draft"]
    assert letter(there.home).read_bytes() == b"Dear Sam"
    assert "theirs" not in tables(empty_postgres_url)


async def _engine_once(url: str) -> None:
    """Has DBOS make its tables, and leaves one flow that nobody runs."""
    engine = DbosEngine(shapes={}, url=url, worker="test.1")
    await engine.start()
    await engine.enqueue(
        FlowAsk(tenant_id="main", flow=FlowName.SCAN, flow_id="main:scan:2026-03-11")
    )
    await engine.stop(grace_seconds=0)


def test_flows_go_with_the_store(filled: Settings, empty_postgres_url: str, tmp_path: Path) -> None:
    import asyncio

    asyncio.run(_engine_once(filled.database_url))
    made = backed_up(filled)
    assert [part.name for part in made.manifest.parts][:2] == [FLOWS_DUMP, STORE_DUMP]
    there = settings_of(tmp_path / "there", empty_postgres_url)
    restore_backup(there, made.file, at=NOW, force=False, living=())
    (flow,) = asyncio.run(StoredFlows(url=empty_postgres_url).flows("main"))
    assert flow.flow_id == "main:scan:2026-03-11"
    restore_backup(there, made.file, at=NOW, force=True, living=())
    assert "workflow_status" in tables(empty_postgres_url, f"{ASIDE}_flows")


def test_a_database_with_a_store_is_refused_and_with_force_put_aside(filled: Settings) -> None:
    made = backed_up(filled)
    url = filled.database_url
    with opened(url) as store:
        store.write_now("main", lambda unit: unit.effects.owe([work_owed(key="main:x:2:draft")]))
    letter(filled.home).unlink()
    letter(filled.home).parent.rmdir()
    with pytest.raises(Conflict, match="holds a store"):
        restore_backup(filled, made.file, at=NOW, force=False, living=())
    told = restore_backup(filled, made.file, at=NOW, force=True, living=())
    assert ASIDE in told.put_aside[0]
    assert owed(url) == ["main:x:1:draft"]
    assert "effects" in tables(url, ASIDE)
    assert "theirs" in tables(url)


def test_a_restore_that_fails_half_way_leaves_everything_as_it_was(filled: Settings) -> None:
    made = backed_up(filled)
    url = filled.database_url
    with psycopg.connect(url) as connection:  # in the way of the dump, and not of ours to move
        connection.execute("ALTER TABLE effects RENAME TO was_effects")
        connection.execute("CREATE VIEW effects AS SELECT 1 AS one")
    before = tables(url)
    with pytest.raises(AppError, match="pg_restore"):
        restore_backup(filled, made.file, at=NOW, force=True, living=())
    assert tables(url) == before
    assert tables(url, ASIDE) == set()
    assert letter(filled.home).is_file()


def test_a_missing_program_is_named_with_its_mend(
    filled: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"pg_dump is not on PATH: install .* version \d+"):
        backed_up(filled)


def test_a_program_older_than_the_server_is_refused(
    filled: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    with pytest.raises(ConfigurationError, match="of version 9, the server of version"):
        backed_up(filled)


def test_the_password_is_on_no_command_line_and_in_no_message(
    filled: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A stand-in program tells what it was started with."""
    real = postgres_programs()
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exec {real}/pg_dump --version\n'
        f'echo "$@" "$PGPASSWORD" >{tmp_path}/told\necho "bad: $PGPASSWORD" >&2\nexit 1\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    url = make_url(filled.database_url).set(password="s3cr=t&x")
    with pytest.raises(AppError, match="bad: …") as raised:
        backed_up(settings_of(filled.home, url.render_as_string(hide_password=False)))
    assert "s3cr" not in str(raised.value)
    words, _, password = (tmp_path / "told").read_text(encoding="utf-8").strip().rpartition(" ")
    assert password == "s3cr=t&x"
    assert "s3cr" not in words


def test_a_dump_that_is_no_dump_is_refused_before_anything_moves(
    filled: Settings, empty_postgres_url: str, tmp_path: Path
) -> None:
    from app.jobs.archive import part_of, read_manifest, write_archive

    manifest = read_manifest(backed_up(filled).file)
    bad = tmp_path / "bad"
    bad.write_bytes(b"DROP TABLE accounts;")
    forged = manifest.model_copy(update={"parts": (part_of(STORE_DUMP, bad),)})
    write_archive(tmp_path / "forged.tar.gz", forged, {STORE_DUMP: bad})
    there = settings_of(tmp_path / "there", empty_postgres_url)
    with pytest.raises(AppError, match="is damaged"):
        restore_backup(there, tmp_path / "forged.tar.gz", at=NOW, force=False, living=())
    assert tables(empty_postgres_url) == set()


def test_a_backup_of_sqlite_does_not_go_into_postgresql(
    sqlite_url: str, empty_postgres_url: str, tmp_path: Path
) -> None:
    made = make_backup(
        settings_of(tmp_path / "home", sqlite_url), tmp_path / "b.tar.gz", at=NOW, replace=False
    )
    with pytest.raises(InvalidInput, match="store on sqlite"):
        restore_backup(
            settings_of(tmp_path / "x", empty_postgres_url),
            made.file,
            at=NOW,
            force=False,
            living=(),
        )
