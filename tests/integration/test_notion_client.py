"""The client of Notion against answers as told: what is repeated, what is not, what is said."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import pytest
from pydantic import JsonValue

from app.blocks.chunks import planned
from app.blocks.kinds import Bullet, Paragraph
from app.errors import AccessExpired, InvalidInput, ServiceError, TransientServiceError
from app.ports.limits import Budget
from app.services.limiter import LocalLimiter
from app.services.notion.appending import append_planned
from app.services.notion.client import NotionApi
from app.services.notion.errors import (
    BlockLimitReached,
    NotionRefused,
    QueryIncomplete,
    UnknownOutcome,
)
from app.services.notion.paging import children_of, relation_ids
from app.services.notion.query import query_all

TOKEN = "ntn_secret"
ID = "0" * 32
T = TypeVar("T")
Said = httpx.Response | Exception


def fault(status: int, code: str = "x", message: str = "no", **more: JsonValue) -> httpx.Response:
    wait = more.pop("wait", None)
    body = {"object": "error", "code": code, "message": message, "additional_data": more}
    headers = {} if wait is None else {"retry-after": str(wait)}
    return httpx.Response(status, json=body, headers=headers)


def fine(**body: JsonValue) -> httpx.Response:
    return httpx.Response(200, json=body)


def listed(*rows: JsonValue, cursor: str = "", cut: bool = False) -> httpx.Response:
    more: dict[str, JsonValue] = {"request_status": {"type": "incomplete"}} if cut else {}
    return fine(results=list(rows), has_more=bool(cursor), next_cursor=cursor or None, **more)


@dataclass
class Script(httpx.AsyncBaseTransport):
    """Answers in the order told."""

    answers: list[Said]
    heard: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        said = self.answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    def body(self, at: int) -> dict[str, JsonValue]:
        parsed: dict[str, JsonValue] = json.loads(self.heard[at].content)
        return parsed


def during(
    script: Script, work: Callable[[NotionApi], Awaitable[T]], within_seconds: float = 2
) -> T:
    async def run() -> T:
        budget = Budget(calls=1_000, per_seconds=1, burst=500)
        api = NotionApi(
            token=TOKEN,
            tenant_id="acme",
            limiter=LocalLimiter({"notion": budget}),
            transport=script,
            within_seconds=within_seconds,
        )
        try:
            return await work(api)
        finally:
            await api.aclose()

    return asyncio.run(run())


def create(api: NotionApi) -> Awaitable[dict[str, JsonValue]]:
    return api.pages.create(parent={"page_id": ID}, properties={})


def read(api: NotionApi) -> Awaitable[dict[str, JsonValue]]:
    return api.pages.retrieve(ID)


def write(api: NotionApi) -> Awaitable[dict[str, JsonValue]]:
    return api.pages.update(ID, properties={})


def ask(api: NotionApi) -> Awaitable[dict[str, JsonValue]]:
    return api.data_sources.query(ID, page_size=1)


def append(api: NotionApi) -> Awaitable[dict[str, JsonValue]]:
    return api.blocks.children.append(ID, children=[])


Work = Callable[[NotionApi], Awaitable[dict[str, JsonValue]]]


def test_a_call_names_version_and_token_and_its_own_path() -> None:
    script = Script([fine(id=ID)])
    assert during(script, create) == {"id": ID}
    request = script.heard[0]
    assert request.headers["notion-version"] == "2026-03-11"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert (request.method, request.url.path) == ("POST", "/v1/pages")


@pytest.mark.parametrize("work", [read, write, ask])
@pytest.mark.parametrize("trouble", [500, 502, 503, 504, "connect", "read", "html"])
def test_what_can_be_repeated_is(work: Work, trouble: int | str) -> None:
    troubles: dict[str, Said] = {
        "connect": httpx.ConnectError("refused"),
        "read": httpx.ReadTimeout("late"),
        "html": httpx.Response(200, text="<html>"),
    }
    said = troubles.get(str(trouble)) or fault(int(trouble))
    script = Script([said, fine(id=ID)])
    assert during(script, work) == {"id": ID}
    assert len(script.heard) == 2


@pytest.mark.parametrize("work", [create, append])
@pytest.mark.parametrize("trouble", [500, 502, 503, 504, "reset", "read", "html"])
def test_a_create_is_never_repeated_blindly(work: Work, trouble: int | str) -> None:
    troubles: dict[str, Said] = {
        "reset": httpx.RemoteProtocolError("gone"),
        "read": httpx.ReadTimeout("late"),
        "html": httpx.Response(200, text="<html>"),
    }
    said = troubles.get(str(trouble)) or fault(int(trouble))
    script = Script([said])
    with pytest.raises(UnknownOutcome):
        during(script, work)
    assert len(script.heard) == 1


def test_a_create_that_reached_nobody_is_no_unknown_outcome() -> None:
    with pytest.raises(TransientServiceError) as raised:
        during(Script([httpx.ConnectError("refused")]), create)
    assert not isinstance(raised.value, UnknownOutcome)


def test_what_was_saved_in_spite_of_the_answer_is_told() -> None:
    saved = fault(503, committed_resource_id="p1", committed_child_ids=["c1", "c2"])
    with pytest.raises(UnknownOutcome) as raised:
        during(Script([saved]), append)
    assert raised.value.committed_resource_id == "p1"
    assert raised.value.committed_child_ids == ("c1", "c2")


@pytest.mark.parametrize("status", [429, 529, 409])
@pytest.mark.parametrize("work", [read, create, append])
def test_what_was_not_even_begun_is_tried_again(work: Work, status: int) -> None:
    script = Script([fault(status, wait=0), fine(id=ID)])
    assert during(script, work) == {"id": ID}


def test_a_wait_longer_than_our_time_is_kept_by_everybody() -> None:
    async def twice(api: NotionApi) -> list[float]:
        waits = []
        for _ in range(2):
            with pytest.raises(TransientServiceError) as raised:
                await read(api)
            waits.append(raised.value.retry_after or 0)
        return waits

    script = Script([fault(429, "rate_limited", wait=300)])
    first, second = during(script, twice)
    assert first == 300
    assert 290 < second <= 301
    assert len(script.heard) == 1


def test_a_connection_that_is_blocked_is_not_asked_again() -> None:
    script = Script([fault(429, rate_limit_reason="public_api_request_blocked")])
    with pytest.raises(NotionRefused):
        during(script, read)


@pytest.mark.parametrize(
    "said,kind",
    [
        (fault(401, "unauthorized"), AccessExpired),
        (fault(403, "restricted_resource"), AccessExpired),
        (fault(403, "restricted_resource", block_limit="block_creation"), BlockLimitReached),
        (fault(404, "object_not_found"), NotionRefused),
        (fault(400, "validation_error"), NotionRefused),
        (httpx.Response(302, headers={"location": "https://x.example"}), NotionRefused),
    ],
)
def test_a_refusal_is_told_by_its_kind(said: httpx.Response, kind: type[ServiceError]) -> None:
    with pytest.raises(kind):
        during(Script([said]), read)


def test_a_refusal_is_short_harmless_and_without_the_token() -> None:
    with pytest.raises(NotionRefused) as raised:
        during(Script([fault(400, "validation_error", "a\x1b[31m\u202e\n" + "b" * 999)]), read)
    assert len(str(raised.value)) < 400
    assert "\x1b" not in str(raised.value)
    with pytest.raises(ServiceError) as quoted:
        during(Script([fault(400, "validation_error", f"bad {TOKEN}")]), read)
    assert TOKEN not in str(quoted.value)
    assert quoted.value.__cause__ is None


def test_unknown_keywords_and_other_ids_are_refused_and_nothing_is_sent() -> None:
    script = Script([])
    for work in (
        lambda api: api.pages.update(ID, propertys={}),
        lambda api: api.pages.retrieve("../users"),
        lambda api: api.pages.property_items(ID, "../../users"),
    ):
        with pytest.raises(InvalidInput):
            during(script, work)
    assert script.heard == []


def row(name: str, minute: int) -> JsonValue:
    return {"id": name, "created_time": f"2026-01-01T00:{minute:02}:00.000Z"}


async def names(api: NotionApi) -> list[str]:
    return [str(found["id"]) async for found in query_all(api, ID, where={"property": "a"})]


def test_a_query_that_was_cut_goes_on_from_its_last_row() -> None:
    script = Script(
        [
            listed(row("a", 1), cursor="c", cut=True),
            listed(row("b", 2), cut=True),
            listed(row("b", 2), row("c", 2)),
        ]
    )
    assert during(script, names) == ["a", "b", "c"]
    assert script.body(1)["start_cursor"] == "c"
    assert "2026-01-01T00:02" in json.dumps(script.body(2)["filter"])
    assert "start_cursor" not in script.body(2)


def test_more_rows_of_one_minute_than_a_query_shows_are_not_passed_over() -> None:
    script = Script([listed(row("a", 1), cut=True), listed(row("a", 1), cut=True)])
    with pytest.raises(QueryIncomplete):
        during(script, names)


def test_a_cursor_that_has_expired_begins_the_window_again() -> None:
    bad = fault(400, "validation_error", "The start_cursor provided is invalid: c")
    script = Script([listed(row("a", 1), cursor="c"), bad, listed(row("a", 1), row("b", 2))])
    assert during(script, names) == ["a", "b"]


def test_children_and_relations_are_read_to_their_end() -> None:
    script = Script([listed({"id": "1"}, cursor="c"), listed({"id": "2"})])
    assert [child["id"] for child in during(script, lambda api: children_of(api, ID))] == ["1", "2"]
    pages = [listed({"relation": {"id": "x"}}, cursor="c"), listed({"relation": {"id": "y"}})]
    script = Script(list(pages))
    assert during(script, lambda api: relation_ids(api, ID, "%3Aab")) == ["x", "y"]
    assert b"/properties/%3Aab" in script.heard[0].url.raw_path


def test_deep_blocks_go_below_the_ids_that_came_back() -> None:
    deep = Bullet(words="0", children=(Bullet(words="1", children=(Bullet(words="2"),)),))
    plan = planned([Paragraph(words="p"), Bullet(words="top", children=(deep,))])
    new = "a" * 32
    script = Script([listed({"id": ID}, {"id": new}, {"id": "sibling"}), listed({"id": ID})])
    ids = during(script, lambda api: append_planned(api, ID, plan, after="b" * 32))
    assert ids == [ID, new]
    assert script.heard[1].url.path == f"/v1/blocks/{new}/children"
    assert "position" in script.body(0)
    assert "position" not in script.body(1)
