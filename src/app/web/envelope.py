"""What goes round every request: its id, the limit of its body, its type, and careful headers.

It reads no body and knows no path.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
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
        sending = Sending(send, {"X-Request-Id": request_id_of(headers)}, _HEADERS)
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


class Sending:
    """Puts headers on the answer: `fixed` ones, and `usual` ones where it has none of its own."""

    def __init__(self, send: Send, fixed: Mapping[str, str], usual: Mapping[str, str]) -> None:
        self._send = send
        self._fixed = fixed
        self._usual = usual

    async def __call__(self, message: Message) -> None:
        """Send a part of the answer."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(self._fixed)
            for name, value in self._usual.items():
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


def told_bytes(headers: Headers) -> int:
    """How long the body is, as the request says; 0 where it does not, or says no number."""
    length = headers.get("content-length", "")
    return int(length[:20]) if length.isdecimal() else 0


def _refusal(method: str, headers: Headers) -> Refusal | None:
    if told_bytes(headers) > MOST_BYTES:
        return _too_large()
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if method == "POST" and kind != "application/json":
        told = "a request must have the content type application/json"
        return Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, told)
    return None


def _too_large() -> Refusal:
    told = f"a body may have {MOST_BYTES} bytes; send several requests"
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told)
