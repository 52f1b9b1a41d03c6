"""What every agent's front door does alike."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from app.agents.customer_success.schemas import CSMTask
from app.agents.front_door import as_json, checked, known_type, parsed
from app.errors import InvalidInput


@pytest.mark.parametrize("task", [{"type": "nap"}, {}, {"type": 5}, {"task_type": None}])
def test_a_type_that_nobody_knows_is_the_callers_mistake(task: dict[str, JsonValue]) -> None:
    with pytest.raises(ValueError, match=r"Unknown task type .*; known: sit, stay"):
        known_type(task, ("sit", "stay"))


def test_the_type_goes_by_either_name() -> None:
    assert known_type({"type": "sit"}, ("sit",)) == known_type({"task_type": "sit"}, ("sit",))


@pytest.mark.parametrize(
    "task, context, reason",
    [
        ({}, {}, "tenant_id: neither the task nor the context"),
        ({"tenant_id": "a"}, {"tenant_id": "b"}, "different tenants"),
        ({"tenant_id": "a", "colour": 1}, {}, "colour: Extra inputs"),
    ],
)
def test_what_is_wrong_with_a_task_is_named(
    task: dict[str, JsonValue], context: dict[str, JsonValue], reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parsed({"type": "generate_qbr", **task}, context, CSMTask)


def test_a_task_that_contradicts_itself_is_named_as_a_whole() -> None:
    with pytest.raises(InvalidInput, match="task: Value error, type 'churn_assessment'"):
        checked(
            {"type": "churn_assessment", "task_type": "generate_qbr", "tenant_id": "a"}, CSMTask
        )


def test_the_tenant_may_come_from_the_context() -> None:
    task = parsed({"type": "generate_qbr"}, {"tenant_id": "main", "run": 7}, CSMTask)

    assert as_json(task)["tenant_id"] == "main"
