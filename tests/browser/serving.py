"""A service over a folder, and the way into its dashboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from app.storage.sql_store import SqlStore, open_store
from app.web.cookies import COOKIE
from tests.e2e.service_process import ServiceProcess, running
from tests.servers.dashboard import FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running service."""

    home: Path
    process: ServiceProcess
    way_in: str
    """The one-time link that it printed."""

    session: str = ""
    """The cookie of whoever came by the link; empty: nobody did yet."""

    def signed_in(self) -> Served:
        """The same, with a session; the link is used up."""
        answer = httpx.post(self.way_in, headers={"Content-Type": FORM}, timeout=30)
        assert answer.status_code == 303, answer.text
        return replace(self, session=answer.cookies[COOKIE])

    @property
    def origin(self) -> str:
        """Where it answers."""
        return self.process.address

    @contextmanager
    def store(self) -> Iterator[SqlStore]:
        """What it keeps, beside it."""
        opened = open_store(f"sqlite:///{self.home / 'tend.sqlite3'}")
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def served(home: Path) -> Iterator[Served]:
    """Start it on a free port; stopped when left."""
    with running(home) as process:
        process.until_ready()
        process.until_said("Open the dashboard")
        found = re.search(r"http://\S+/sign-in/\S+", process.words)
        assert found, process.words
        yield Served(home=home, process=process, way_in=found[0])
        process.kill()
