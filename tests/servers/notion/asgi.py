"""ASGI, as far as it is needed: a request read, an answer sent, a connection broken off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import TypeAlias
from urllib.parse import parse_qs

import httpx

from tests.servers.notion.calls import Call
from tests.servers.notion.shapes import Json, Refused

Scope: TypeAlias = MutableMapping[str, Json]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Json]]]
Send: TypeAlias = Callable[[MutableMapping[str, Json]], Awaitable[None]]


async def body_of(receive: Receive) -> bytes:
    """The whole of it."""
    content = b""
    while True:
        message = await receive()
        content += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return content


def call_of(scope: Scope, raw: bytes) -> Call:
    """The request; refuses a body that is no JSON."""
    headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
    path = scope.get("raw_path", scope["path"].encode()).decode().partition("?")[0]
    content_type = headers.get("content-type", "")
    body: Json = {}
    if raw and not content_type.startswith("multipart/"):
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
    if not isinstance(body, dict):
        raise Refused(400, "invalid_json", "Error parsing JSON body.")
    return Call(
        method=scope["method"],
        path=path.removeprefix("/").removeprefix("v1/").removesuffix("/"),
        query=parse_qs(scope.get("query_string", b"").decode()),
        body=body,
        raw=raw,
        content_type=content_type,
        version=headers.get("notion-version", ""),
        token=headers.get("authorization", "").removeprefix("Bearer "),
        api=f"{scope.get('scheme', 'https')}://{headers.get('host', 'api.notion.com')}",
    )


async def reply(send: Send, status: int, body: Json, headers: Mapping[str, str]) -> None:
    """Send an answer: a text is a page of HTML, all else is JSON."""
    is_page = isinstance(body, str)
    content = body.encode() if is_page else json.dumps(body, ensure_ascii=False).encode()
    kind = "text/html" if is_page else "application/json; charset=utf-8"
    sent = {"content-type": kind, "content-length": str(len(content)), **headers}
    pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": content})


def reset(send: Send, *, is_timeout: bool) -> None:
    """Break the connection off; in process the client meets what it would meet then."""
    cycle = getattr(send, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if isinstance(transport, asyncio.Transport):
        transport.abort()
        return
    if is_timeout:
        raise httpx.ReadTimeout("made up: no answer in time")
    raise httpx.ReadError("made up: connection reset")
