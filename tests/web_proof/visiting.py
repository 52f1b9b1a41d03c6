"""Requests to the dashboard in this process, each with what it took.

The application is called as a server calls it (ASGI), its threads and its store are the real ones;
only the socket is missing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.engine.interfaces import DBAPICursor
from starlette.types import Message, Scope

from tests.servers.dashboard import Dashboard

Sent: TypeAlias = str | int | float | bytes | Sequence["Sent"] | None
"""A value, or a row of them, as the driver gets it."""

_NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One page, served."""

    path: str
    status: int
    seconds: float
    """By the clock on the wall."""
    processor_seconds: float
    """Of this process, its threads together: what other programs do counts little here."""
    size: int
    """Bytes of the body before compression."""
    queries: int
    body: bytes


@dataclass
class Statements:
    """How many statements went to the database, those that open and end transactions apart."""

    count: int = 0
    texts: list[str] = field(default_factory=list)


@contextmanager
def counted() -> Iterator[Statements]:
    """Count the statements of every engine meanwhile."""
    told = Statements()

    def count(
        connection: Connection,
        cursor: DBAPICursor,
        statement: str,
        parameters: Sequence[Sent],
        context: ExecutionContext,
        executemany: bool,
    ) -> None:
        del connection, cursor, parameters, context, executemany
        if not statement.lstrip().upper().startswith(_NOT_COUNTED):
            told.count += 1
            told.texts.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield told
    finally:
        event.remove(Engine, "before_cursor_execute", count)


async def visited(dashboard: Dashboard, path: str, told: Statements) -> Visit:
    """Get one page as whoever is signed in there."""
    sent: list[Message] = []

    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        for message in asked:
            return message
        await asyncio.Event().wait()  # nobody leaves before the answer's end
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    before = told.count
    began, worked = time.perf_counter(), time.process_time()
    await dashboard.web(_scope(dashboard, path), receive, send)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    body = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body")
    return Visit(
        path=path,
        status=sent[0]["status"],
        seconds=seconds,
        processor_seconds=worked,
        size=len(body),
        queries=told.count - before,
        body=body,
    )


def _scope(dashboard: Dashboard, path: str) -> Scope:
    cookies = "; ".join(f"{name}={value}" for name, value in dashboard.cookies.items())
    bare, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": bare,
        "raw_path": bare.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookies.encode())],
        "client": ("127.0.0.1", 40_000),
        "server": ("127.0.0.1", 80),
    }
