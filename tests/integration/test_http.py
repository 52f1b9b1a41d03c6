"""The HTTP edge against a real server that answers well, badly, late, or not at all."""

from __future__ import annotations

import asyncio
import gzip
import logging
import time
import traceback
from collections.abc import Awaitable, Callable

import pytest

from app.errors import (
    AccessExpired,
    PermanentServiceError,
    RemoteRefused,
    ServiceError,
    TransientServiceError,
)
from app.ports.limits import Budget
from app.services.http import ApiClient
from app.services.http_reply import Reply
from app.services.limiter import LocalLimiter
from tests.servers.scripted_http import Answer, ScriptedHost, json_said, said, scripted_host

TOKEN = "tok-5ecret"
WIDE = {"notion": Budget(calls=1_000, per_seconds=1, burst=1_000)}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


class Talk:
    """A client, its limiter, and the host that it calls."""

    def __init__(
        self, host: ScriptedHost, budgets: dict[str, Budget], *, timeout: float, within: float
    ) -> None:
        self.host = host
        self.limiter = LocalLimiter(budgets)
        self.client = ApiClient(
            system="notion",
            tenant_id="acme",
            base_url=f"{host.url}/v1",
            limiter=self.limiter,
            headers={"Authorization": f"Bearer {TOKEN}"},
            within_seconds=within,
            timeout_seconds=timeout,
            max_answer_bytes=100_000,
        )

    async def get(self, path: str = "pages/1") -> Reply:
        return await self.client.request("GET", path, operation="read a page")

    async def post(self, *, is_safe_to_repeat: bool | None = None) -> Reply:
        return await self.client.request(
            "POST",
            "pages",
            operation="make a page",
            json={"title": "Secret plans"},
            is_safe_to_repeat=is_safe_to_repeat,
        )

    async def held_seconds(self) -> float:
        return (await self.limiter.ask("acme", "notion")).wait_seconds


Story = Callable[[Talk], Awaitable[None]]


def play(
    story: Story,
    *answers: Answer,
    budgets: dict[str, Budget] | None = None,
    timeout: float = 3,
    within: float = 4,
) -> ScriptedHost:
    async def on_a_loop() -> ScriptedHost:
        async with scripted_host(*answers) as host:
            talk = Talk(host, budgets or WIDE, timeout=timeout, within=within)
            try:
                await story(talk)
            finally:
                await talk.client.aclose()
        return host

    return asyncio.run(on_a_loop())


async def read_a_page(talk: Talk) -> None:
    await talk.get()


async def make_a_page(talk: Talk) -> None:
    await talk.post()


def error_of(
    story: Story, *answers: Answer, timeout: float = 3, within: float = 4
) -> tuple[ServiceError, ScriptedHost]:
    """How the story fails, and what the host heard."""
    errors: list[ServiceError] = []

    async def failing(talk: Talk) -> None:
        with pytest.raises(ServiceError) as caught:
            await story(talk)
        errors.append(caught.value)

    host = play(failing, *answers, timeout=timeout, within=within)
    return errors[0], host


def error_of_two_tries(answer: Answer) -> tuple[ServiceError, ScriptedHost]:
    """How a read fails that has time for a second try, however slow this machine is today."""
    error, host = error_of(read_a_page, answer, timeout=0.3, within=1.2)
    return (error, host) if len(host.heard) > 1 else error_of(read_a_page, answer, within=20)


def test_a_call_goes_out_as_asked_and_its_answer_comes_back() -> None:
    async def story(talk: Talk) -> None:
        reply = await talk.client.request(
            "POST",
            "pages",
            operation="make a page",
            params={"filter": ["a b", "c"], "n": 1},
            json={"title": "Zoë"},
            headers={"Notion-Version": "2026-03-11"},
        )
        assert reply.json_value() == {"id": "p1"}
        assert reply.headers["content-type"] == "application/json"

    host = play(story, json_said('{"id": "p1"}'))
    (heard,) = host.heard
    assert heard.line == "POST /v1/pages?filter=a+b&filter=c&n=1 HTTP/1.1"
    assert heard.body == '{"title":"Zoë"}'.encode()
    assert heard.headers["authorization"] == f"Bearer {TOKEN}"
    assert heard.headers["notion-version"] == "2026-03-11"
    assert heard.headers["user-agent"] == "tend"


def test_forms_and_bytes_go_out_as_well() -> None:
    async def story(talk: Talk) -> None:
        await talk.client.request("POST", "x", operation="x", form={"a": "b c"})
        await talk.client.request("PUT", "x", operation="x", content=b"\x00\x01")

    host = play(story, said(204))
    assert [heard.body for heard in host.heard] == [b"a=b+c", b"\x00\x01"]


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_not_tried_again(status: int) -> None:
    error, host = error_of(read_a_page, said(status))
    assert isinstance(error, AccessExpired)
    assert len(host.heard) == 1


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_a_refusal_is_not_tried_again(status: int) -> None:
    error, host = error_of(read_a_page, said(status, b'{"message": "of Globex"}'))
    assert isinstance(error, RemoteRefused)
    assert error.status == status
    assert "Globex" not in str(error)
    assert len(host.heard) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529, 429])
def test_a_read_is_tried_again_until_it_goes_well(status: int) -> None:
    host = play(read_a_page, said(status), said(status), json_said())
    assert len(host.heard) == 3


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_write_is_tried_once(status: int) -> None:
    error, host = error_of(make_a_page, said(status))
    assert isinstance(error, TransientServiceError)
    assert len(host.heard) == 1


def test_a_write_that_is_safe_to_repeat_is_tried_again_with_its_body() -> None:
    async def story(talk: Talk) -> None:
        await talk.post(is_safe_to_repeat=True)

    host = play(story, said(500), json_said())
    assert [heard.body for heard in host.heard] == [b'{"title":"Secret plans"}'] * 2


def test_a_read_that_is_not_safe_to_repeat_is_tried_once() -> None:
    async def story(talk: Talk) -> None:
        await talk.client.request("GET", "next", operation="draw", is_safe_to_repeat=False)

    error, host = error_of(story, said(500))
    assert isinstance(error, TransientServiceError)
    assert len(host.heard) == 1


@pytest.mark.parametrize("status", [429, 503, 529])
def test_a_wait_that_a_remote_asks_for_holds_everybody_off(status: int) -> None:
    async def story(talk: Talk) -> None:
        with pytest.raises(TransientServiceError) as caught:
            await talk.post()
        assert caught.value.retry_after == 20
        assert 10 < await talk.held_seconds() <= 20
        with pytest.raises(TransientServiceError, match="budget of calls") as held:
            await talk.get()
        assert held.value.retry_after is not None
        assert held.value.retry_after > 10
        assert len(talk.host.heard) == 1

    play(story, said(status, headers=[("Retry-After", "20")]))


def test_other_trouble_holds_nobody_off() -> None:
    async def story(talk: Talk) -> None:
        with pytest.raises(TransientServiceError):
            await talk.post()
        assert await talk.held_seconds() == 0

    play(story, said(500, headers=[("Retry-After", "20")]))


def test_a_short_wait_is_waited_for() -> None:
    host = play(read_a_page, said(429, headers=[("Retry-After", "1")]), json_said(), within=20)
    first, second = host.heard
    assert second.at - first.at >= 1


def test_a_wait_longer_than_the_time_there_is_ends_the_tries() -> None:
    error, host = error_of(read_a_page, said(429, headers=[("Retry-After", "30")]))
    assert isinstance(error, TransientServiceError)
    assert error.retry_after == 30
    assert len(host.heard) == 1


def test_tries_end_with_the_time_there_is() -> None:
    began = time.monotonic()
    error, host = error_of(read_a_page, said(500), within=1)
    assert isinstance(error, TransientServiceError)
    assert "answered 500" in str(error)
    assert 2 <= len(host.heard) <= 6
    assert time.monotonic() - began < 10


def test_every_try_takes_its_turn_at_the_limiter() -> None:
    async def story(talk: Talk) -> None:
        with pytest.raises(TransientServiceError, match="budget of calls"):
            await talk.get()

    budgets = {"notion": Budget(calls=2, per_seconds=600, burst=2)}
    assert len(play(story, said(500), budgets=budgets).heard) == 2


def test_an_answer_that_is_asked_for_is_no_error() -> None:
    async def story(talk: Talk) -> None:
        answered = frozenset({404, 503})
        for status in (404, 503):
            reply = await talk.client.request("GET", "x", operation="look", answered=answered)
            assert (reply.status, reply.content) == (status, b"why")
        assert await talk.held_seconds() > 10

    host = play(story, said(404, b"why"), said(503, b"why", [("Retry-After", "20")]))
    assert len(host.heard) == 2


PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
BROKEN = {
    "silence": Answer(after_seconds=30),
    "a drip without end": Answer(raw=PAGE + b"x" * 100, drip_seconds=0.1),
    "a reset": Answer(resets=True),
    "a reset within the body": Answer(raw=PAGE + b"half", resets=True),
    "an end without an answer": Answer(),
    "an end within the body": Answer(raw=PAGE + b"half"),
    "no HTTP": Answer(raw=b"SSH-2.0-OpenSSH_9.2 s3cret\r\n\r\n"),
    "broken compression": said(200, b"not gzip", [("Content-Encoding", "gzip")]),
    "a status that is none": Answer(raw=b"HTTP/1.1 abc s3cret\r\n\r\n"),
    "a redirect to nowhere": said(302, headers=[("Location", "http://host:s3cret/")]),
}


@pytest.mark.parametrize("trouble", BROKEN)
def test_a_broken_answer_is_worth_another_try(trouble: str) -> None:
    error, host = error_of_two_tries(BROKEN[trouble])
    assert isinstance(error, TransientServiceError)
    assert "s3cret" not in str(error)
    assert len(host.heard) >= 2
    assert len(play(read_a_page, BROKEN[trouble], json_said(), timeout=0.5).heard) == 2


def test_a_write_whose_answer_broke_off_is_not_repeated() -> None:
    error, host = error_of(make_a_page, Answer(resets=True))
    assert isinstance(error, TransientServiceError)
    assert len(host.heard) == 1


def test_a_host_that_is_not_there_is_said_to_be() -> None:
    async def story(talk: Talk) -> None:
        gone = ApiClient(
            system="notion",
            tenant_id="acme",
            base_url="http://127.0.0.1:1",
            limiter=talk.limiter,
            within_seconds=0.5,
        )
        try:
            await gone.request("GET", "x", operation="look")
        finally:
            await gone.aclose()

    error, _ = error_of(story, json_said())
    assert isinstance(error, TransientServiceError)
    assert "no connection" in str(error)


CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
HUGE = {
    "all at once": said(200, b"x" * 2_000_000),
    "in pieces": Answer(raw=CHUNKS + b"10000\r\n" + b"x" * 65536 + b"\r\n10000\r\n" + b"x" * 65536),
    "compressed": said(200, gzip.compress(bytes(5_000_000)), [("Content-Encoding", "gzip")]),
}


@pytest.mark.parametrize("way", HUGE)
def test_an_answer_that_is_too_large_is_not_read_to_its_end(way: str) -> None:
    error, host = error_of(read_a_page, HUGE[way])
    assert isinstance(error, PermanentServiceError)
    assert "larger than 100,000 bytes" in str(error)
    assert len(host.heard) == 1


def test_a_read_follows_a_redirect_on_the_same_host() -> None:
    async def story(talk: Talk) -> None:
        assert (await talk.get()).json_value() == {}

    host = play(story, said(301, headers=[("Location", "/v2/pages/1")]), json_said())
    assert host.lines == ["GET /v1/pages/1 HTTP/1.1", "GET /v2/pages/1 HTTP/1.1"]
    assert host.heard[1].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("where", ["http://localhost:{port}/x", "//localhost/x", "https://[::1]/x"])
def test_a_redirect_to_another_host_is_refused(where: str) -> None:
    async def story(talk: Talk) -> None:
        port = talk.host.url.rsplit(":", 1)[1]
        location = where.format(port=port)
        talk.host.answers.append(said(307, headers=[("Location", location)]))
        with pytest.raises(RemoteRefused, match="another host") as caught:
            await talk.get()
        assert caught.value.status == 307

    assert len(play(story).heard) == 1


def test_a_write_follows_no_redirect() -> None:
    error, host = error_of(make_a_page, said(307, headers=[("Location", "/v2/pages")]))
    assert isinstance(error, RemoteRefused)
    assert len(host.heard) == 1


def test_redirects_in_a_circle_come_to_an_end() -> None:
    error, host = error_of(read_a_page, said(302, headers=[("Location", "/v1/pages/1")]))
    assert isinstance(error, RemoteRefused)
    assert len(host.heard) == 4


def test_a_whole_address_is_called_on_the_same_host_alone() -> None:
    async def story(talk: Talk) -> None:
        await talk.get(f"{talk.host.url}/v1/pages?page=2")
        port = talk.host.url.rsplit(":", 1)[1]
        for elsewhere in (f"http://localhost:{port}/x", "https://127.0.0.1/x"):
            with pytest.raises(PermanentServiceError, match="another host"):
                await talk.get(elsewhere)

    assert play(story, json_said()).lines == ["GET /v1/pages?page=2 HTTP/1.1"]


def test_an_address_that_is_none_is_refused() -> None:
    async def story(talk: Talk) -> None:
        await talk.get("pages/\n1")

    error, host = error_of(story, json_said())
    assert isinstance(error, PermanentServiceError)
    assert host.heard == []


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f"{TOKEN}…"])
def test_a_key_that_cannot_be_sent_is_not_told(token: str) -> None:
    async def story(talk: Talk) -> None:
        await talk.client.request("GET", "x", operation="look", headers={"X-Key": token})

    error, host = error_of(story, json_said())
    assert isinstance(error, PermanentServiceError)
    assert TOKEN not in "".join(traceback.format_exception(error))
    assert host.heard == []


def test_neither_keys_nor_bodies_nor_addresses_are_logged(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async def story(talk: Talk) -> None:
        await talk.client.request("GET", "hook", operation="x", params={"key": TOKEN})
        await talk.post(is_safe_to_repeat=True)

    caplog.set_level(logging.DEBUG)
    play(story, said(500), json_said('{"note": "Secret plans"}'), said(500), json_said())
    written = caplog.text + "".join(capsys.readouterr())
    for secret in (TOKEN, "Secret plans", "hook"):
        assert secret not in written
    assert "retry" not in written


def test_a_client_that_was_closed_connects_anew() -> None:
    async def story(talk: Talk) -> None:
        await talk.client.aclose()
        await talk.get()
        await talk.client.aclose()
        await talk.get()

    assert len(play(story, json_said()).heard) == 2


def test_a_call_that_is_cancelled_ends_and_the_next_goes_on() -> None:
    async def story(talk: Talk) -> None:
        calling = asyncio.create_task(talk.get())
        await talk.host.was_asked.wait()
        calling.cancel()
        await asyncio.wait([calling])
        assert calling.cancelled()
        await talk.get()

    play(story, Answer(after_seconds=30), json_said())
