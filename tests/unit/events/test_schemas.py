"""Events have one shape, and escalations theirs within it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from pydantic import ValidationError

from app.domain.band import Band
from app.events.escalations import (
    ESCALATIONS,
    EscalationNews,
    csm_churn_event,
    csm_health_event,
    tam_escalation_event,
)
from app.events.schemas import AgentEvent, EventPriority, EventType

event = partial(
    AgentEvent, event_type=EventType.TASK_COMPLETED, tenant_id="main", source_agent_id="sales"
)
news = partial(
    EscalationNews,
    event_id="main:tam_escalation:acme:1:1:event",
    at=datetime(2026, 3, 11, 7, 0, tzinfo=UTC),
    tenant_id="main",
    account_id="acme",
    health_score=35,
    rag_status=Band.RED,
    previous_rag=Band.AMBER,
    incident_id="tam_escalation:acme:1",
)


def test_the_source_is_in_every_call_chain() -> None:
    assert event().call_chain == ["sales"]
    assert event(call_chain=["supervisor"]).call_chain == ["supervisor", "sales"]
    assert event(call_chain=["sales", "supervisor"]).call_chain == ["sales", "supervisor"]


def test_an_event_read_back_from_json_is_the_same() -> None:
    told = event(data={"account_id": "acme", "scores": [1, None]}, parent_event_id="e-0")

    assert AgentEvent.model_validate_json(told.model_dump_json()) == told


def test_every_event_has_its_own_id_and_time() -> None:
    first, second = event(), event()

    assert first.event_id != second.event_id
    assert first.timestamp.tzinfo is UTC
    assert first.priority is EventPriority.NORMAL


def test_times_are_kept_in_utc_and_never_guessed() -> None:
    seven = datetime(2026, 3, 11, 7, 0, tzinfo=UTC)

    assert event(timestamp=seven.astimezone(timezone(timedelta(hours=9)))).timestamp == seven
    with pytest.raises(ValidationError, match="needs a time zone"):
        event(timestamp=seven.replace(tzinfo=None))


@pytest.mark.parametrize(
    "wrong",
    [{"event_type": "nap.taken"}, {"tenant_id": ""}, {"source_agent_id": ""}, {"colour": "red"}],
)
def test_an_event_of_nobody_or_of_no_known_kind_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        AgentEvent.model_validate({**event().model_dump(), **wrong})


def test_the_kinds_and_priorities_are_spelt_as_agreed() -> None:
    assert [str(kind) for kind in EventType] == [
        "task.assigned",
        "task.completed",
        "task.failed",
        "handoff.request",
        "handoff.validated",
        "handoff.rejected",
        "context.updated",
        "agent.registered",
        "agent.health",
    ]
    assert [str(priority) for priority in EventPriority] == ["low", "normal", "high", "critical"]


def test_a_technical_escalation_is_told_as_agreed() -> None:
    told = tam_escalation_event(news())

    assert ESCALATIONS == "escalations"
    assert (told.event_type, told.priority, told.source_agent_id, told.call_chain) == (
        EventType.AGENT_HEALTH,
        EventPriority.HIGH,
        "technical_account_manager",
        ["technical_account_manager"],
    )
    assert told.data == {
        "alert_type": "tam_escalation",
        "account_id": "acme",
        "health_score": 35,
        "rag_status": "Red",
        "previous_rag": "Amber",
        "action": "review_draft_outreach",
    }
    assert (told.event_id, told.correlation_id) == (
        "main:tam_escalation:acme:1:1:event",
        "tam_escalation:acme:1",
    )


def test_a_churn_alert_tells_its_level_too() -> None:
    told = csm_churn_event(
        news(health_score=None, rag_status=Band.UNKNOWN, previous_rag=None),
        churn_risk_level="high",
    )

    assert told.source_agent_id == "customer_success"
    assert told.data == {
        "alert_type": "csm_churn",
        "account_id": "acme",
        "health_score": None,
        "rag_status": "Unknown",
        "previous_rag": None,
        "action": "review_draft_outreach",
        "churn_risk_level": "high",
    }


def test_a_composite_fall_is_the_csms_to_tell() -> None:
    told = csm_health_event(news())

    assert (told.source_agent_id, told.data["alert_type"]) == ("customer_success", "csm_health")
