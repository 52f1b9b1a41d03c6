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


EvidenceFact: TypeAlias = Literal[
    "seats_purchased",
    "seats_used",
    "arr",
    "currency",
    "seats_to_add",
    "tam_score",
    "tam_band",
    "csm_score",
    "csm_band",
    "feature_owned",
    "feature_used",
    "feature_missing",
    "integration_connected",
    "integration_missing",
    "environment",
    "open_p1_tickets",
    "incident",
    "opportunity",
    "peers_compared",
    "peers_using",
    "days_used",
]
"""What a row of evidence may say. All but `seats_to_add`, which is the proposal itself, are held
against the store before they are handed on."""


class EvidenceRow(Shape):
    """One fact that a claim rests on, with the record it was read from."""

    fact: EvidenceFact
    value: str = Field(min_length=1)
    """Exact: `48`, `12000.50`, `Amber`, or the name of a feature; never rounded."""
    source: str = ""
    """The record's id, such as `contract:C-12`; of `peers_using` the feature or the
    integration, of `days_used` (in the last 90 days of usage data) the feature."""


class ExpansionOpportunity(Shape):
    """Room to grow, handed to the Sales Agent as `dispatch_expansion_opportunity`."""

    account_id: Identifier
    opportunity_type: Literal["seats", "module", "integration"]
    evidence: str = Field(min_length=1)
    """The facts it rests on, in a sentence or two."""
    evidence_rows: list[EvidenceRow] = Field(default_factory=list)
    """The same facts one by one. An `estimated_arr_impact` is reckoned again from them, to the
    cent, half up: `arr * seats_to_add / seats_purchased`. Of a module or an integration nothing is
    known that it could be reckoned from."""
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


class CoDevProposal(Shape):
    """Something to build together, handed to the Sales Agent as `tam_codev_opportunity`."""

    alert_type: Literal["tam_codev_opportunity"] = "tam_codev_opportunity"
    account_id: Identifier
    opportunity_id: Identifier
    opportunity_name: Identifier
    description: str = ""
    planned_for: str = ""
    evidence: list[str] = Field(default_factory=list)
    """Why it concerns the account, fact by fact."""
