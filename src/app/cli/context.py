"""What a command works with: the opened store, the tenant, the clock and the consoles."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from app.clock import Clock, system_clock

if TYPE_CHECKING:
    from app.settings import Settings
    from app.storage.sql_store import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class CliContext:
    """One command's surroundings."""

    store: SqlStore
    tenant: str
    clock: Clock
    console: Console
    """Standard output: what was asked for."""
    notes: Console
    """Standard error: progress and remarks, so that output can be piped."""
    settings: Settings


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[CliContext]:
    """Open the store for one command and say where it is; `settings` replaces the environment's.

    Raises ConfigurationError naming the setting when it cannot be opened.
    """
    from app.bootstrap import open_store_of
    from app.log import configure_logging
    from app.settings import load_settings

    settings = load_settings() if settings is None else settings
    configure_logging(form=settings.log_format, level=settings.log_level)
    notes = Console(stderr=True, highlight=False)
    where = settings.home if not settings.database_url else "the database of TEND_DATABASE_URL"
    notes.print(Text(f"Tend keeps its things in {where} (tenant {settings.tenant})", "dim"))
    store = open_store_of(settings)
    try:
        yield CliContext(
            store=store,
            tenant=settings.tenant,
            clock=system_clock,
            console=console_for_output(),
            notes=notes,
            settings=settings,
        )
    finally:
        store.close()


def console_for_output() -> Console:
    """Standard output; wide when it is piped, so that a table is not cut to 80 columns."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(highlight=False, width=max(Console().width, 140))
