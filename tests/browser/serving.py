"""A service over a folder, and the way into its dashboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx

from app.domain.user import User
from app.domain.viewer import Role, Sight
from app.domain.web_session import Identity, Origin
from app.jobs.sessions import begin_session
from app.ports.store import Unit
from app.storage.sql_store import SqlStore, open_store
from app.web.cookies import COOKIE
from tests.e2e.service_process import ServiceProcess, running
from tests.servers.dashboard import FORM

LONG_AGO = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
RITA = User(
    email="rita@example.com",
    name="Rita",
    role=Role.REP,
    sight=Sight.OWN,
    password_hash="",
    password_at=LONG_AGO,
    made_at=LONG_AGO,
    made_by="os:rita",
    ended_at=LONG_AGO,
)


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

    @contextmanager
    def with_a_user(self) -> Iterator[str]:
        """Somebody has a password, until left; the cookie of his session."""
        with self.store() as store:
            yield store.write_now("main", _come)
            store.write_now("main", _go)

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


def _come(unit: Unit) -> str:
    """A rep who sees her own accounts, and is signed in at another place too."""
    at = datetime.now(UTC)
    unit.users.keep(replace(RITA, ended_at=None))
    who = Identity(by=RITA.email, is_by_link=False)
    begin_session(unit, who, at=at, origin=Origin(client="192.0.2.7", browser="Firefox on Linux"))
    return begin_session(unit, who, at=at).text


def _go(unit: Unit) -> None:
    unit.users.keep(RITA)
    unit.sessions.end_all_of(RITA.email)


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
