"""Releases: handed in by a program of ours, or told by GitHub."""

from __future__ import annotations

import hashlib
from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError

from app.agents.technical_account_manager.announcements import Release, release_of
from app.domain.api_key import KeyRole
from app.domain.flow import FlowAsk
from app.jobs.door_keeping import LASTING
from app.jobs.github_release import GitHubEvent, shipped, why_not_news
from app.jobs.handing_in import keep_release
from app.jobs.release_letters import (
    Concerned,
    Letters,
    draft_letters,
    letters_asked,
    owe_letters,
    whom_it_matters_to,
)
from app.jobs.task_desk import not_failed
from app.ports.http_records import GivenAnswer
from app.ports.store import Unit
from app.web.answering import Answer, answered
from app.web.api import Api, ApiNow
from app.web.documenting import KEYED, WRITING, answers
from app.web.problems import Refusal
from app.web.reading import object_in
from app.web.shapes import HeardRelease, KeptRelease

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
        """Keep what shipped, and draft a letter for each account it matters to, once.

        The same version again replaces it, and adds letters only where it did not matter before.
        """
        return await _release(api(), request)

    @routes.post(
        "/releases/github",
        **answers(
            HTTPStatus.OK,
            HeardRelease,
            _SIGNED,
            bodies=("GitHubEvent",),
            headers=_HEADERS,
            is_keyed=False,
        ),
    )
    async def github(request: Request) -> Response:
        """What GitHub tells of a published release, once per delivery, and its letters as drafts.

        Of drafts and pre-releases nothing is kept; one that was edited is kept without letters.
        """
        return await _github(api(), request)

    return routes


async def _release(api: Api, request: Request) -> Response:
    caller = await api.admit(request, tuple(KeyRole))
    body = await request.body()
    given = release_of(object_in(body), "release")
    keeper, at = f"key:{caller.key.name}", api.clock()

    def work(unit: Unit) -> Answer:
        is_new = keep_release(unit, given, by=keeper, at=at)
        owe_letters(unit, given, at)
        return Answer(status=HTTPStatus.OK, body={"is_new": is_new})

    answer = await answered(api, caller, request, body, work)
    concerned, letters = await _letters(api, caller.tenant_id, given, at)
    told = KeptRelease(
        version=given.version,
        is_new=False,
        accounts=concerned.accounts,
        matters_to=len(concerned.reasons),
        reasons=dict(list(concerned.reasons.items())[:TOLD_REASONS]),
        drafting_for=letters.drafting_for,
        why_none=letters.why_none,
    )
    whole = Answer(
        status=answer.status,
        body={**told.model_dump(mode="json"), **answer.body},
        is_replayed=answer.is_replayed,
    )
    return whole.response()


async def _letters(
    api: Api, tenant_id: str, given: Release, at: datetime
) -> tuple[Concerned, Letters]:
    """Ask for the letters before anything is answered; what was owed at `at` is then paid.

    Where that fails they stay owed, and the service asks for them.
    """

    async def ask_flow(ask: FlowAsk) -> None:
        await api.desk.enqueue(await not_failed(api.desk, ask))

    concerned = await whom_it_matters_to(api.store, api.clock, tenant_id, given)
    letters = await draft_letters(api.store, ask_flow, tenant_id, given, concerned, is_unasked=True)
    await letters_asked(api.store, tenant_id, given, at)
    return concerned, letters


async def _github(api: Api, request: Request) -> Response:
    body = await request.body()
    await api.check_signature(request, body, api.config.github_secret, "X-Hub-Signature-256")
    delivery = request.headers.get("x-github-delivery", "")[:200]
    if not delivery:
        raise Refusal(HTTPStatus.BAD_REQUEST, "X-GitHub-Delivery is missing")
    is_release = request.headers.get("x-github-event", "") == "release"
    given, why_none = _told(_event_in(body) if is_release else None)
    done = "nothing to keep" if given is None else f"kept {given.version}"
    at = api.clock()

    def work(unit: Unit) -> bool:
        """Once per delivery, whenever it is given again: an old one never undoes a newer."""
        if unit.given_answers.get(GITHUB, delivery) is not None:
            return False
        if given is not None:
            keep_release(unit, given, by=GITHUB, at=at)
            if not why_none:
                owe_letters(unit, given, at)
        unit.given_answers.keep(
            GivenAnswer(
                asker=GITHUB,
                request_id=delivery,
                fingerprint=hashlib.sha256(body).hexdigest(),
                status=HTTPStatus.OK,
                body={"done": done},
                given_at=at,
            )
        )
        return True

    is_first = await api.store.write(api.tenant_id, work)
    letters = Letters(drafting_for=0, why_none=why_none)
    if given is not None and not why_none:
        letters = (await _letters(api, api.tenant_id, given, at))[1]
    if not is_first:  # the letters are asked for all the same: a crash may have come between
        await api.note(request, "a delivery given again", tenant_id=api.tenant_id, by=GITHUB)
        raise Refusal(HTTPStatus.CONFLICT, "this delivery was taken already")
    told = HeardRelease(done=done, drafting_for=letters.drafting_for, why_none=letters.why_none)
    return Answer(status=HTTPStatus.OK, body=told.model_dump(mode="json")).response()


def _told(event: GitHubEvent | None) -> tuple[Release | None, str]:
    """What shipped, and why nobody is written to about it; empty: it is news."""
    if event is None:
        return None, "this is no release"
    return shipped(event), why_not_news(event)


def _event_in(body: bytes) -> GitHubEvent:
    object_in(body)
    try:
        return GitHubEvent.model_validate_json(body)
    except ValidationError as exc:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "that is no release of GitHub's") from exc
