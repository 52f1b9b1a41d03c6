"""Webhooks of ticket systems: each only asks that its feed be brought up to date.

Nothing of what they say is believed but that something changed; reading the system is the truth.
"""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.jobs.flows.scan_flow import feed_ask
from app.web.answering import Answer
from app.web.api import Api, ApiNow
from app.web.documenting import WRITING, answers
from app.web.problems import Refusal
from app.web.shapes import Heard

STRETCH_SECONDS = 10
"""The same words without an identifier ask again after so long: some systems say nothing else."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,200}")


def webhook_routes(api: ApiNow) -> APIRouter:
    """`/v1/tickets/webhooks/{name}`."""
    routes = APIRouter(prefix="/v1/tickets", tags=["tickets"])

    @routes.post(
        "/webhooks/{name}",
        status_code=HTTPStatus.ACCEPTED,
        **answers(
            HTTPStatus.ACCEPTED,
            Heard,
            (HTTPStatus.UNAUTHORIZED, *WRITING),
            bodies=("AnyEvent",),
            headers=("!X-Hub-Signature", "X-Atlassian-Webhook-Identifier"),
            is_keyed=False,
        ),
    )
    async def webhook(request: Request, name: str) -> Response:
        """Something changed in the ticket system that this feed reads: it is read soon."""
        return await _asked(api(), request, name)

    return routes


async def _asked(api: Api, request: Request, name: str) -> Response:
    body = await request.body()
    secret = api.config.webhook_secrets.get(name) if _NAME.fullmatch(name) else None
    await api.check_signature(request, body, secret, "X-Hub-Signature")
    given = request.headers.get("x-atlassian-webhook-identifier")
    if given is not None and not _IDENTIFIER.fullmatch(given):
        told = "X-Atlassian-Webhook-Identifier: must be 1 to 200 visible letters of ASCII"
        raise Refusal(HTTPStatus.BAD_REQUEST, told)
    stretch = int(api.clock().timestamp() // STRETCH_SECONDS)
    what = given.encode() if given else b"%d %s" % (stretch, body)
    request_id = f"webhook-{hashlib.sha256(what).hexdigest()[:24]}"
    await api.desk.enqueue(feed_ask(api.tenant_id, name, request_id=request_id))
    heard = Heard(done="the feed will be read")
    return Answer(status=HTTPStatus.ACCEPTED, body=heard.model_dump(mode="json")).response()
