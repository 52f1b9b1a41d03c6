"""`/runs/live`: server-sent events that say "changed", and nothing more.

Whoever hears it asks for the page's piece again, and is looked at again then. A stream ends when
its reader leaves, when the session ends, and when the service stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.domain.viewer import Viewer
from app.errors import NotFound
from app.jobs.sessions import session_of
from app.ports.store import Unit
from app.web.changes import Changes, TooMany, Watch
from app.web.paths import LIVE
from app.web.site import Site, SiteNow, Visitor

BEAT_SECONDS = 15.0
"""How often a silent stream says that it lives; its session is looked at then."""
_RETRY = b"retry: 5000\n\n"
_CHANGED = b"event: changed\ndata:\n\n"
_BEAT = b": beat\n\n"
_HEADERS = {"X-Accel-Buffering": "no"}
"""Proxies that gather what is sent would keep it to themselves."""


def live_pages(site: SiteNow, *, beat_seconds: float = BEAT_SECONDS) -> APIRouter:
    """The stream of runs and feeds."""
    routes, changes = APIRouter(), Changes(site)

    @routes.get(LIVE)
    async def live(request: Request) -> Response:
        """The stream; 429 for one more than a session may have. Raises NotFound."""
        visitor, _ = await site().show(request, _may_look)
        stack = ExitStack()
        try:
            listening = changes.listening(visitor.tenant_id, visitor.session)
            watch = stack.enter_context(listening)
        except TooMany:
            told = "too many pages of this session are live; this one is not"
            return PlainTextResponse(told, status_code=HTTPStatus.TOO_MANY_REQUESTS)
        return _Stream(_events(site(), visitor, watch, beat_seconds), stack)

    return routes


class _Stream(StreamingResponse):
    """Server-sent events; what it holds is let go however it ends, begun or not."""

    def __init__(self, events: AsyncIterator[bytes], held: ExitStack) -> None:
        super().__init__(events, media_type="text/event-stream", headers=_HEADERS)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until there is nothing more, or nobody to read it."""
        with self._held:
            await super().__call__(scope, receive, send)


def _may_look(unit: Unit, viewer: Viewer) -> None:
    del unit
    if not viewer.sees_operations:
        raise NotFound("there is no such page")


async def _events(
    site: Site, visitor: Visitor, watch: Watch, beat_seconds: float
) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    seen, next_beat = watch.moves, clock() + beat_seconds
    yield _RETRY
    while not watch.is_over:
        if await watch.moved(seen, seconds=max(0.0, next_beat - clock())):
            seen = watch.moves
            yield _CHANGED
        if clock() >= next_beat:
            if not await _still_holds(site, visitor):
                return
            next_beat = clock() + beat_seconds
            yield _BEAT


async def _still_holds(site: Site, visitor: Visitor) -> bool:
    """Whether the session is still one that sees operations; to listen is not to use it."""
    now, digest = site.clock(), visitor.session.digest
    found = await site.store.read(visitor.tenant_id, lambda unit: session_of(unit, digest, now))
    return found is not None and found.viewer.sees_operations
