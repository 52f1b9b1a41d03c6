"""HEAD as GET without a body, wherever there is a page or a file; what else an address takes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from starlette.types import Message, Scope

from app.domain.viewer import Viewer
from app.web.assets import FOLDER, asset
from app.web.cookies import COOKIE
from tests.integration.dashboard_ground import INES, Ground, opened
from tests.integration.dashboard_routes import ROUTES, Rule, routes_there
from tests.servers.dashboard import ADMIN, Dashboard

OUTSIDE = ("/sign-in", "/sign-in?next=/drafts", f"/sign-in/main.{'a' * 43}", "/no/such/page")
FILES = ("/favicon.ico", "/static/nothing.css", *(asset(one) for one in ("tend.css", "tend.js")))
READINGS = [one.at for one in ROUTES if one.method == "GET"]


@pytest.fixture(scope="module")
def ground(lived_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with opened(lived_home, tmp_path_factory.mktemp("headed")) as ground:
        yield ground


def address(ground: Ground, at: str) -> str:
    (asked,) = [one for one in ROUTES if one.method == "GET" and one.at == at]
    return asked.address(ground.ids)


def told(answer: httpx.Response) -> dict[str, str]:
    """The status and headers, without what is another with each request."""
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return {**headers, "status": str(answer.status_code)}


def same_head(dashboard: Dashboard, path: str) -> httpx.Response:
    """What HEAD is answered, which is what GET is, without the body."""
    head = dashboard.ask("HEAD", path)
    assert told(head) == told(dashboard.get(path))
    return head


@pytest.mark.parametrize("viewer", [ADMIN, INES], ids=["who sees it", "who may not"])
@pytest.mark.parametrize("at", READINGS)
def test_a_pages_head_is_given_to_who_is_given_the_page(
    ground: Ground, at: str, viewer: Viewer
) -> None:
    dashboard = ground.visited_by(viewer)
    (rule,) = {one.rule for one in ROUTES if one.method == "GET" and one.at == at}
    before = ground.version()
    head = same_head(dashboard, address(ground, at))
    if viewer is ADMIN:
        assert head.status_code == HTTPStatus.OK
    elif rule is Rule.OF_ACCOUNT:
        assert head.status_code == HTTPStatus.NOT_FOUND
    assert ground.version() == before


@pytest.mark.parametrize("at", [*READINGS, *OUTSIDE, *FILES])
def test_a_pages_head_leads_a_stranger_where_the_page_does(ground: Ground, at: str) -> None:
    stranger = Dashboard(store=ground.store, home=ground.home, now=ground.now)
    head = same_head(stranger, address(ground, at) if at in READINGS else at)
    if at in READINGS:
        assert head.headers["location"].startswith("/sign-in")


def raw(dashboard: Dashboard, method: str, path: str) -> list[Message]:
    """All that the application sends, as a server would hear it, which asks it once."""
    sent: list[Message] = []
    cookie = f"{COOKIE}={dashboard.session}".encode()
    scope: Scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie)],
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }

    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        for message in asked:
            return message
        await asyncio.Event().wait()  # he stays to the end
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def ask() -> None:
        await dashboard.web(scope, receive, send)

    asyncio.run(ask())
    return sent


@pytest.mark.parametrize(
    "path", ["/", "/accounts", "/accounts.csv", "/log", "/you", "/no/such/page", "/static/tend.css"]
)
def test_no_body_goes_with_a_head_and_its_length_is_told(ground: Ground, path: str) -> None:
    dashboard = ground.visited_by(ADMIN)
    start, *rest = raw(dashboard, "HEAD", path)
    assert b"".join(message["body"] for message in rest) == b""
    starts = {**dict(start["headers"]), b"x-request-id": b""}
    whole, *parts = raw(dashboard, "GET", path)
    assert {**dict(whole["headers"]), b"x-request-id": b""} == starts
    length = len(b"".join(message["body"] for message in parts))
    assert starts.get(b"content-length", str(length).encode()) == str(length).encode()
    if path == "/static/tend.css":
        assert length == (FOLDER / "tend.css").stat().st_size


def test_a_link_is_not_used_up_by_its_head(ground: Ground) -> None:
    assert (
        same_head(
            Dashboard(store=ground.store, home=ground.home, now=ground.now), OUTSIDE[2]
        ).status_code
        == HTTPStatus.GONE
    )


def test_a_stream_is_not_asked_for_its_head(ground: Ground) -> None:
    for method in ("HEAD", "DELETE"):
        answer = ground.visited_by(ADMIN).ask(method, "/runs/live")
        assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert answer.headers["allow"] == "GET, OPTIONS"


@pytest.mark.parametrize("path", sorted({path for _, path in routes_there()}))
def test_every_address_says_what_it_takes_and_that_is_all_it_takes(
    ground: Ground, path: str
) -> None:
    stranger = Dashboard(store=ground.store, home=ground.home, now=ground.now)
    asked = path.replace("{account_id:path}", "x").replace("{draft_id}", "x")
    asked = asked.replace("{text}", "x").replace("{kind}", "x")
    methods = {method for method, its in routes_there() if its == path}
    options = stranger.ask("OPTIONS", asked)
    assert options.status_code == HTTPStatus.NO_CONTENT
    assert options.content == b""
    allowed = set(options.headers["allow"].split(", "))
    assert methods | {"OPTIONS"} <= allowed
    assert "access-control-allow-origin" not in options.headers
    assert "content-security-policy" in options.headers
    for method in ("TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "x"):
        answer = stranger.ask(method, asked)
        assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert set(answer.headers["allow"].split(", ")) == allowed
    if "GET" not in allowed:
        for method in ("GET", "HEAD"):
            assert stranger.ask(method, asked).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_an_address_that_is_read_and_sent_a_form_says_both(ground: Ground) -> None:
    stranger = Dashboard(store=ground.store, home=ground.home, now=ground.now)
    for path in ("/sign-in", "/sign-in/x"):
        assert stranger.ask("PUT", path).headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert stranger.ask("GET", "/sign-out").headers["allow"] == "OPTIONS, POST"
    assert stranger.post("/you").headers["allow"] == "GET, HEAD, OPTIONS"


def test_what_is_not_there_takes_nothing(ground: Ground) -> None:
    stranger = Dashboard(store=ground.store, home=ground.home, now=ground.now)
    for method in ("OPTIONS", "TRACE", "HEAD", "GET", "PUT"):
        answer = stranger.ask(method, "/no/such/page")
        assert answer.status_code == HTTPStatus.NOT_FOUND
        assert "allow" not in answer.headers


def test_nothing_that_was_sent_is_sent_back(ground: Ground) -> None:
    dashboard = ground.visited_by(ADMIN)
    answer = dashboard.ask("TRACE", "/you", headers={"X-Private": "words of mine"})
    assert "words of mine" not in answer.text
    assert dashboard.session not in answer.text
