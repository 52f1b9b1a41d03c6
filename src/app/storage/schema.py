"""The schema's version: at head it costs one query to know; behind, the migrations are run.

Two processes may open the same store at once: one migrates under a lock, the other then finds
nothing left to do.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from app.errors import ConfigurationError

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
    "0022",
)
"""Every revision this program knows, oldest first."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK_KEY = 7_304_091_517
"""Of the PostgreSQL advisory lock that a migration holds; any number nobody else uses."""


def bring_to_head(*, reader: Engine, writer: Engine) -> None:
    """Migrate the store to the newest revision.

    Raises ConfigurationError where a newer program made it. A store at head is only read, so
    opening it waits for no writer.
    """
    with reader.connect() as connection:
        if _version(connection) == REVISIONS[-1]:
            return
    with writer.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        if _version(connection) != REVISIONS[-1]:
            _upgrade(connection)


def _version(connection: Connection) -> str | None:
    """The revision the store is at; None: it is empty."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found is not None and found not in REVISIONS:
        raise ConfigurationError(
            f"TEND_DATABASE_URL: this store was made by a newer Tend (schema {found}, this program "
            f"knows up to {REVISIONS[-1]}); update Tend or point it at another store"
        )
    return found


def _upgrade(connection: Connection) -> None:
    # Imported here because it is slow, and seldom needed.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except DBAPIError as exc:
        raise ConfigurationError(
            f"TEND_DATABASE_URL: the store's tables cannot be made: {exc.orig}"
        ) from exc
