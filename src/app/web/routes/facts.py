"""Heartbeats and usage, as the customer's product brings them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.domain.api_key import KeyRole
from app.domain.feed import Feed
from app.jobs.incoming import (
    HEARTBEATS_FEED,
    USAGE_FEED,
    EventIn,
    HeartbeatIn,
    TakenIn,
    UsageIn,
    take_events,
    take_heartbeats,
    take_usage,
)
from app.ports.store import Unit
from app.web.answering import Answer, answered, idempotency_key
from app.web.api import Api, ApiNow
from app.web.documenting import KEYED, WRITING, answers
from app.web.problems import Refusal, RowProblem
from app.web.reading import Rows, object_in, rows_in
from app.web.shapes import FeatureEvent, Heartbeat, TakenRows, Usage

BRINGS_FACTS = (KeyRole.ADMIN, KeyRole.INTEGRATION)
Taking: TypeAlias = Callable[[Unit, Feed | None, datetime], TakenIn]
_PROBLEMS = (*KEYED, *WRITING)
_FIGURES = ("active_users", "logins", "events")


def fact_routes(api: ApiNow) -> APIRouter:
    """`/v1/heartbeats` and `/v1/usage`."""
    routes = APIRouter(prefix="/v1", tags=["facts"])
    accepted = HTTPStatus.ACCEPTED

    @routes.post(
        "/heartbeats",
        status_code=accepted,
        **answers(
            accepted,
            TakenRows,
            _PROBLEMS,
            bodies=("Heartbeat", "Heartbeats"),
            headers=("Idempotency-Key",),
        ),
    )
    async def heartbeats(request: Request) -> Response:
        """One heartbeat or up to 1,000: they are safely kept once this answers 202."""
        return await _taken(api(), request, HEARTBEATS_FEED, _heartbeats)

    @routes.post(
        "/usage",
        status_code=accepted,
        **answers(
            accepted,
            TakenRows,
            _PROBLEMS,
            bodies=("Usage", "UsageDays", "FeatureEvents"),
            headers=("Idempotency-Key",),
        ),
    )
    async def usage(request: Request) -> Response:
        """Days' figures (one or up to 1,000), or events that are added to their day's."""
        return await _taken(api(), request, USAGE_FEED, _usage)

    return routes


async def _taken(
    api: Api,
    request: Request,
    feed: str,
    read: Callable[[Request, bytes, datetime], tuple[Taking, Sequence[RowProblem]]],
) -> Response:
    caller = await api.admit(request, BRINGS_FACTS, is_held_later=True)
    body = await request.body()
    take, bad = read(request, body, api.clock())
    told = api.feeds.get((caller.tenant_id, feed))
    written: list[Feed] = []

    def work(unit: Unit) -> Answer:
        taken = take(unit, told, api.clock())
        written.extend([] if taken.feed is None else [taken.feed])
        return _answer(taken, bad)

    answer = await answered(api, caller, request, body, work)
    for one in written:  # only now is it kept
        api.feeds[caller.tenant_id, feed] = one
    return answer.response()


def _answer(taken: TakenIn, bad: Sequence[RowProblem]) -> Answer:
    refused = [RowProblem(index=one.index, reason=one.reason) for one in taken.refused]
    every = tuple(sorted((*bad, *refused), key=lambda one: one.index))
    if not taken.accepted and not taken.parked:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "no row went in", errors=every)
    told = TakenRows(accepted=taken.accepted, parked=taken.parked, refused=every)
    return Answer(status=HTTPStatus.ACCEPTED, body=told.model_dump(mode="json"))


def _heartbeats(
    request: Request, body: bytes, now: datetime
) -> tuple[Taking, Sequence[RowProblem]]:
    del request
    found: Rows[Heartbeat] = rows_in(object_in(body), "heartbeats", Heartbeat)
    rows = [
        HeartbeatIn(
            index=index,
            account=row.account,
            seen_at=row.last_seen or now,
            api_calls=row.api_calls,
            errors=row.errors,
            version=row.version,
        )
        for index, row in found.good.items()
    ]
    return lambda unit, told, at: take_heartbeats(unit, rows, told, at=at), found.bad


def _usage(request: Request, body: bytes, now: datetime) -> tuple[Taking, Sequence[RowProblem]]:
    content = object_in(body)
    if "events" in content and "account" not in content:
        return _events(request, rows_in(content, "events", FeatureEvent), now)
    found: Rows[Usage] = rows_in(content, "usage", Usage)
    rows = [
        UsageIn(
            index=index,
            account=row.account,
            day=row.day,
            feature=row.feature,
            figures=row.model_dump(include=set(_FIGURES), exclude_none=True),
        )
        for index, row in found.good.items()
    ]
    return lambda unit, told, at: take_usage(unit, rows, told, at=at), found.bad


def _events(
    request: Request, found: Rows[FeatureEvent], now: datetime
) -> tuple[Taking, Sequence[RowProblem]]:
    if not idempotency_key(request):
        told = "Idempotency-Key: events are added up, so that a request must have one"
        raise Refusal(HTTPStatus.BAD_REQUEST, told)
    rows = [
        EventIn(
            index=index,
            account=row.account,
            at=row.at or now,
            feature=row.feature,
            count=row.count,
        )
        for index, row in found.good.items()
    ]
    return lambda unit, told, at: take_events(unit, rows, told, at=at), found.bad
