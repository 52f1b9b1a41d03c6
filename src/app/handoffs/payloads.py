"""The payloads of handoffs between agents, declared once for both sides.

The agents' `schemas` re-export them under the names they are known by.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, TypeAlias

from pydantic import Field

from app.handoffs.edge import Confidence, Identifier, Shape
from app.handoffs.health import (
    ChurnRiskResult,
    CSMHealthScoreResult,
    EscalationNotificationResult,
    HealthScoreResult,
)

TamCommunication: TypeAlias = Literal[
    "escalation_outreach",
    "release_notes",
    "roadmap_preview",
    "health_checkin",
    "customer_success_review",
]
"""The five letters a TAM writes."""

TamRequest: TypeAlias = Literal[
    "health_scan",
    "escalation_outreach",
    "release_notes",
    "roadmap_preview",
    "health_checkin",
    "customer_success_review",
]

CsmTaskType: TypeAlias = Literal[
    "csm_health_scan",
    "churn_assessment",
    "generate_qbr",
    "check_expansion",
    "track_feature_adoption",
]

HealthHandoff: TypeAlias = Literal["health_report", "escalation_alert"]


class TAMHandoffRequest(Shape):
    """What another agent asks of the TAM about one account."""

    handoff_type: HealthHandoff = "health_report"
    account_id: Identifier
    tenant_id: Identifier
    deal_id: str | None = None
    request_type: TamRequest = "health_scan"


class TAMHandoffResponse(Shape):
    """What the TAM answers."""

    handoff_type: HealthHandoff = "health_report"
    health_score: HealthScoreResult | None = None
    escalation_result: EscalationNotificationResult | None = None
    communication_content: str | None = None
    recommended_next_action: str = ""
    confidence: float = Field(default=0.7, ge=0, le=1)


class ExpansionOpportunity(Shape):
    """Room to grow, handed to the Sales Agent as `dispatch_expansion_opportunity`."""

    account_id: Identifier
    opportunity_type: Literal["seats", "module", "integration"]
    evidence: str = Field(min_length=1)
    """The facts it rests on, in a sentence or two."""
    estimated_arr_impact: Decimal | None = Field(default=None, ge=0)
    """Per year, in the contract's own currency; None: cannot be told."""
    recommended_talk_track: str = ""
    """For the rep, never for the customer as it stands."""
    confidence: Confidence = "medium"


class CSMHandoffRequest(Shape):
    """What another agent asks of the CSM about one account."""

    handoff_type: HealthHandoff = "health_report"
    account_id: Identifier
    tenant_id: Identifier
    deal_id: str | None = None
    request_type: CsmTaskType = "csm_health_scan"


class CSMHandoffResponse(Shape):
    """What the CSM answers."""

    handoff_type: HealthHandoff = "health_report"
    health_score: CSMHealthScoreResult | None = None
    churn_risk: ChurnRiskResult | None = None
    expansion_opportunities: list[ExpansionOpportunity] = Field(default_factory=list)
    recommended_next_action: str = ""
    confidence: float = Field(default=0.7, ge=0, le=1)
