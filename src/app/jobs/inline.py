"""The inline engine: flows run to their end where they are asked for, and nothing is kept.

For tests and for replays. Like the durable engine it hands every argument and result through JSON,
so that what only a crash would show there, shows here at once.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import JsonValue

from app.clock import Clock
from app.domain.flow import (
    ENDED,
    UNSETTLED,
    Argument,
    FlowAsk,
    FlowName,
    FlowRow,
    FlowState,
    refuse_foreign,
)
from app.errors import AppError, CrossTenant, FlowFailed, NotFound
from app.ports.engine import FlowBody, Steps


@dataclass(slots=True, kw_only=True)
class InlineEngine:
    """`Engine` without durability. A delayed flow waits until `run_delayed` is called."""

    shapes: Mapping[FlowName, FlowBody]
    clock: Clock
    worker: str = "inline"
    _rows: dict[str, FlowRow] = field(default_factory=dict)
    _results: dict[str, JsonValue] = field(default_factory=dict)
    _waiting: deque[FlowAsk] = field(default_factory=deque)
    _delayed: list[FlowAsk] = field(default_factory=list)
    _is_running: bool = False

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self, *, grace_seconds: float) -> None:
        """Nothing to end."""
        del grace_seconds

    async def workers(self) -> frozenset[str]:
        """Nobody has flows in hand between two calls."""
        return frozenset()

    async def recover(self, workers: Collection[str]) -> int:
        """Nobody leaves anything behind."""
        del workers
        return 0

    async def forget(self, before: datetime) -> int:
        """Drop flows that ended before; returns how many."""
        old = [
            row.flow_id
            for row in self._rows.values()
            if row.state in ENDED and row.updated_at < before
        ]
        for flow_id in old:
            del self._rows[flow_id]
            self._results.pop(flow_id, None)
        return len(old)

    async def enqueue(self, ask: FlowAsk) -> None:
        """Run the flow and all that it starts, unless its id was seen before."""
        _refuse(ask.tenant_id, ask.flow_id)
        if ask.flow_id in self._rows:
            return
        now = self.clock()
        state = FlowState.WAITING if ask.delay_seconds > 0 else FlowState.QUEUED
        self._rows[ask.flow_id] = FlowRow(
            flow_id=ask.flow_id,
            flow=ask.flow,
            state=state,
            worker="",
            created_at=now,
            updated_at=now,
            error="",
        )
        asked = replace(ask, argument=dict(_as_argument(ask.argument)))
        if state is FlowState.WAITING:
            self._delayed.append(asked)
            return
        self._waiting.append(asked)
        await self._drain()

    async def run_delayed(self) -> int:
        """Run every flow whose moment would have come later; returns how many."""
        due, self._delayed = self._delayed, []
        self._waiting.extend(due)
        await self._drain()
        return len(due)

    async def result(self, tenant_id: str, flow_id: str, *, timeout_seconds: float) -> JsonValue:
        """A flow's result; nothing is waited for."""
        del timeout_seconds
        row = await self.flow(tenant_id, flow_id)
        if row is None:
            raise NotFound(f"there is no flow {flow_id!r}")
        if row.state is FlowState.FAILED:
            raise FlowFailed(row.error)
        if row.state not in ENDED:
            raise TimeoutError
        return self._results[flow_id]

    async def flow(self, tenant_id: str, flow_id: str) -> FlowRow | None:
        """One flow."""
        _refuse(tenant_id, flow_id)
        return self._rows.get(flow_id)

    async def flows(
        self, tenant_id: str, *, states: Collection[FlowState] = (), most: int = 50
    ) -> tuple[FlowRow, ...]:
        """A tenant's flows, newest first."""
        own = [
            row
            for row in reversed(self._rows.values())
            if refuse_foreign(tenant_id, row.flow_id) is None
            and (not states or row.state in states)
        ]
        return tuple(own[:most])

    async def unsettled(self, tenant_id: str, *, most: int) -> tuple[FlowRow, ...]:
        """A tenant's flows that are queued, wait, run or failed: at most `most` of each state."""
        found = [
            row
            for state in UNSETTLED
            for row in await self.flows(tenant_id, states=[state], most=most)
        ]
        return tuple(sorted(found, key=lambda row: row.created_at, reverse=True))

    async def _drain(self) -> None:
        if self._is_running:  # started by a flow: it runs after the one that started it
            return
        self._is_running = True
        try:
            while self._waiting:
                await self._run(self._waiting.popleft())
        finally:
            self._is_running = False

    async def _run(self, ask: FlowAsk) -> None:
        self._move(ask.flow_id, FlowState.RUNNING)
        steps = _InlineSteps(self, ask.tenant_id, ask.flow_id)
        try:
            result = await self.shapes[ask.flow](steps, ask.argument)
        except AppError as exc:
            self._move(ask.flow_id, FlowState.FAILED, error=str(exc))
            return
        self._results[ask.flow_id] = _through_json(result)
        self._move(ask.flow_id, FlowState.DONE)

    def _move(self, flow_id: str, state: FlowState, *, error: str = "") -> None:
        self._rows[flow_id] = replace(
            self._rows[flow_id],
            state=state,
            worker=self.worker,
            updated_at=self.clock(),
            error=error,
        )

    async def run_child(self, flow_id: str) -> None:
        """Run a flow that another one waits for, out of its turn."""
        for ask in list(self._waiting):
            if ask.flow_id == flow_id:
                self._waiting.remove(ask)
                await self._run(ask)


@dataclass(frozen=True, slots=True)
class _InlineSteps(Steps):
    engine: InlineEngine
    tenant_id: str
    flow_id: str

    async def run(self, name: str, work: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        del name
        return _through_json(await work())

    async def start(self, ask: FlowAsk) -> None:
        _refuse(self.tenant_id, ask.flow_id)
        await self.engine.enqueue(ask)

    async def wait(self, flow_id: str) -> JsonValue:
        await self.engine.run_child(flow_id)
        return await self.engine.result(self.tenant_id, flow_id, timeout_seconds=0)


def _through_json(value: JsonValue) -> JsonValue:
    read: JsonValue = json.loads(json.dumps(value))
    return read


def _as_argument(argument: Argument) -> Argument:
    read = _through_json(dict(argument))
    return read if isinstance(read, dict) else {}


def _refuse(tenant_id: str, flow_id: str) -> None:
    reason = refuse_foreign(tenant_id, flow_id)
    if reason is not None:
        raise CrossTenant(reason)
