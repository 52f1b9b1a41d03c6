"""What goes round every request: its id, the limit of its body, its type, and careful headers.

It reads no body and knows no path.
"""

from __future__ import annotations

import re
import secrets
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.problems import Refusal, problem

MOST_BYTES = 1024 * 1024
"""The largest body that is read."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Envelope:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on inside its envelope, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        sending = _Sending(send, request_id_of(headers))
        refused = _refusal(scope["method"], headers)
        if refused is not None:
            answer = problem(HTTPStatus(refused.status_code), refused.detail)
            await answer(scope, receive, sending)
            return
        await self._app(scope, _Counting(receive), sending)


def request_id_of(headers: Headers) -> str:
    """The id that the caller gave the request, else a new one."""
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


class _Sending:
    """Puts headers on the answer."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self._request_id
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


class _Counting:
    """Stops reading where a body without a told length grows too long."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > MOST_BYTES:
            raise _too_large()
        return message


def _refusal(method: str, headers: Headers) -> Refusal | None:
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > MOST_BYTES:
        return _too_large()
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if method == "POST" and kind != "application/json":
        told = "a request must have the content type application/json"
        return Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, told)
    return None


def _too_large() -> Refusal:
    told = f"a body may have {MOST_BYTES} bytes; send several requests"
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told)
