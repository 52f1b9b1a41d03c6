"""A request that writes, answered once: what it did and what it was told are kept together.

The same request again, by its idempotency key, gets the same answer and does nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import JsonValue

from app.ports.http_records import GivenAnswer
from app.ports.store import Unit
from app.web.api import Api, Caller, KeyEnded, still_usable
from app.web.problems import Refusal

KEPT = timedelta(hours=24)
"""How long an answer is given again."""
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request is told."""

    status: HTTPStatus
    body: Mapping[str, JsonValue]
    is_replayed: bool = False

    def response(self) -> Response:
        """As it goes out."""
        headers = {REPLAYED: "true"} if self.is_replayed else {}
        return JSONResponse(dict(self.body), status_code=self.status, headers=headers)


async def answered(
    api: Api, caller: Caller, request: Request, body: bytes, work: Callable[[Unit], Answer]
) -> Answer:
    """Do the work and keep its answer in one transaction. Raises Refusal: 400, 401, 422."""
    request_id = idempotency_key(request)
    asker = f"{caller.key.name} {request.scope['route'].path}"
    now = api.clock()

    def write(unit: Unit) -> Answer:
        still_usable(unit, caller, now)
        if not request_id:
            return work(unit)
        fingerprint = hashlib.sha256(body).hexdigest()
        known = unit.given_answers.get(asker, request_id)
        if known is not None and known.given_at > now - KEPT:
            return _again(known, fingerprint)
        answer = work(unit)
        unit.given_answers.keep(
            GivenAnswer(
                asker=asker,
                request_id=request_id,
                fingerprint=fingerprint,
                status=answer.status,
                body=answer.body,
                given_at=now,
            )
        )
        return answer

    try:
        return await api.store.write(caller.tenant_id, write)
    except KeyEnded as exc:
        api.found.pop(caller.key.digest, None)
        raise await api.refused(request, str(exc), tenant_id=caller.tenant_id, secret="") from exc


def idempotency_key(request: Request) -> str:
    """What the caller calls his request; empty: nothing. Raises Refusal: 400."""
    given = request.headers.get("idempotency-key")
    if given is None:
        return ""
    if not _KEY.fullmatch(given):
        told = "Idempotency-Key: must be 1 to 200 visible letters of ASCII"
        raise Refusal(HTTPStatus.BAD_REQUEST, told)
    return given


def _again(known: GivenAnswer, fingerprint: str) -> Answer:
    if known.fingerprint != fingerprint:
        told = "Idempotency-Key: another request was made by this key"
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, told)
    return Answer(status=HTTPStatus(known.status), body=known.body, is_replayed=True)
