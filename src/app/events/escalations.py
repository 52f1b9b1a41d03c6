"""The events of an escalation, as the agents publish them on the stream `escalations`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from app.domain.band import Band
from app.events.schemas import AgentEvent, EventPriority, EventType

ESCALATIONS = "escalations"
"""The stream that escalations of both agents go to."""

_ACTION = "review_draft_outreach"


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationNews:
    """What is told of one escalation, whichever agent raised it."""

    event_id: str
    """The effect's key, so that telling it again is the same event."""
    at: datetime
    tenant_id: str
    account_id: str
    health_score: int | None
    """0-100, 100 = healthy; None where the band is Unknown."""
    rag_status: Band
    previous_rag: Band | None
    incident_id: str
    """Ties the events of one incident together."""


def tam_escalation_event(news: EscalationNews) -> AgentEvent:
    """Technical health fell: `alert_type="tam_escalation"`."""
    return _event("technical_account_manager", "tam_escalation", news, {})


def csm_health_event(news: EscalationNews) -> AgentEvent:
    """Composite health fell: `alert_type="csm_health"`."""
    return _event("customer_success", "csm_health", news, {})


def csm_churn_event(news: EscalationNews, *, churn_risk_level: str) -> AgentEvent:
    """The account may leave: `alert_type="csm_churn"`, with its level low to critical."""
    return _event("customer_success", "csm_churn", news, {"churn_risk_level": churn_risk_level})


def _event(
    source: str, alert_type: str, news: EscalationNews, more: dict[str, JsonValue]
) -> AgentEvent:
    return AgentEvent(
        event_id=news.event_id,
        event_type=EventType.AGENT_HEALTH,
        timestamp=news.at,
        tenant_id=news.tenant_id,
        source_agent_id=source,
        call_chain=[source],
        priority=EventPriority.HIGH,
        data={
            "alert_type": alert_type,
            "account_id": news.account_id,
            "health_score": news.health_score,
            "rag_status": str(news.rag_status),
            "previous_rag": None if news.previous_rag is None else str(news.previous_rag),
            "action": _ACTION,
            **more,
        },
        correlation_id=news.incident_id,
    )
