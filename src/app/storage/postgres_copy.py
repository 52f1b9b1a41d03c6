"""Dumps of a PostgreSQL store by its own programs, and tables put aside before one goes in.

Only Tend's tables and the flows' schema are touched, whatever else the database holds. A password
reaches the programs by their environment, never by a command line.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from app.errors import ConfigurationError, PermanentServiceError, TransientServiceError
from app.storage import fact_tables, record_tables  # noqa: F401 -- they fill the metadata
from app.storage.columns import metadata
from app.storage.probing import CONNECT_SECONDS, FLOWS_SCHEMA, short

PASSWORD = "PGPASSWORD"  # noqa: S105 -- the name of libpq's variable
MEND = (
    "install PostgreSQL's client programs of version {wanted} or newer and put them on PATH "
    "(Debian and Ubuntu: postgresql-client-{wanted})"
)
_WORDS_KEPT = 400


def own_tables() -> tuple[str, ...]:
    """The store's tables, by name."""
    return ("alembic_version", *sorted(metadata.tables))


def dump_flows(url: str, target: Path) -> None:
    """Write the flows' schema. Raises ConfigurationError, PermanentServiceError."""
    _run(url, "pg_dump", "--format=custom", f"--schema={FLOWS_SCHEMA}", f"--file={target}")


def dump_store(url: str, target: Path) -> None:
    """Write the store's tables, all of one moment."""
    with _connected(url) as connection:
        schema = connection.execute(text("SELECT current_schema()")).scalar_one()
        there = set(inspect(connection).get_table_names())
    tables = [f'--table="{schema}"."{name}"' for name in own_tables() if name in there]
    _run(url, "pg_dump", "--format=custom", *tables, f"--file={target}")


def load(url: str, source: Path) -> None:
    """Bring a dump in, whole or not at all."""
    _run(url, "pg_restore", "--single-transaction", "--exit-on-error", str(source))


def refuse_damaged_dump(url: str, source: Path, *, said_of: str) -> None:
    """Raise PermanentServiceError where the dump cannot be read; the database is not touched."""
    program = _program(url, "pg_restore")
    listed = _start([program, "--list", str(source)], os.environ.copy())
    if listed.returncode != 0:
        raise PermanentServiceError("pg_restore", "read", f"{said_of} is damaged")


def occupied(url: str) -> tuple[str, ...]:
    """Which of our tables, and whether the flows' schema, are there already."""
    with _connected(url) as connection:
        inspector = inspect(connection)
        there = set(inspector.get_table_names())
        flows = [FLOWS_SCHEMA] if FLOWS_SCHEMA in inspector.get_schema_names() else []
    return (*(name for name in own_tables() if name in there), *flows)


def put_aside(url: str, aside: str) -> None:
    """Move our tables into the schema `aside` and rename the flows' schema, in one transaction."""
    with _connected(url) as connection, connection.begin():
        inspector = inspect(connection)
        there = set(inspector.get_table_names())
        connection.execute(text(f'CREATE SCHEMA "{aside}"'))
        for name in own_tables():
            if name in there:
                connection.execute(text(f'ALTER TABLE "{name}" SET SCHEMA "{aside}"'))
        if FLOWS_SCHEMA in inspector.get_schema_names():
            connection.execute(text(f'ALTER SCHEMA {FLOWS_SCHEMA} RENAME TO "{aside}_flows"'))


def bring_back(url: str, aside: str) -> None:
    """Drop what a restore that failed had brought in, and undo `put_aside` where it was done.

    Only for a database that held nothing of ours, or whose things were put aside.
    """
    with _connected(url) as connection, connection.begin():
        inspector = inspect(connection)
        schemas, here = inspector.get_schema_names(), set(inspector.get_table_names())
        kept = set(inspector.get_table_names(schema=aside)) if aside in schemas else set()
        home = connection.execute(text("SELECT current_schema()")).scalar_one()
        for name in own_tables():
            if name in here:
                connection.execute(text(f'DROP TABLE "{name}" CASCADE'))
            if name in kept:
                connection.execute(text(f'ALTER TABLE "{aside}"."{name}" SET SCHEMA "{home}"'))
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{aside}"'))
        connection.execute(text(f"DROP SCHEMA IF EXISTS {FLOWS_SCHEMA} CASCADE"))
        if f"{aside}_flows" in schemas:
            connection.execute(text(f'ALTER SCHEMA "{aside}_flows" RENAME TO {FLOWS_SCHEMA}'))


def _engine(url: str) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as exc:
        raise TransientServiceError("store", "reach", short(exc)) from exc
    finally:
        engine.dispose()


def _program(url: str, name: str) -> str:
    """The program on PATH, where it is as new as the server. Raises ConfigurationError."""
    with _connected(url) as connection:
        number = connection.execute(text("SHOW server_version_num")).scalar_one()
    wanted = int(number) // 10_000
    found = shutil.which(name)
    mend = MEND.format(wanted=wanted)
    if found is None:
        raise ConfigurationError(f"{name} is not on PATH: {mend}")
    told = re.search(r"(\d+)", _start([found, "--version"], os.environ.copy()).stdout)
    if told is None or int(told[1]) < wanted:
        version = told[1] if told else "unknown"
        raise ConfigurationError(
            f"{name} on PATH is of version {version}, the server of version {wanted}: {mend}"
        )
    return found


def _run(url: str, name: str, *words: str) -> None:
    address, environment = _without_password(url)
    command = [_program(url, name), "--no-owner", "--no-privileges", f"--dbname={address}"]
    ended = _start([*command, *words], environment)
    if ended.returncode != 0:
        said = " ".join(ended.stderr.split()) or f"it ended with code {ended.returncode}"
        secret = environment.get(PASSWORD)
        said = said.replace(secret, "…") if secret else said
        raise PermanentServiceError("postgresql", name, said[:_WORDS_KEPT])


def _start(command: Sequence[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- programs found by name, addresses from the settings
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """The address as libpq reads it, without its password, and an environment that has it."""
    from psycopg.conninfo import make_conninfo  # an extra: only where PostgreSQL is used

    address = make_url(url)
    environment = os.environ.copy()
    known = {**address.translate_connect_args(username="user", database="dbname"), **address.query}
    password = known.pop("password", None)
    if password is not None:
        environment[PASSWORD] = str(password)
    known.pop("sslpassword", None)  # a command line would show it
    return make_conninfo(**{name: _spelled(value) for name, value in known.items()}), environment


def _spelled(value: str | int | tuple[str, ...]) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
