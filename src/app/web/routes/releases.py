"""Releases: handed in by a program of ours, or told by GitHub."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import JsonValue, ValidationError

from app.agents.technical_account_manager.announcements import Release, release_of
from app.agents.technical_account_manager.relevance import relevant_items, why
from app.domain.api_key import KeyRole
from app.jobs.door_keeping import LASTING
from app.jobs.github_release import GitHubEvent, shipped
from app.jobs.handing_in import keep_release
from app.jobs.tam_book import StoreBook
from app.ports.http_records import GivenAnswer
from app.ports.store import Unit
from app.web.answering import Answer, answered
from app.web.api import Api, ApiNow
from app.web.documenting import KEYED, WRITING, answers
from app.web.problems import Refusal
from app.web.reading import object_in
from app.web.shapes import Heard, KeptRelease

GITHUB = LASTING[0]
TOLD_REASONS = 50
_SIGNED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.CONFLICT, *WRITING)
_HEADERS = ("!X-Hub-Signature-256", "!X-GitHub-Delivery", "!X-GitHub-Event")


def release_routes(api: ApiNow) -> APIRouter:
    """`/v1/releases` and `/v1/releases/github`."""
    routes = APIRouter(prefix="/v1", tags=["releases"])

    @routes.post(
        "/releases",
        **answers(
            HTTPStatus.OK,
            KeptRelease,
            (*KEYED, *WRITING),
            bodies=("Release",),
            headers=("Idempotency-Key",),
        ),
    )
    async def release(request: Request) -> Response:
        """Keep what shipped, and say whom it matters to. The same version again replaces it."""
        return await _release(api(), request)

    @routes.post(
        "/releases/github",
        **answers(
            HTTPStatus.OK,
            Heard,
            _SIGNED,
            bodies=("GitHubEvent",),
            headers=_HEADERS,
            is_keyed=False,
        ),
    )
    async def github(request: Request) -> Response:
        """What GitHub tells of a published release, once per delivery."""
        return await _github(api(), request)

    return routes


async def _release(api: Api, request: Request) -> Response:
    caller = await api.admit(request, tuple(KeyRole))
    body = await request.body()
    given = release_of(object_in(body), "release")
    keeper = f"key:{caller.key.name}"

    def work(unit: Unit) -> Answer:
        is_new = keep_release(unit, given, by=keeper, at=api.clock())
        return Answer(status=HTTPStatus.OK, body={"is_new": is_new})

    answer = await answered(api, caller, request, body, work)
    told = await _whom_it_matters_to(api, caller.tenant_id, given)
    whole = Answer(
        status=answer.status, body={**told, **answer.body}, is_replayed=answer.is_replayed
    )
    return whole.response()


async def _whom_it_matters_to(api: Api, tenant_id: str, given: Release) -> dict[str, JsonValue]:
    reader = StoreBook(store=api.store, tenant_id=tenant_id, clock=api.clock)
    book = await reader.book()
    found = {
        one.facts.account.account_id: [why(item) for item in items]
        for one in book.accounts
        if (items := relevant_items(given, one.facts))
    }
    kept = KeptRelease(
        version=given.version,
        is_new=False,
        accounts=len(book.accounts),
        matters_to=len(found),
        reasons=dict(list(found.items())[:TOLD_REASONS]),
    )
    return kept.model_dump(mode="json")


async def _github(api: Api, request: Request) -> Response:
    body = await request.body()
    await api.check_signature(request, body, api.config.github_secret, "X-Hub-Signature-256")
    delivery = request.headers.get("x-github-delivery", "")[:200]
    if not delivery:
        raise Refusal(HTTPStatus.BAD_REQUEST, "X-GitHub-Delivery is missing")
    kind = request.headers.get("x-github-event", "")
    given = _release_in(body) if kind == "release" else None
    told = Heard(done="nothing to keep" if given is None else f"kept {given.version}")
    answer = Answer(status=HTTPStatus.OK, body=told.model_dump(mode="json"))

    def work(unit: Unit) -> None:
        """Once per delivery, whenever it is given again: an old one never undoes a newer."""
        if unit.given_answers.get(GITHUB, delivery) is not None:
            raise Refusal(HTTPStatus.CONFLICT, "this delivery was taken already")
        now = api.clock()
        if given is not None:
            keep_release(unit, given, by=GITHUB, at=now)
        unit.given_answers.keep(
            GivenAnswer(
                asker=GITHUB,
                request_id=delivery,
                fingerprint=hashlib.sha256(body).hexdigest(),
                status=answer.status,
                body=answer.body,
                given_at=now,
            )
        )

    try:
        await api.store.write(api.tenant_id, work)
    except Refusal:
        await api.note(request, "a delivery given again", tenant_id=api.tenant_id, by=GITHUB)
        raise
    return answer.response()


def _release_in(body: bytes) -> Release | None:
    object_in(body)
    try:
        return shipped(GitHubEvent.model_validate_json(body))
    except ValidationError as exc:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "that is no release of GitHub's") from exc
