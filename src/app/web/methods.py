"""What may be asked of an address: HEAD wherever GET is, and `Allow` says what else there is.

HEAD is answered by the very route that answers GET, with the same eyes on who asks, and sends no
body. A stream has no end that could be waited for: it is not asked for its head.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.paths import LIVE

STREAMS = frozenset({LIVE})


class Methods:
    """ASGI middleware; `routes` are all that there are within."""

    def __init__(self, app: ASGIApp, routes: Sequence[Route]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as what it is answered as."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sending = _Sending(send, lambda: self._allowed(scope), is_head=scope["method"] == "HEAD")
        if scope["method"] == "HEAD" and scope["path"] not in STREAMS:
            scope = {**scope, "method": "GET"}
        elif scope["method"] == "OPTIONS" and (allowed := self._allowed(scope)):
            told = Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": allowed})
            await told(scope, receive, sending)
            return
        await self._app(scope, receive, sending)

    def _allowed(self, scope: Scope) -> str:
        """What its address takes, by all the routes that it has; empty: it has none."""
        there = [one for one in self._routes if one.matches(scope)[0] is not Match.NONE]
        found = {method for one in there for method in one.methods or ()}
        if "GET" in found and scope["path"] not in STREAMS:
            found.add("HEAD")
        return ", ".join(sorted({*found, "OPTIONS"})) if found else ""


class _Sending:
    """Tells all that an address takes where it was asked otherwise; keeps a head's body back."""

    def __init__(self, send: Send, allowed: Callable[[], str], *, is_head: bool) -> None:
        self._send = send
        self._allowed = allowed
        self._is_head = is_head

    async def __call__(self, message: Message) -> None:
        if message.get("status") == HTTPStatus.METHOD_NOT_ALLOWED:
            MutableHeaders(scope=message)["Allow"] = self._allowed()
        if self._is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)
