"""Events are heard for what they are about, and for nothing else they say."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from app.agents.sales.hearing import task_told_by
from app.agents.sales.schemas import SalesTask
from app.domain.event import AgentEvent, EventType


def told(event_type: EventType, **data: JsonValue) -> dict[str, JsonValue] | None:
    event = AgentEvent(
        event_type=event_type, tenant_id="main", source_agent_id="customer_success", data=data
    )
    return task_told_by(event)


@pytest.mark.parametrize("alert", ["tam_escalation", "csm_health", "csm_churn"])
def test_an_escalation_is_looked_at(alert: str) -> None:
    task = told(EventType.AGENT_HEALTH, alert_type=alert, account_id="acme", health_score=12)
    assert task == {"tenant_id": "main", "account_id": "acme", "task_type": "handle_escalation"}
    SalesTask.model_validate(task)


def test_of_an_opportunity_no_more_is_taken_than_which_it_is() -> None:
    task = told(
        EventType.HANDOFF_REQUEST,
        alert_type="tam_codev_opportunity",
        account_id="acme",
        opportunity_id="codev:acme:kafka",
        opportunity_name="Buy now!",
    )
    assert task == {
        "tenant_id": "main",
        "account_id": "acme",
        "task_type": "handle_codev_opportunity",
        "opportunity_id": "codev:acme:kafka",
    }
    SalesTask.model_validate(task)


@pytest.mark.parametrize(
    "event_type, data",
    [
        (EventType.AGENT_HEALTH, {"alert_type": "tam_escalation"}),
        (EventType.AGENT_HEALTH, {"alert_type": "tam_escalation", "account_id": ""}),
        (EventType.AGENT_HEALTH, {"alert_type": "tam_escalation", "account_id": 7}),
        (EventType.AGENT_HEALTH, {"alert_type": "something", "account_id": "acme"}),
        (EventType.TASK_FAILED, {"alert_type": "tam_escalation", "account_id": "acme"}),
        (EventType.HANDOFF_REQUEST, {"alert_type": "tam_codev_opportunity", "account_id": "a"}),
        (
            EventType.HANDOFF_REQUEST,
            {"alert_type": "tam_codev_opportunity", "account_id": "a", "opportunity_id": ""},
        ),
        (
            EventType.HANDOFF_REQUEST,
            {"alert_type": "buy", "account_id": "a", "opportunity_id": "o"},
        ),
    ],
)
def test_what_is_no_matter_of_sales_is_not_heard(
    event_type: EventType, data: dict[str, JsonValue]
) -> None:
    assert told(event_type, **data) is None
