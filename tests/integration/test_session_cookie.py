"""The cookie's name and manner, by how the dashboard is reached."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from app.storage.sql_store import SqlStore
from app.web.cookies import COOKIE, COOKIE_BY_HTTPS
from tests.servers.dashboard import OWN_REP, PASSWORD, Dashboard

OURS = "https://tend.example.com"
LOCAL = "http://127.0.0.1:8321"
TYPED = {"email": OWN_REP.by, "password": PASSWORD}


def reached(store: SqlStore, home: Path, origin: str, url: str) -> Dashboard:
    """A dashboard whose address is `url`, asked at `origin`; Kim has a password."""
    dashboard = Dashboard(store, home, origin=origin, url=url)
    dashboard.sign_in(OWN_REP)
    dashboard.cookies = {}
    return dashboard


@pytest.mark.parametrize(
    "origin, url",
    [
        ("https://127.0.0.1", ""),
        ("https://tend.example.com", OURS),
        ("http://tend.example.com", OURS),
        ("http://localhost:8443", "https://localhost:8443"),
    ],
    ids=["says so", "says so, and is told", "is told", "is told, on the machine itself"],
)
def test_by_https_the_cookie_is_this_hosts_alone(
    sqlite_store: SqlStore, tmp_path: Path, origin: str, url: str
) -> None:
    dashboard = reached(sqlite_store, tmp_path, origin, url)
    cookie = dashboard.post("/sign-in", TYPED).headers["set-cookie"]
    name, *rest = cookie.split("; ")
    assert name.startswith("__Host-tend_session=main.")
    assert {"Secure", "Path=/", "HttpOnly", "SameSite=lax", "Max-Age=604800"} == set(rest)
    assert dashboard.get("/you").status_code == HTTPStatus.OK

    gone = dashboard.post("/sign-out").headers["set-cookie"]

    assert gone.startswith('__Host-tend_session=""; ')
    assert {"Secure", "Path=/", "Max-Age=0"} <= set(gone.split("; "))


@pytest.mark.parametrize(
    "origin, url",
    [
        (LOCAL, ""),
        (LOCAL, OURS),
        ("http://localhost:8321", OURS),
        ("http://[::1]:8321", OURS),
        ("http://localhost:8321", "https://localhost:8443"),
        ("http://tend.example.com", "http://tend.example.com"),
    ],
)
def test_by_http_it_has_the_plain_name_and_is_sent_back(
    sqlite_store: SqlStore, tmp_path: Path, origin: str, url: str
) -> None:
    dashboard = reached(sqlite_store, tmp_path, origin, url)
    cookie = dashboard.post("/sign-in", TYPED).headers["set-cookie"]
    assert cookie.startswith("tend_session=main.")
    assert "Secure" not in cookie
    assert "Domain" not in cookie
    assert dashboard.get("/you").status_code == HTTPStatus.OK
    assert dashboard.post("/sign-out").headers["set-cookie"].startswith('tend_session=""; ')


@pytest.mark.parametrize(
    "origin, name, other",
    [(OURS, COOKIE_BY_HTTPS, COOKIE), (LOCAL, COOKIE, COOKIE_BY_HTTPS)],
    ids=["by https", "by http"],
)
def test_neither_name_is_taken_for_the_other(
    sqlite_store: SqlStore, tmp_path: Path, origin: str, name: str, other: str
) -> None:
    dashboard = reached(sqlite_store, tmp_path, origin, OURS)
    dashboard.sign_in(OWN_REP)
    text = dashboard.session
    for carried, status in (
        ({name: text}, HTTPStatus.OK),
        ({other: text}, HTTPStatus.SEE_OTHER),
        ({other: text, name: "main." + "a" * 43}, HTTPStatus.SEE_OTHER),
        ({other: "main." + "a" * 43, name: text}, HTTPStatus.OK),
    ):
        dashboard.cookies = dict(carried)
        assert dashboard.get("/you").status_code == status
    dashboard.cookies = {other: text}
    changed = dashboard.post("/you/end-others")
    assert changed.headers["location"] == "/sign-in"
    assert dashboard.get("/sign-in").status_code == HTTPStatus.OK


def test_a_cookie_that_a_neighbour_put_there_is_not_what_a_sign_in_goes_on_from(
    sqlite_store: SqlStore, tmp_path: Path
) -> None:
    """Another host of the domain can put the plain one there, and not the other."""
    dashboard = reached(sqlite_store, tmp_path, OURS, OURS)
    dashboard.sign_in(OWN_REP)
    foisted = dashboard.session
    dashboard.cookies = {COOKIE: foisted}
    dashboard.post("/sign-in", TYPED)
    assert dashboard.cookies[COOKIE_BY_HTTPS] != foisted
    dashboard.post("/sign-out")
    dashboard.cookies.pop(COOKIE_BY_HTTPS, None)
    assert dashboard.get("/you").status_code == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize("before, after", [(b"\xa0", b""), (b"\x85", b""), (b"", b"\xa0")])
def test_a_neighbour_cannot_pass_blanks_off_as_nothing(
    sqlite_store: SqlStore, tmp_path: Path, before: bytes, after: bytes
) -> None:
    """To a browser such a name has no prefix, so that any host of the domain may set it."""
    dashboard = reached(sqlite_store, tmp_path, OURS, OURS)
    dashboard.sign_in(OWN_REP)
    text = dashboard.session.encode()
    name = COOKIE_BY_HTTPS.encode()
    own = name + b"=" + text
    foisted = before + name + after + b"=" + text
    other = before + name + after + b"=main." + b"a" * 43
    assert page_carrying(dashboard, foisted) == HTTPStatus.SEE_OTHER
    assert page_carrying(dashboard, other + b"; " + own) == HTTPStatus.OK
    assert page_carrying(dashboard, own + b"; " + other) == HTTPStatus.OK
    assert page_carrying(dashboard, b"a=b;\t" + own + b" ;c") == HTTPStatus.OK


def page_carrying(dashboard: Dashboard, cookie: bytes) -> int:
    """What `/you` answers to a browser that sends this, byte for byte."""

    async def ask() -> int:
        transport = httpx.ASGITransport(app=dashboard.web)
        async with httpx.AsyncClient(transport=transport) as client:
            headers = [(b"Cookie", cookie)]
            return (await client.get(f"{OURS}/you", headers=headers)).status_code

    return asyncio.run(ask())
