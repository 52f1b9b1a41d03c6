"""Requests that no page of ours makes, and what breaks: neither tells anybody anything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from app.domain.feed import FactKind
from app.domain.flow import FlowAsk, FlowName
from app.domain.viewer import Role, Sight, Viewer
from app.errors import TransientServiceError
from app.storage.sql_store import SqlStore, open_store
from app.web.dashboard import dashboard_app
from app.web.hosts import our_hosts
from app.web.site import Site
from tests.builders import account, rows_of
from tests.servers.dashboard import Dashboard, text_of

KIM = Viewer(by="kim@example.com", role=Role.REP, sight=Sight.OWN)
LINK = "/sign-in/main." + "a" * 43
NUL_PAGES = (
    "/accounts/%00",
    "/accounts/a%00?view=history",
    "/accounts/acme?view=tickets&factor=%00",
    "/accounts?q=%00&owner=%00&segment=%00",
    "/accounts.csv?q=%00",
    "/drafts/%00",
    "/drafts/%00.eml",
    "/drafts/%00/letter",
    "/documents/qbr?account=%00",
    "/documents/qbr?account=acme&key=%00",
    "/log?account=%00&by=%00&kind=%00&behind=%00",
    "/runs?after=%00",
    "/sign-in/%00",
)
FORMS = {
    "/accounts/note": ("account_id", "text"),
    "/accounts/log-call": ("account_id", "summary", "person"),
    "/accounts/maturity": ("account_id", "person"),
    "/accounts/override": ("account_id", "reason"),
    "/accounts/refresh": ("account_id",),
    "/accounts/letter-outcome": ("draft_id", "note"),
    "/incidents/acknowledge": ("incident_id",),
    "/drafts/edit": ("draft_id", "text"),
    "/drafts/drop": ("draft_id", "note"),
    "/runs/release": ("key",),
    "/you/password": ("current", "password", "again"),
    "/you/end-session": ("session",),
    "/sign-in": ("email", "password"),
}


def with_accounts(store: SqlStore, home: Path) -> Dashboard:
    """Kim's account, and another's whose id begins with Kim's."""
    mine = account(account_id="acme", name="Acme", owner_email=KIM.by)
    other = account(account_id="acme:north", name="Globex", owner_email="lee@example.com")
    rows = rows_of(mine, other)
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows))
    dashboard = Dashboard(store, home)
    dashboard.sign_in()
    return dashboard


@pytest.fixture
def dashboard(sqlite_store: SqlStore, tmp_path: Path) -> Dashboard:
    return with_accounts(sqlite_store, tmp_path)


@pytest.fixture
def on_postgres(postgres_url: str, tmp_path: Path) -> Iterator[Dashboard]:
    store = open_store(postgres_url)
    yield with_accounts(store, tmp_path)
    store.close()


def test_a_nul_is_refused_before_postgresql_does(on_postgres: Dashboard) -> None:
    for path in NUL_PAGES:
        assert on_postgres.get(path).status_code < HTTPStatus.INTERNAL_SERVER_ERROR, path
    for path, names in FORMS.items():
        for name in names:
            answer = on_postgres.post(path, {"account_id": "acme", name: "a\0b"})
            assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, (path, name)


@pytest.mark.parametrize(
    "charset, told", [("utf-7", "+2AA-@b.example"), ("punycode", "a-a"), ("utf-16", "ab")]
)
def test_a_form_is_read_in_utf_8_alone(dashboard: Dashboard, charset: str, told: str) -> None:
    """Others make text that no store keeps, or keep the process busy for seconds."""
    kind = f"multipart/form-data; boundary=X; charset={charset}"
    answer = dashboard.post("/sign-in", {"email": told}, headers={"Content-Type": kind})
    assert answer.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    answer = dashboard.post("/sign-in", {"email": told}, headers={"Content-Type": kind})
    assert answer.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("origin", ["http://[", "null", "http://127.0.0.1.example", "127.0.0.1"])
def test_a_form_from_nowhere_is_refused(dashboard: Dashboard, origin: str) -> None:
    answer = dashboard.post("/sign-in", {"email": "a"}, headers={"Origin": origin})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "came from another site" in text_of(answer)


def broken_at_the_door(why: Exception, path: str) -> httpx.Response:
    """The answer of a dashboard whose workings raise."""

    def site() -> Site:
        raise why

    async def ask() -> httpx.Response:
        web = dashboard_app(site, our_hosts("127.0.0.1", ""))
        transport = httpx.ASGITransport(app=web, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.get(f"http://127.0.0.1{path}")

    return asyncio.run(ask())


def test_what_breaks_is_answered_with_careful_headers_and_no_word_of_why() -> None:
    with capture_logs() as lines:
        answer = broken_at_the_door(RuntimeError("the secret of the house"), LINK)
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "the secret of the house" not in answer.text
    (line,) = lines
    assert (line["event"], line["page"]) == ("page.failed", "/sign-in/{text}")
    assert "a" * 43 not in f"{line}"


def test_a_store_out_of_reach_does_not_tell_strangers_where_it_is() -> None:
    why = TransientServiceError("store", "read", 'connection to "10.1.2.3", user "tend" failed')
    with capture_logs() as lines:
        answer = broken_at_the_door(why, LINK)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "No answer from store just now" in text_of(answer)
    assert "10.1.2.3" not in answer.text
    assert "10.1.2.3" in f"{lines}"


def test_one_accounts_address_tells_nothing_of_anothers_refresh(dashboard: Dashboard) -> None:
    flow_id = "main:scan:acme:north:20261121T070000Z"
    asked = FlowAsk(tenant_id="main", flow=FlowName.SCAN, flow_id=flow_id)
    asyncio.run(dashboard.desk.enqueue(asked))
    path = "/accounts/acme{}?view=refresh&of={}20261121T070000Z"
    assert dashboard.get(path.format("%3Anorth", "")).status_code == HTTPStatus.OK
    dashboard.sign_in(KIM)
    for told in ("north:", "north%3A", "%20", "x"):
        assert dashboard.get(path.format("", told)).status_code == HTTPStatus.NOT_FOUND
    assert "There is no such refresh" in dashboard.get(path.format("", "")).text


@pytest.mark.parametrize("day", ["0001-01-01", "1889-12-31", "9999-12-31"])
def test_a_call_of_another_century_is_not_kept(dashboard: Dashboard, day: str) -> None:
    form = {"account_id": "acme", "summary": "hello", "kind": "call", "on": day}
    answer = dashboard.post("/accounts/log-call", form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert day in answer.text
