"""What made-up help desks share: a log, faults, and two ways in, in process and over a socket."""

from __future__ import annotations

import random
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

import httpx
import uvicorn

from tests.servers.notion.asgi import Receive, Scope, Send, body_of, reset

_PAGE = b"<!DOCTYPE html><html><body><h1>Back soon</h1><p>We&rsquo;re at work.</body></html>"


class Kind(StrEnum):
    """How a request goes wrong."""

    RATE_LIMITED = "429"
    INTERNAL = "500"
    UNAVAILABLE = "503"
    HTML = "html"
    """A page of a gateway, with the status of an answer that went well."""
    CUT = "cut"
    """Half of the answer, then the connection breaks off."""
    ENCODED = "encoded"
    """The answer in another encoding than it says."""
    RESET = "reset"


ALL_KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By their names in small letters."""
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer, and the kind of its content."""

    status: int = 200
    content: bytes
    kind: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A request, and what became of it."""

    asked: Asked
    status: int
    """Of the answer that was meant, whatever went wrong with it."""
    fault: Kind | None


class HelpDesk(ABC):
    """A help desk's API. `go_wrong` plans faults, `log` has every request."""

    def __init__(self) -> None:
        self.log: list[Heard] = []
        self._planned: list[Kind] = []
        self._share = 0.0
        self._mix: tuple[Kind, ...] = ALL_KINDS
        self._dice = random.Random(7)
        self._lock = threading.RLock()

    def go_wrong(self, *kinds: Kind, share: float = 0.0, mix: tuple[Kind, ...] = ALL_KINDS) -> None:
        """The next requests go wrong so, in this order; then a share of all others, by `mix`."""
        self._planned += kinds
        self._share = share
        self._mix = mix

    @abstractmethod
    def answer(self, asked: Asked) -> Told:
        """What a request is told where nothing goes wrong."""

    @abstractmethod
    def limited(self) -> Told:
        """The answer to one request too many."""

    def transport(self) -> httpx.ASGITransport:
        """For `httpx.AsyncClient(transport=…)`: no socket at all."""
        return httpx.ASGITransport(app=self)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Listen on a socket of this machine; gives the address."""
        config = uvicorn.Config(self, port=0, log_level="critical", lifespan="off", http="h11")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI has it."""
        body = await body_of(receive)
        with self._lock:
            asked = _asked(scope, body)
            fault = self._next_fault()
            told = self._faulty(fault, asked)
            self.log.append(Heard(asked=asked, status=told.status, fault=fault))
        if fault is Kind.RESET:
            reset(send, is_timeout=False)
            return
        await _say(send, told, is_cut=fault is Kind.CUT)

    def _next_fault(self) -> Kind | None:
        if self._planned:
            return self._planned.pop(0)
        return self._dice.choice(self._mix) if self._dice.random() < self._share else None

    def _faulty(self, fault: Kind | None, asked: Asked) -> Told:
        if fault is Kind.RATE_LIMITED:
            return self.limited()
        if fault in {Kind.INTERNAL, Kind.UNAVAILABLE}:
            return Told(status=int(fault), content=b"")
        if fault is Kind.HTML:
            return Told(content=_PAGE, kind="text/html")
        told = self.answer(asked)
        if fault is Kind.ENCODED:
            content = told.content.decode().encode("cp1252", errors="replace")
            return Told(status=told.status, content=content, kind=told.kind)
        return told


def _asked(scope: Scope, body: bytes) -> Asked:
    query = scope.get("query_string", b"").decode()
    return Asked(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers={name.decode().lower(): value.decode() for name, value in scope["headers"]},
        body=body,
    )


async def _say(send: Send, told: Told, *, is_cut: bool) -> None:
    content = told.content
    fields = (("content-type", told.kind), ("content-length", str(len(content))), *told.headers)
    pairs = [(name.encode(), value.encode()) for name, value in fields]
    await send({"type": "http.response.start", "status": told.status, "headers": pairs})
    if is_cut:
        half = content[: len(content) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        reset(send, is_timeout=False)
        return
    await send({"type": "http.response.body", "body": content})
