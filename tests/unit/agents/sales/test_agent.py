"""The Sales Agent's front door: what goes in, what comes out, what failing looks like."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import JsonValue

from app.agents.sales.agent import SalesAgent
from app.agents.sales.schemas import TASK_TYPES, SalesResult, SalesTask
from app.errors import AppError, TransientServiceError


class FlowsInMemory:
    """Keeps what was asked and answers, or fails as told."""

    def __init__(self, failure: AppError | None = None) -> None:
        self.asked: list[SalesTask] = []
        self._failure = failure

    async def run(self, task: SalesTask) -> SalesResult:
        self.asked.append(task)
        if self._failure is not None:
            raise self._failure
        return SalesResult(task_type=task.task_type)


def execute(
    flows: FlowsInMemory, task: dict[str, JsonValue], context: dict[str, JsonValue] | None = None
) -> dict[str, JsonValue]:
    return asyncio.run(SalesAgent(flows=flows).execute(task, context or {}))


@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_every_task_type_starts_its_flow(task_type: str) -> None:
    flows = FlowsInMemory()
    result = execute(flows, {"type": task_type, "account_id": "acme"}, {"tenant_id": "main"})
    assert [task.task_type for task in flows.asked] == [task_type]
    assert (result["task_type"], result["error"]) == (task_type, None)


def test_an_unknown_task_type_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="Unknown task type 'nap'"):
        execute(FlowsInMemory(), {"type": "nap"})


def test_what_fails_comes_back_as_a_partial_result() -> None:
    failing = FlowsInMemory(TransientServiceError("store", "read", "locked"))
    task: dict[str, JsonValue] = {
        "type": "handle_escalation",
        "account_id": "acme",
        "tenant_id": "main",
    }
    result = execute(failing, task)
    assert (result["error"], result["confidence"], result["partial"]) == (
        "store: read: locked",
        "low",
        True,
    )
    flows = FlowsInMemory()
    foreign = execute(flows, task, {"tenant_id": "other"})
    assert "different tenants" in str(foreign["error"])
    assert flows.asked == []


def test_the_agent_is_known() -> None:
    known = SalesAgent(flows=FlowsInMemory()).registration
    assert (known.agent_id, known.name) == ("sales", "Sales Agent")
