"""Opening the store: made when it is not there, brought to head once, refused in plain words."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

import app.storage
from app.domain.tenant_settings import TenantSettings
from app.errors import ConfigurationError
from app.storage.columns import metadata
from app.storage.schema import REVISIONS
from app.storage.sql_store import open_store
from app.storage.types import micros
from tests.builders import day_ago, days_ago


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that is not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/made/for it/tend.sqlite3"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


def driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")


def open_and_ask(url: str) -> TenantSettings:
    store = open_store(url)
    settings = store.read_now("main", lambda unit: unit.tenant.settings()).settings
    store.close()
    return settings


def test_a_store_that_is_not_there_is_made(empty_url: str) -> None:
    assert open_and_ask(empty_url) == TenantSettings()
    assert open_and_ask(empty_url) == TenantSettings()


def test_migrations_make_exactly_the_tables_that_the_program_uses(empty_url: str) -> None:
    open_and_ask(empty_url)
    engine = create_engine(driver(empty_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_heartbeats_of_an_older_store_are_summed_up_by_day(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        Path(empty_url.removeprefix("sqlite:///")).parent.mkdir(parents=True)
    times = [micros(days_ago(ago)) for ago in (2, 1, 0.9)]
    engine = create_engine(driver(empty_url))
    with engine.begin() as connection:
        older = migrations()
        older.attributes["connection"] = connection
        command.upgrade(older, "0013")
        for at in times:
            connection.execute(
                text("INSERT INTO heartbeats VALUES ('main', 'acme', :at, 4, NULL, '')"), {"at": at}
            )
    open_and_ask(empty_url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT * FROM heartbeat_days ORDER BY day")).all()
    engine.dispose()
    ordinals = [day_ago(2).toordinal(), day_ago(1).toordinal()]
    assert [tuple(row[1:]) for row in found] == [
        ("acme", ordinals[0], 4, None, times[0], times[0]),
        ("acme", ordinals[1], 8, None, times[1], times[2]),
    ]


def migrations() -> Config:
    """Where the revisions are."""
    config = Config()
    place = Path(next(iter(app.storage.__path__))) / "migrations"
    config.set_main_option("script_location", str(place))
    return config


def test_the_known_revisions_are_those_that_are_there() -> None:
    script = ScriptDirectory.from_config(migrations())
    newest_first = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(newest_first)) == REVISIONS


def test_every_primary_key_begins_with_the_tenant() -> None:
    for table in metadata.tables.values():
        assert next(iter(table.primary_key.columns)).name == "tenant_id", table.name


def test_processes_that_open_an_empty_store_at_once_all_get_it(empty_url: str) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as processes:
        assert list(processes.map(open_and_ask, [empty_url] * 4)) == [TenantSettings()] * 4


def test_opening_at_head_neither_imports_alembic_nor_takes_long(sqlite_url: str) -> None:
    script = (
        "import sys, time; from app.storage.sql_store import open_store;"
        "begun = time.process_time();"
        f"open_store({sqlite_url!r}).close(); spent = time.process_time() - begun;"
        "print('alembic' in sys.modules, spent < 0.25)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["False", "True"]


def test_a_store_at_head_opens_while_another_process_writes(sqlite_url: str) -> None:
    writer = create_engine(sqlite_url, isolation_level="AUTOCOMMIT")
    with writer.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        begun = time.monotonic()
        open_and_ask(sqlite_url)
        assert time.monotonic() - begun < 5
        connection.exec_driver_sql("ROLLBACK")
    writer.dispose()


def test_a_store_of_a_newer_program_is_left_alone(empty_url: str) -> None:
    open_and_ask(empty_url)
    engine = create_engine(driver(empty_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(ConfigurationError, match=r"TEND_DATABASE_URL.*newer Tend \(schema 9999"):
        open_store(empty_url)


def a_file_where_the_folder_should_be(folder: Path) -> str:
    (folder / "file").write_text("here")
    return f"sqlite:///{folder}/file/tend.sqlite3"


def a_file_that_is_no_database(folder: Path) -> str:
    path = folder / "notes.txt"
    path.write_text("Not a database, only words.\n" * 100)
    return f"sqlite:///{path}"


def a_folder_instead_of_a_file(folder: Path) -> str:
    return f"sqlite:///{folder}"


@pytest.mark.parametrize(
    "address, told",
    [
        (a_file_where_the_folder_should_be, "folder .*file cannot be made"),
        (a_file_that_is_no_database, "file is not a database"),
        (a_folder_instead_of_a_file, "unable to open database file"),
        (lambda _: "tend.sqlite3", "not an address"),
        (lambda _: "mysql://root@localhost/tend", "not an address|mysql is not a store"),
        (lambda _: "oracle://root@localhost/tend", "not an address|oracle is not a store"),
        (lambda _: "nonsense://root@localhost/tend", "not an address"),
        (lambda _: "sqlite://", "lost at once"),
        (lambda _: "sqlite:///:memory:", "lost at once"),
        (lambda _: "postgresql://tend@127.0.0.1:1/tend", "cannot be opened.*refused"),
    ],
)
def test_an_address_that_cannot_be_opened_names_the_setting(
    tmp_path: Path, address: Callable[[Path], str], told: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^TEND_DATABASE_URL.*({told})"):
        open_store(address(tmp_path))
