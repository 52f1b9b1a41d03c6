"""Who sees what, and who may change it: every route of the dashboard, none forgotten."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.scan import Scan
from app.domain.viewer import Role, Sight, Viewer
from app.jobs.acts.overriding import override_band
from app.ports.store import Unit
from app.services.session_tokens import csrf_of
from app.storage.sql_store import SqlStore, open_store
from app.web.site import COOKIE
from tests.integration.dashboard_routes import (
    ROUTES,
    TOLD_ELSEWHERE,
    Asked,
    Ids,
    Rule,
    ids_of,
    routes_there,
)
from tests.servers.dashboard import ADMIN, Dashboard
from tests.web_proof.demo_store import keep_documents

INES = Viewer(by="ines.halvorsen@fathomline.example", role=Role.REP, sight=Sight.OWN)
MARCUS = Viewer(by="marcus.abiodun-cole@fathomline.example", role=Role.REP, sight=Sight.OWN)
READER = Viewer(by="reader@fathomline.example", role=Role.READER)
REP = Viewer(by="rep@fathomline.example", role=Role.REP)
NEIGHBOUR = Viewer(by="admin@neighbour.example", role=Role.ADMIN)
MARCUS_ACCOUNT = "alderpoint-freight"

CHANGES = [one for one in ROUTES if one.method == "POST"]
READINGS = [one for one in ROUTES if one.method == "GET"]


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
    home = Path(shutil.copytree(lived_home, folder / "home"))
    store = open_store(f"sqlite:///{home / 'tend.sqlite3'}")
    latest = store.read_now("main", lambda unit: unit.scans.latest())
    assert latest is not None
    _say_another_band(store, latest)
    _keep_documents(store, latest)
    accounts = store.read_now("main", lambda unit: unit.book.active(latest.local_day))
    soon = f"{latest.local_day + timedelta(days=9)}"
    watch = sqlite3.connect(home / "tend.sqlite3")
    (event,) = watch.execute("SELECT event_id FROM event_parked").fetchone()
    yield Ground(
        home=home,
        store=store,
        now=latest.now,
        ids=store.read_now(
            "main", lambda unit: ids_of(unit, MARCUS_ACCOUNT, event=event, soon=soon)
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


@pytest.fixture(scope="module")
def ground(lived_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """For tests after which everything is as it was."""
    with opened(lived_home, tmp_path_factory.mktemp("guarded")) as ground:
        yield ground


@pytest.fixture
def own_ground(lived_home: Path, tmp_path: Path) -> Iterator[Ground]:
    """For a test that changes something."""
    with opened(lived_home, tmp_path) as ground:
        yield ground


def named(one: Asked) -> str:
    return one.name


def test_no_route_is_forgotten() -> None:
    assert routes_there() == {(one.method, one.path) for one in ROUTES} | TOLD_ELSEWHERE


@pytest.mark.parametrize("one", READINGS, ids=named)
def test_who_may_see_it_sees_it(ground: Ground, one: Asked) -> None:
    assert ground.asked(ground.visited_by(ADMIN), one).status_code == 200
    if one.rule is Rule.OF_ACCOUNT:
        assert ground.asked(ground.visited_by(MARCUS), one).status_code == 200


@pytest.mark.parametrize("one", CHANGES, ids=named)
def test_who_may_change_it_does(own_ground: Ground, one: Asked) -> None:
    who = own_ground.visited_by(MARCUS if one.rule is Rule.OF_ACCOUNT else ADMIN)
    before = own_ground.version()
    fields = one.fields(own_ground.ids) | {"back": "//evil.example/"}
    answer = who.post(one.address(own_ground.ids), fields)
    assert answer.status_code in {200, 303}, answer.text
    assert re.match("/[^/]|/$|$", answer.headers.get("location", "")), "led to another site"
    assert own_ground.version() != before or who.desk.asked


@pytest.mark.parametrize("one", ROUTES, ids=named)
def test_another_reps_things_are_as_if_they_were_not_there(ground: Ground, one: Asked) -> None:
    ines = ground.visited_by(INES)
    before = ground.version()
    answer = ground.asked(ines, one)
    if one.rule is not Rule.OF_MANY:
        assert answer.status_code == 404
    for name, owner in ground.names.items():
        if owner not in {INES.by, ""}:
            assert name not in answer.text
    assert ground.version() == before


@pytest.mark.parametrize("one", ROUTES, ids=named)
def test_another_tenants_things_are_as_if_they_were_not_there(ground: Ground, one: Asked) -> None:
    neighbour = ground.visited_by(NEIGHBOUR, tenant="neighbour")
    before = ground.version()
    answer = ground.asked(neighbour, one)
    if one.rule is Rule.OF_ACCOUNT:
        assert answer.status_code == 404
    for name in ground.names:
        assert name not in answer.text
    assert ground.version() == before


@pytest.mark.parametrize("one", ROUTES, ids=named)
def test_who_is_not_signed_in_is_asked_to(ground: Ground, one: Asked) -> None:
    stranger = Dashboard(store=ground.store, home=ground.home, now=ground.now)
    before = ground.version()
    answer = ground.asked(stranger, one)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert ground.version() == before


@pytest.mark.parametrize("word", ["", "wrong", "of another session"])
@pytest.mark.parametrize("one", CHANGES, ids=named)
def test_a_form_without_the_sessions_word_changes_nothing(
    ground: Ground, one: Asked, word: str
) -> None:
    admin = ground.visited_by(ADMIN)
    csrf = _csrf_of_another(ground) if word.startswith("of") else word
    before = ground.version()
    assert ground.asked(admin, one, csrf=csrf).status_code == 403
    assert ground.version() == before


@pytest.mark.parametrize("one", CHANGES, ids=named)
def test_a_form_that_another_site_sends_changes_nothing(ground: Ground, one: Asked) -> None:
    admin = ground.visited_by(ADMIN)
    before = ground.version()
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = admin.post(one.address(ground.ids), one.fields(ground.ids), headers=headers)
        assert answer.status_code == 403
    assert ground.version() == before


@pytest.mark.parametrize("one", CHANGES, ids=named)
def test_who_may_only_look_changes_nothing(ground: Ground, one: Asked) -> None:
    reader = ground.visited_by(READER)
    before = ground.version()
    assert ground.asked(reader, one).status_code == 403
    assert ground.version() == before


@pytest.mark.parametrize("one", CHANGES, ids=named)
def test_what_concerns_the_tenant_is_an_admins(ground: Ground, one: Asked) -> None:
    rep = ground.visited_by(REP)
    if one.rule is Rule.OPERATIONS:
        before = ground.version()
        assert ground.asked(rep, one).status_code == 403
        assert ground.version() == before


@pytest.mark.parametrize("one", READINGS, ids=named)
def test_every_page_comes_with_careful_headers(ground: Ground, one: Asked) -> None:
    headers = ground.asked(ground.visited_by(ADMIN), one).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    if policy.startswith("sandbox;"):  # a document: styles of its own, and nothing that runs
        assert "script-src" not in policy
        assert "allow-" not in policy
        assert "frame-ancestors 'self'" in policy
    else:
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def _csrf_of_another(ground: Ground) -> str:
    return csrf_of(ground.visited_by(REP).cookies[COOKIE])
