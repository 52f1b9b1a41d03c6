"""Tasks as flows: what an agent's front door runs a task through, and how a request is told apart.

The same task on the same local day is the same request, so that asking twice is doing once.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Generic, TypeVar

from pydantic import JsonValue, ValidationError

from app.agents.front_door import as_json
from app.domain.flow import FlowAsk, FlowState
from app.errors import CrossTenant, FlowFailed, TransientServiceError
from app.handoffs.edge import Shape, TaskShape
from app.jobs.flows.agent_task import agent_task_ask
from app.ports.engine import FlowDesk

ResultT = TypeVar("ResultT", bound=Shape)

RunFlow = Callable[[FlowAsk], Awaitable[JsonValue]]
"""Has a flow run to its end and returns its result. Raises AppError."""

NameRequest = Callable[[Mapping[str, JsonValue]], str]
"""What tells a request for a task apart from others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDesk(Generic[ResultT]):
    """An agent's `flows`, for one tenant."""

    tenant_id: str
    agent_id: str
    run_flow: RunFlow
    request_of: NameRequest
    result: type[ResultT]
    """The shape that the agent answers in."""

    async def run(self, task: TaskShape) -> ResultT:
        """Run the task's flow to its end and return what became of it.

        Raises CrossTenant for another tenant's task, FlowFailed, TransientServiceError.
        """
        if task.tenant_id != self.tenant_id:
            raise CrossTenant("tenant_id: the task is another tenant's")
        asked = as_json(task)
        ask = agent_task_ask(self.tenant_id, self.agent_id, asked, self.request_of(asked))
        told = await self.run_flow(ask)
        try:
            return self.result.model_validate(told)
        except ValidationError as exc:
            raise FlowFailed(f"{ask.flow_id}: its result cannot be read") from exc


def through(desk: FlowDesk, *, timeout_seconds: float) -> RunFlow:
    """Running flows by asking a desk for them, and waiting for each."""

    async def run(ask: FlowAsk) -> JsonValue:
        asked = await not_failed(desk, ask)
        await desk.enqueue(asked)
        try:
            return await desk.result(
                asked.tenant_id, asked.flow_id, timeout_seconds=timeout_seconds
            )
        except TimeoutError as exc:
            message = f"{asked.flow_id} has not ended within {timeout_seconds:g} s; it goes on"
            raise TransientServiceError("flows", "wait", message) from exc

    return run


async def not_failed(desk: FlowDesk, ask: FlowAsk) -> FlowAsk:
    """The ask, under an id that has not failed yet: a failed flow keeps its id for ever.

    The request in it stays the same, so that what an earlier try did is not done again.
    """
    number, tried = 1, ask
    while True:
        row = await desk.flow(tried.tenant_id, tried.flow_id)
        if row is None or row.state not in (FlowState.FAILED, FlowState.CANCELLED):
            return tried
        number += 1
        tried = replace(ask, flow_id=f"{ask.flow_id}:{number}")


def request_on(day: date, *, mark: str = "") -> NameRequest:
    """Requests of a local day; `mark` makes one that was never made before."""

    def name(task: Mapping[str, JsonValue]) -> str:
        spelled = json.dumps(dict(task), sort_keys=True, ensure_ascii=True)
        digest = sha256(spelled.encode()).hexdigest()[:12]
        return ":".join(part for part in (day.isoformat(), digest, mark) if part)

    return name
