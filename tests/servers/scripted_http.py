"""An HTTP server that answers as told, byte for byte: also what no decent server would answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one request gets."""

    raw: bytes = b""
    after_seconds: float = 0
    """The silence before it."""
    drip_seconds: float = 0
    """Between two bytes; 0: all at once."""
    resets: bool = False
    """Whether the connection is reset in the end instead of being closed."""


def said(status: int, body: bytes = b"", headers: Sequence[tuple[str, str]] = ()) -> Answer:
    """A decent answer."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    return Answer(raw="\r\n".join((*lines, "", "")).encode() + body)


def json_said(body: str = "{}") -> Answer:
    """A decent answer in JSON."""
    return said(200, body.encode(), [("Content-Type", "application/json")])


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    """By their names in small letters."""
    body: bytes
    at: float
    """By the monotonic clock."""


@dataclass(slots=True)
class ScriptedHost:
    """Answers in the order told; the last answer goes on."""

    url: str
    answers: list[Answer]
    heard: list[Heard] = field(default_factory=list)
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def lines(self) -> list[str]:
        """The first lines of all requests."""
        return [request.line for request in self.heard]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request on one connection."""
        try:
            await self._listen(reader)
            answer = self.answers[min(len(self.heard), len(self.answers)) - 1]
            await asyncio.sleep(answer.after_seconds)
            await _say(writer, answer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the caller has gone
        finally:
            writer.close()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *fields = head.strip().split("\r\n")
        pairs = (header.split(": ", 1) for header in fields)
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.heard.append(Heard(line=line, headers=headers, body=body, at=time.monotonic()))
        self.was_asked.set()


async def _say(writer: asyncio.StreamWriter, answer: Answer) -> None:
    pieces = [bytes([byte]) for byte in answer.raw] if answer.drip_seconds else [answer.raw]
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(answer.drip_seconds)
    if answer.resets:
        writer.transport.abort()


@asynccontextmanager
async def scripted_host(*answers: Answer) -> AsyncIterator[ScriptedHost]:
    """A server on a free port of this machine alone."""
    host = ScriptedHost(url="", answers=list(answers))
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    host.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield host
    finally:
        server.close()
        await server.wait_closed()
