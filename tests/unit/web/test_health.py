"""The health door: what a supervisor is told, and nothing that is nobody's business."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import pytest

from app.jobs.service import Part
from app.web.app import web_app
from app.web.opening import closed


def asked(path: str, troubles: Mapping[Part, str]) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=web_app(troubles=lambda: troubles, api=closed))
        async with httpx.AsyncClient(transport=transport, base_url="http://tend") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_a_process_whose_loop_turns_is_alive_even_when_nothing_else_works() -> None:
    answer = asked("/v1/health/live", {Part.STORE: "the store does not answer"})
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


def test_a_service_without_troubles_is_ready() -> None:
    answer = asked("/v1/health/ready", {})
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "parts": ["store", "engine", "mark"]}


def test_a_service_in_trouble_says_which_part_and_when_to_ask_again() -> None:
    troubles = {Part.STORE: "the store does not answer", Part.MARK: "lost"}
    answer = asked("/v1/health/ready", troubles)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "5"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not ready",
        "status": 503,
        "detail": "the store does not answer; lost",
        "parts": {"store": "the store does not answer", "mark": "lost"},
    }


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/v1/health"])
def test_there_is_nothing_else(path: str) -> None:
    assert asked(path, {}).status_code == 404


def test_a_door_without_a_store_behind_it_says_that_it_is_not_yet_time() -> None:
    answer = asked("/v1/accounts", {})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "5"
