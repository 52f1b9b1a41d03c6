"""A dashboard over the made-up book, and people who may see this or that of it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.scan import Scan
from app.domain.viewer import Role, Sight, Viewer
from app.domain.web_session import Identity
from app.jobs.acts.overriding import override_band
from app.jobs.sessions import begin_session
from app.ports.store import Unit
from app.storage.sql_store import SqlStore, open_store
from tests.integration.dashboard_routes import Asked, Ids, ids_of
from tests.servers.dashboard import Dashboard
from tests.web_proof.demo_store import keep_documents

INES = Viewer(by="ines.halvorsen@fathomline.example", role=Role.REP, sight=Sight.OWN)
MARCUS = Viewer(by="marcus.abiodun-cole@fathomline.example", role=Role.REP, sight=Sight.OWN)
READER = Viewer(by="reader@fathomline.example", role=Role.READER)
REP = Viewer(by="rep@fathomline.example", role=Role.REP)
NEIGHBOUR = Viewer(by="admin@neighbour.example", role=Role.ADMIN)
MARCUS_ACCOUNT = "alderpoint-freight"
SOURCES = {"support": {"system": "jira", "url": "http://127.0.0.1:1", "token": "x"}}
"""A source of tickets, so that it can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A dashboard over the made-up book; the ids of one of Marcus's accounts."""

    home: Path
    store: SqlStore
    now: datetime
    ids: Ids
    names: dict[str, str]
    """Every account's name with its owner."""
    watch: sqlite3.Connection
    """Beside the store, to hear of what is written."""

    browsers: dict[str, Dashboard] = field(default_factory=dict)

    def visited_by(self, viewer: Viewer, *, tenant: str = "main") -> Dashboard:
        """His browser; he is signed in, and was there already."""
        if viewer.by not in self.browsers:
            dashboard = Dashboard(store=self.store, home=self.home, now=self.now)
            settings = dashboard.site.settings.model_copy(update={"tickets": SOURCES})
            dashboard.site = replace(dashboard.site, settings=settings)
            dashboard.sign_in(viewer, tenant=tenant)
            assert dashboard.get("/").status_code == 200
            self.browsers[viewer.by] = dashboard
        return self.browsers[viewer.by]

    def asked(self, dashboard: Dashboard, one: Asked, *, csrf: str | None = None) -> httpx.Response:
        """The route's request, as whoever is signed in there."""
        if one.method == "GET":
            return dashboard.get(one.address(self.ids))
        return dashboard.post(one.address(self.ids), one.fields(self.ids), csrf=csrf)

    def version(self) -> int:
        """Another number as soon as anybody has written anything."""
        (found,) = self.watch.execute("PRAGMA data_version").fetchone()
        return int(found)


@contextmanager
def opened(lived_home: Path, folder: Path) -> Iterator[Ground]:
    """A copy of the book, with something of everything in it."""
    home = Path(shutil.copytree(lived_home, folder / "home"))
    store = open_store(f"sqlite:///{home / 'tend.sqlite3'}")
    latest = store.read_now("main", lambda unit: unit.scans.latest())
    assert latest is not None
    _say_another_band(store, latest)
    _keep_documents(store, latest)
    elsewhere = store.write_now("main", lambda unit: _signed_in(unit, latest.now))
    accounts = store.read_now("main", lambda unit: unit.book.active(latest.local_day))
    soon = f"{latest.local_day + timedelta(days=9)}"
    watch = sqlite3.connect(home / "tend.sqlite3")
    (event,) = watch.execute("SELECT event_id FROM event_parked").fetchone()
    yield Ground(
        home=home,
        store=store,
        now=latest.now,
        ids=store.read_now(
            "main",
            lambda unit: ids_of(unit, MARCUS_ACCOUNT, event=event, soon=soon, session=elsewhere),
        ),
        names={one.name: one.owner_email or "" for one in accounts},
        watch=watch,
    )
    watch.close()
    store.close()


def _say_another_band(store: SqlStore, latest: Scan) -> None:
    """So that there is something to take back."""

    def say(unit: Unit) -> None:
        account = unit.book.accounts([MARCUS_ACCOUNT])[MARCUS_ACCOUNT]
        until = latest.local_day + timedelta(days=9)
        override_band(
            unit, account, Agent.TAM, Band.AMBER, until=until, reason="x", by="x", at=latest.now
        )

    store.write_now("main", say)


def _keep_documents(store: SqlStore, latest: Scan) -> None:
    def keep(unit: Unit) -> None:
        account = unit.book.accounts([MARCUS_ACCOUNT])[MARCUS_ACCOUNT]
        keep_documents(unit, account, latest.now)

    store.write_now("main", keep)


def _signed_in(unit: Unit, at: datetime) -> str:
    """A session of Marcus's in another browser."""
    who = Identity(by=MARCUS.by, is_by_link=False)
    return begin_session(unit, who, at=at).session.handle
