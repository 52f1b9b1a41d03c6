"""The CSM's front door: what goes in, what comes out, what failing looks like; and its graph."""

from __future__ import annotations

import asyncio
import json

import pytest
from pydantic import JsonValue

from app.agents.customer_success.agent import CSMAgent, build_graph
from app.agents.customer_success.schemas import TASK_TYPES, ChurnRiskResult, CSMResult, CSMTask
from app.errors import AppError, TransientServiceError

RISK = ChurnRiskResult(account_id="acme", churn_risk_level="low")


class FlowsInMemory:
    """Keeps what was asked and answers with a churn risk, or fails as told."""

    def __init__(self, failure: AppError | None = None) -> None:
        self.asked: list[CSMTask] = []
        self._failure = failure

    async def run(self, task: CSMTask) -> CSMResult:
        self.asked.append(task)
        if self._failure is not None:
            raise self._failure
        return CSMResult(task_type=task.task_type, churn_risk=RISK, confidence="high")


def execute(
    flows: FlowsInMemory, task: dict[str, JsonValue], context: dict[str, JsonValue] | None = None
) -> dict[str, JsonValue]:
    return asyncio.run(CSMAgent(flows=flows).execute(task, context or {}))


@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_every_task_type_starts_its_flow(task_type: str) -> None:
    flows = FlowsInMemory()

    result = execute(flows, {"type": task_type, "account_id": "acme"}, {"tenant_id": "main"})

    assert [task.task_type for task in flows.asked] == [task_type]
    assert (result["task_type"], result["error"], result["confidence"]) == (task_type, None, "high")
    assert CSMResult.model_validate_json(json.dumps(result)).churn_risk == RISK


def test_an_unknown_task_type_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match=r"Unknown task type 'nap'.*churn_assessment"):
        execute(FlowsInMemory(), {"type": "nap", "tenant_id": "main"})


@pytest.mark.parametrize(
    "task, reason",
    [({}, "tenant_id: neither"), ({"tenant_id": "main", "colour": 1}, "colour: Extra inputs")],
)
def test_a_task_that_cannot_be_read_fails_open_and_starts_nothing(
    task: dict[str, JsonValue], reason: str
) -> None:
    flows = FlowsInMemory()

    result = execute(flows, {"type": "generate_qbr", **task})

    assert reason in str(result["error"])
    assert (result["confidence"], result["partial"], flows.asked) == ("low", True, [])


def test_a_flow_that_fails_comes_back_as_a_partial_result() -> None:
    flows = FlowsInMemory(TransientServiceError("notion", "read", "timed out"))

    result = execute(flows, {"type": "generate_qbr", "tenant_id": "main"})

    assert result["error"] == "notion: read: timed out"
    assert (result["confidence"], result["partial"]) == ("low", True)


def test_the_agent_is_known_as_the_contract_says() -> None:
    known = CSMAgent(flows=FlowsInMemory()).registration

    assert (known.agent_id, known.name, known.max_concurrent_tasks) == (
        "customer_success",
        "Customer Success Manager",
        3,
    )
    assert [capability.name for capability in known.capabilities] == [
        "health_scoring",
        "churn_prediction",
        "expansion_identification",
        "qbr_preparation",
        "feature_adoption_tracking",
    ]


def test_the_graph_is_compiled_once_and_ends_wherever_it_begins() -> None:
    drawn = build_graph().get_graph()

    assert build_graph() is build_graph()
    assert {edge.source for edge in drawn.edges if edge.target == "__end__"} >= {
        "read_book",
        "report_health",
        "word_churn",
        "word_expansion",
        "measure_adoption",
        "word_review",
    }
