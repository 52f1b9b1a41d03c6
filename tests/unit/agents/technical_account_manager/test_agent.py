"""The TAM's front door: what goes in, what comes out, what failing looks like."""

from __future__ import annotations

import asyncio
import json

import pytest
from pydantic import JsonValue

from app.agents.technical_account_manager.agent import TAMAgent
from app.agents.technical_account_manager.schemas import TASK_TYPES, TAMResult, TAMTask
from app.errors import AppError, TransientServiceError
from tests.unit.agents.technical_account_manager.shapes import health


class FlowsInMemory:
    """Keeps what was asked and answers with a health score, or fails as told."""

    def __init__(self, failure: AppError | None = None) -> None:
        self.asked: list[TAMTask] = []
        self._failure = failure

    async def run(self, task: TAMTask) -> TAMResult:
        self.asked.append(task)
        if self._failure is not None:
            raise self._failure
        return TAMResult(task_type=task.task_type, health_score=health(), confidence="high")


def execute(
    flows: FlowsInMemory, task: dict[str, JsonValue], context: dict[str, JsonValue] | None = None
) -> dict[str, JsonValue]:
    return asyncio.run(TAMAgent(flows=flows).execute(task, context or {}))


@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_every_task_type_starts_its_flow(task_type: str) -> None:
    flows = FlowsInMemory()

    result = execute(flows, {"type": task_type, "tenant_id": "main", "account_id": "acme"})

    assert [task.task_type for task in flows.asked] == [task_type]
    assert (result["task_type"], result["error"], result["confidence"]) == (task_type, None, "high")


def test_the_result_is_ready_for_json() -> None:
    result = execute(FlowsInMemory(), {"type": "health_scan", "tenant_id": "main"})

    assert TAMResult.model_validate_json(json.dumps(result)).health_score == health()


def test_the_tenant_may_come_from_the_context() -> None:
    flows = FlowsInMemory()

    execute(flows, {"task_type": "health_scan"}, {"tenant_id": "main", "run": 7})

    assert [task.tenant_id for task in flows.asked] == ["main"]


@pytest.mark.parametrize("task", [{"type": "nap", "tenant_id": "main"}, {}, {"type": 5}])
def test_an_unknown_task_type_is_the_callers_mistake(task: dict[str, JsonValue]) -> None:
    with pytest.raises(ValueError, match=r"Unknown task type .*health_scan.*update_relationship"):
        execute(FlowsInMemory(), task)


@pytest.mark.parametrize(
    "task, context, reason",
    [
        ({}, {}, "tenant_id: neither"),
        ({"tenant_id": "main"}, {"tenant_id": "other"}, "different tenants"),
        ({"tenant_id": "main", "colour": "red"}, {}, "colour: Extra inputs"),
        ({"tenant_id": "main", "account_id": 7}, {}, "account_id: Input should be a valid string"),
        ({"tenant_id": ""}, {}, "tenant_id: String should have at least 1"),
    ],
)
def test_a_task_that_cannot_be_read_fails_open_and_starts_nothing(
    task: dict[str, JsonValue], context: dict[str, JsonValue], reason: str
) -> None:
    flows = FlowsInMemory()

    result = execute(flows, {"type": "health_scan", **task}, context)

    assert reason in str(result["error"])
    assert (result["confidence"], result["partial"], flows.asked) == ("low", True, [])


def test_a_flow_that_fails_comes_back_as_a_partial_result() -> None:
    flows = FlowsInMemory(TransientServiceError("notion", "read", "timed out"))

    result = execute(flows, {"type": "health_scan", "tenant_id": "main"})

    assert result["error"] == "notion: read: timed out"
    assert (result["confidence"], result["partial"]) == ("low", True)


def test_the_agent_is_known_as_the_contract_says() -> None:
    known = TAMAgent(flows=FlowsInMemory()).registration

    assert (known.agent_id, known.name, known.max_concurrent_tasks) == (
        "technical_account_manager",
        "Technical Account Manager",
        3,
    )
    assert known.tags == ("tam", "health", "escalation", "technical", "account_management")
    assert [capability.name for capability in known.capabilities] == [
        "health_monitoring",
        "escalation_risk_scoring",
        "technical_communication",
        "relationship_profiling",
        "opportunity_surfacing",
    ]
