"""The server itself: tokens, log, faults, and the two ways in, in process and over a socket."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import httpx
import uvicorn

from tests.servers.notion import conformity
from tests.servers.notion.asgi import Receive, Scope, Send, body_of, call_of, reply, reset
from tests.servers.notion.calls import Answer, Call
from tests.servers.notion.faults import Connection, Fault, Kind, Mix, Plan, refusal
from tests.servers.notion.querying import Querying
from tests.servers.notion.routes import Routes
from tests.servers.notion.seeding import Seeding
from tests.servers.notion.shapes import VERSIONS, Json, Refused
from tests.servers.notion.world import World

TOKEN = "ntn_test"
_Reply: TypeAlias = tuple[int, Json, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A request, and what became of it."""

    method: str
    path: str
    """Behind `/v1/`."""
    query: Mapping[str, list[str]]
    body: Json
    version: str
    token: str
    status: int
    """0: nothing was answered."""
    answer: Json
    is_saved: bool
    """Whether it was done, whatever was answered."""
    fault: Kind | None


class NotionServer:
    """A workspace behind the API."""

    def __init__(
        self,
        *,
        integration: str = "Tend",
        token: str = TOKEN,
        per_minute: int | None = None,
        seconds: Callable[[], float] = time.monotonic,
        is_strict: bool = True,
    ) -> None:
        self.world = World(integration=integration)
        self.connections = {token: Connection(bot=self.world.bot, per_minute=per_minute)}
        self.plan = Plan()
        self.querying = Querying()
        self.log: list[Heard] = []
        self.seed = Seeding(self.world)
        self.seed.bot(integration)
        self._seconds = seconds
        self._is_strict = is_strict
        self._routes = Routes(self.querying)
        self._lock = threading.RLock()

    @property
    def now(self) -> datetime:
        """The workspace's time; it stands still until it is moved."""
        return self.world.now

    @now.setter
    def now(self, moment: datetime) -> None:
        self.world.now = moment

    def advance(self, **by: float) -> None:
        """Move the time, as in `advance(minutes=1)`."""
        self.world.advance(timedelta(**by))

    def go_wrong(self, *faults: Fault, mix: Mix | None = None) -> None:
        """These requests go wrong, in this order; and a share of all others."""
        self.plan.planned += faults
        self.plan.mix = mix or self.plan.mix

    def heard(self, method: str = "", path: str = "") -> list[Heard]:
        """The requests so far whose path begins so."""
        return [one for one in self.log if method in {"", one.method} and one.path.startswith(path)]

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
            port = server.servers[0].sockets[0].getsockname()[1]
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI has it."""
        raw = await body_of(receive)
        with self._lock:
            fault, done = self._handle(scope, raw)
        if fault is not None and fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind in {Kind.RESET, Kind.SILENT}:
            reset(send, is_timeout=fault.kind is Kind.SILENT)
            return
        status, body, headers = done
        await reply(send, status, body, headers)

    def _handle(self, scope: Scope, raw: bytes) -> tuple[Fault | None, _Reply]:
        try:
            call = call_of(scope, raw)
        except Refused as exc:
            return None, self._refused(exc)
        if self._is_strict:
            conformity.note(call)
        fault, answer, done = None, None, self._refused(Refused(400, "", ""))
        try:
            self._admit(call)
            fault = self.plan.next_for(call)
            if fault and fault.kind is Kind.REVOKED:
                self.connections[call.token].is_revoked = True
                self._admit(call)
            if fault is None or fault.is_late or fault.kind is Kind.SLOW:
                answer = self._routes.answer(self.world, call)
            if fault is not None and fault.kind is not Kind.SLOW:
                raise refusal(fault, call, answer)
            assert answer is not None
            done = 200, answer.body, {"x-notion-request-id": str(answer.body["request_id"])}
        except Refused as exc:
            done = self._refused(exc)
        self._write_down(call, fault, answer, done)
        return fault, done

    def _admit(self, call: Call) -> None:
        connection = self.connections.get(call.token)
        if connection is None or connection.is_revoked:
            raise Refused(401, "unauthorized", "API token is invalid.")
        connection.spend(self._seconds())
        if not call.version:
            raise Refused(
                400,
                "missing_version",
                "Notion-Version header failed validation: Notion-Version header should be "
                "defined, instead was `undefined`.",
            )
        if call.version not in VERSIONS:
            raise Refused(
                400,
                "validation_error",
                f'Notion-Version header failed validation: instead was `"{call.version}"`.',
            )
        self.world.bot = connection.bot

    def _refused(self, exc: Refused) -> _Reply:
        headers: dict[str, str] = {}
        wait = exc.additional.get("retry_after")
        if wait is not None:
            headers["retry-after"] = str(wait)
        if not exc.code:
            return exc.status, exc.message, headers
        body = {
            "object": "error",
            "status": exc.status,
            "code": exc.code,
            "message": exc.message,
            **({"additional_data": exc.additional} if exc.additional else {}),
            "request_id": self.world.new_id(),
        }
        return exc.status, body, headers

    def _write_down(
        self, call: Call, fault: Fault | None, answer: Answer | None, done: _Reply
    ) -> None:
        is_mute = fault is not None and fault.kind in {Kind.RESET, Kind.SILENT}
        self.log.append(
            Heard(
                method=call.method,
                path=call.path,
                query=call.query,
                body=json.loads(json.dumps(call.body)),
                version=call.version,
                token=call.token,
                status=0 if is_mute else done[0],
                answer=None if is_mute else done[1],
                is_saved=answer is not None,
                fault=fault.kind if fault else None,
            )
        )
