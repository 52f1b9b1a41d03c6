"""What goes round every page: the host it is asked at, the size of what is sent, careful headers.

It reads no body and knows no session.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.envelope import Sending, request_id_of, told_bytes

MOST_BYTES = 256 * 1024
"""The largest form that is read."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_FORMS = frozenset({b"application/x-www-form-urlencoded", b"multipart/form-data"})


class PageEnvelope:
    """ASGI middleware; `is_our_host` tells whether a Host header names this dashboard."""

    def __init__(self, app: ASGIApp, is_our_host: Callable[[str], bool]) -> None:
        self._app = app
        self._is_our_host = is_our_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on inside its envelope, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        sending = Sending(send, {"X-Request-Id": request_id_of(headers)}, _HEADERS)
        refused = self._refusal(scope, headers)
        if refused is not None:
            await refused(scope, receive, sending)
            return
        await self._app(scope, _Limited(receive), sending)

    def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        if not self._is_our_host(headers.get("host", "")):
            told = "this dashboard is not reached by that name; TEND_DASHBOARD_URL tells it its own"
            return PlainTextResponse(told, status_code=HTTPStatus.MISDIRECTED_REQUEST)
        if "\0" in scope["path"]:
            return PlainTextResponse("there is no such page", status_code=HTTPStatus.NOT_FOUND)
        if told_bytes(headers) > MOST_BYTES:
            told = f"a form may have {MOST_BYTES} bytes"
            return PlainTextResponse(told, status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if scope["method"] == "POST" and not _is_form(headers.get("content-type", "")):
            told = "a change is sent as a form"
            return PlainTextResponse(told, status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        return None


def _is_form(content_type: str) -> bool:
    """Whether it is a form as browsers send one: in UTF-8.

    Python reads a hundred other encodings, some slowly, some into text that nobody can keep.
    """
    kind, told = parse_options_header(content_type)
    return kind in _FORMS and told.get(b"charset", b"utf-8").lower() in {b"utf-8", b"utf8"}


class _Limited:
    """Reads nothing more of a form that grows too long: what is left of it is no form."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > MOST_BYTES:
            return {"type": "http.disconnect"}
        return message
