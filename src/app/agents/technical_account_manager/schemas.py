"""The TAM's tasks, results and profile, as they cross its edge.

What handoffs carry is declared in `app.handoffs` and known here under the same names.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from pydantic import Field, JsonValue

from app.domain.account import TechnicalMaturity
from app.domain.ticket import Priority, TicketStatus
from app.handoffs.edge import Confidence, Identifier, Moment, Shape, TaskShape
from app.handoffs.health import EscalationNotificationResult, HealthScoreResult
from app.handoffs.payloads import TamCommunication, TAMHandoffRequest, TAMHandoffResponse

__all__ = [
    "TASK_TYPES",
    "CoDevOpportunity",
    "CommunicationRecord",
    "EscalationNotificationResult",
    "FeatureAdoption",
    "HealthScoreResult",
    "IntegrationStatus",
    "RelationshipProfile",
    "StakeholderProfile",
    "TAMHandoffRequest",
    "TAMHandoffResponse",
    "TAMResult",
    "TAMTask",
    "TicketSummary",
]

TaskType: TypeAlias = Literal[
    "health_scan",
    "escalation_outreach",
    "release_notes",
    "roadmap_preview",
    "health_checkin",
    "customer_success_review",
    "update_relationship_profile",
]
TASK_TYPES: tuple[str, ...] = get_args(TaskType)
"""Everything a TAM can be asked to do."""

LoggedCommunication: TypeAlias = TamCommunication | Literal["churn_outreach", "expansion_outreach"]


class TicketSummary(Shape):
    """A support ticket as the TAM reads it."""

    ticket_id: Identifier
    account_id: Identifier
    priority: Priority
    status: TicketStatus
    created_at: Moment
    age_days: float = Field(ge=0)
    """(now − created_at) / 86,400 s."""
    subject: str
    """The customer's words: hostile, for words only."""


class StakeholderProfile(Shape):
    """One of the customer's people, and how technical a text to them may be."""

    name: str
    role: str
    technical_maturity: TechnicalMaturity
    notes: str = ""
    maturity_source: Literal["rep", "derived"] = "derived"
    """`rep`: set by hand, and nothing derived overrides it."""
    maturity_reason: str = ""


class IntegrationStatus(Shape):
    """One integration of the account."""

    integration_name: str
    is_active: bool = True
    since: str = ""
    """As its source wrote it: a date or a release; empty: not told."""


class FeatureAdoption(Shape):
    """Whether the account uses one feature, and who says so."""

    feature_name: str
    adopted: bool = False
    source: Literal["heartbeat", "ticket", "manual"] = "manual"


class CommunicationRecord(Shape):
    """A letter that went to the customer, and what came of it."""

    date: str
    """Its day, such as `2026-03-11`."""
    communication_type: LoggedCommunication
    subject: str
    outcome: str = ""


class CoDevOpportunity(Shape):
    """Something to build together with the customer."""

    opportunity_name: str
    description: str
    status: Literal["surfaced", "discussed", "in_progress", "closed"] = "surfaced"
    dispatched_to_sales: bool = False
    """The Sales Agent was told, once."""


class RelationshipProfile(Shape):
    """The technical relationship with one account."""

    account_id: Identifier
    account_name: str = ""
    stakeholders: list[StakeholderProfile] = Field(default_factory=list)
    integrations: list[IntegrationStatus] = Field(default_factory=list)
    feature_adoption: list[FeatureAdoption] = Field(default_factory=list)
    customer_environment: list[str] = Field(default_factory=list)
    """Other applications at the customer's."""
    communication_history: list[CommunicationRecord] = Field(default_factory=list)
    """Oldest first."""
    co_dev_opportunities: list[CoDevOpportunity] = Field(default_factory=list)
    roadmap_alignment_notes: list[str] = Field(default_factory=list)
    health_score: int | None = Field(default=None, ge=0, le=100)
    """100 = healthy; None: none was ever given."""
    health_rag: str | None = None
    """May be Unknown."""
    last_health_scan: Moment | None = None
    heartbeat_findings: list[str] = Field(default_factory=list)
    """What is out of the integration's own ordinary, in words for the rep alone."""
    profile_page_id: str | None = None
    """The profile's page in Notion, where there is one."""


class TAMTask(TaskShape):
    """One thing asked of the TAM for one tenant."""

    task_type: TaskType
    """Also accepted as `type`."""
    account_id: Identifier | None = None
    """None: all active accounts."""
    deal_id: str | None = None
    release_info: dict[str, JsonValue] = Field(default_factory=dict)
    profile_updates: dict[str, JsonValue] = Field(default_factory=dict)
    metadata: dict[str, JsonValue] = Field(default_factory=dict)


class TAMResult(Shape):
    """What became of a task."""

    task_type: str
    health_scores: list[HealthScoreResult] = Field(default_factory=list)
    """Of a scan over all accounts."""
    health_score: HealthScoreResult | None = None
    """Of a task about one account."""
    escalation_result: EscalationNotificationResult | None = None
    communication_content: str | None = None
    communication_type: str | None = None
    draft_id: str | None = None
    relationship_profile: RelationshipProfile | None = None
    error: str | None = None
    """Why it failed, in words for a person; None: it did not."""
    confidence: Confidence = "medium"
    partial: bool = False
    """Some of what was asked is not here."""
    reasons: list[str] = Field(default_factory=list)
    """Why it came out so, in words for the rep: what a letter tells and why, what it leaves out, or
    why there is none."""
