"""The CSM's signals, tasks and results, as they cross its edge.

What handoffs carry is declared in `app.handoffs` and known here under the same names.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias, get_args

from pydantic import Field, JsonValue

from app.domain.band import Band
from app.handoffs.edge import Confidence, Identifier, Shape, TaskShape
from app.handoffs.health import ChurnRiskResult, CSMHealthScoreResult, EscalationNotificationResult
from app.handoffs.payloads import (
    CSMHandoffRequest,
    CSMHandoffResponse,
    CsmTaskType,
    ExpansionOpportunity,
)

__all__ = [
    "TASK_TYPES",
    "CSMHandoffRequest",
    "CSMHandoffResponse",
    "CSMHealthScoreResult",
    "CSMHealthSignals",
    "CSMResult",
    "CSMTask",
    "ChurnRiskResult",
    "ExpansionOpportunity",
    "FeatureAdoptionReport",
    "FeatureStanding",
    "QBRContent",
    "QBRMetric",
    "QBRPoint",
    "QBRSection",
    "QBRWording",
]

TASK_TYPES: tuple[str, ...] = get_args(CsmTaskType)
"""Everything a CSM can be asked to do."""


class CSMHealthSignals(Shape):
    """The eleven signals of one account and the TAM's band. None is unknown, never zero."""

    account_id: Identifier
    feature_adoption_rate: float | None = Field(default=None, ge=0, le=1)
    """Features used of those entitled to, 0-1."""
    tickets_90_days: int | None = Field(default=None, ge=0)
    csat: float | None = Field(default=None, ge=1, le=5)
    """Mean satisfaction with tickets of the last 90 days, 1 (bad) to 5 (good)."""
    tickets_reopened: int | None = Field(default=None, ge=0)
    tickets_escalated: int | None = Field(default=None, ge=0)
    days_since_last_interaction: int | None = Field(default=None, ge=0)
    """Since the last meaningful one."""
    logins_per_week: float | None = Field(default=None, ge=0)
    usage_trend: Literal["growing", "stable", "declining"] | None = None
    payment_status: Literal["current", "overdue_30", "overdue_60", "overdue_90_plus"] | None = None
    stakeholder_engagement: Literal["high", "medium", "low"] | None = None
    nps: int | None = Field(default=None, ge=0, le=10)
    days_to_renewal: int | None = None
    """Negative once it is past."""
    seats_purchased: int | None = Field(default=None, ge=0)
    seats_used: int | None = Field(default=None, ge=0)
    escalations_90_days: int | None = Field(default=None, ge=0)
    tam_rag: Band | None = None
    """The technical band on the account record of the same day."""


MetricGroup: TypeAlias = Literal[
    "figure", "history", "change", "reckoning", "use", "feature", "term"
]
"""What a figure is one of: the key figures, or the rows of a table."""


class QBRMetric(Shape):
    """A figure of a quarterly review, as it is shown."""

    label: str
    value: str
    """With its unit, such as `62 %` or `EUR 12,000`."""
    group: MetricGroup = "figure"
    cells: list[str] = Field(default_factory=list)
    """The value in its parts, where it is shown larger or in columns: of a key figure the figure
    and what belongs to it; of a change then, now and points; of a feature its use here and
    elsewhere. Empty: it has one part."""
    share: float | None = Field(default=None, ge=0, le=1)
    """What part of its whole it is, where a bar tells more than words."""


class QBRPoint(Shape):
    """The score from one day on."""

    on: date
    score: int = Field(ge=0, le=100)
    band: Band


class QBRSection(Shape):
    """Two or three sentences and the figures they rest on."""

    text: str
    metrics: list[QBRMetric] = Field(default_factory=list)
    points: list[str] = Field(default_factory=list)
    """What to do or to show next, one line each."""
    course: list[QBRPoint] = Field(default_factory=list)
    """The score's way, oldest first: its ends, and each day that moved it."""


class QBRWording(Shape):
    """Whose words a part of a review is in, where a model was asked for them."""

    part: str
    """The section's field, or `why`: the internal notes' own."""
    worded_by: str
    """`template`, or the name of the model."""
    confidence: Confidence
    refused: list[str] = Field(default_factory=list)
    """Why the model's words were refused; empty: they stand."""


class QBRContent(Shape):
    """A quarterly business review for the rep to present: its four sections."""

    account_id: Identifier
    account_name: str = ""
    period: str
    """Such as `2026-Q1`, or the contract term such as `2027-03-31:C-12`."""
    prepared_on: date | None = None
    """The tenant's local day; every figure is as known on it."""
    rep_name: str = ""
    """Whose account it is; empty: nobody's."""
    trigger: Literal["quarterly", "contract_proximity"]
    account_health_summary: QBRSection
    roi_business_impact: QBRSection
    feature_adoption_scorecard: QBRSection
    expansion_next_steps: QBRSection
    internal_notes: str = ""
    """Churn, risk and the rep's notes; no export contains it."""
    wording: list[QBRWording] = Field(default_factory=list, exclude_if=lambda wording: not wording)
    """Parts that a model worded, or was refused; for our own people. Empty: templates alone."""


class FeatureStanding(Shape):
    """One feature against comparable accounts."""

    feature_name: str
    used: bool
    benchmark_rate: float | None = Field(default=None, ge=0, le=1)
    """The share of comparable accounts that use it; None: too few to say."""
    peers_using: int = Field(default=0, ge=0)
    """How many of them use it; 0 too where they are too few to say."""
    recommendation: str = ""
    """Only for what it could use and does not, and enough of them do."""


class FeatureAdoptionReport(Shape):
    """What an account uses, against accounts of its segment and tenure."""

    account_id: Identifier
    adoption_rate: float | None = Field(default=None, ge=0, le=1)
    """`features_used` of `features_known`; None: nobody tells."""
    features_used: int = Field(default=0, ge=0)
    """In the 28 days up to `as_of`."""
    features_known: int = Field(default=0, ge=0)
    """Those it is entitled to, else all that anybody's usage knows."""
    by_entitlement: bool = False
    """Whether `features_known` counts its own entitlement."""
    benchmark_rate: float | None = Field(default=None, ge=0, le=1)
    """The median rate of comparable accounts; None: too few to say."""
    compared_accounts: int = Field(default=0, ge=0)
    """How many the benchmark rests on."""
    compared_with: str = ""
    """Which they are, in words; empty: too few to say anything by."""
    as_of: date | None = None
    """The last day that usage data reaches; None: nobody tells of usage."""
    features: list[FeatureStanding] = Field(default_factory=list)
    """What it does not use first, by how many comparable accounts do."""


class CSMTask(TaskShape):
    """One thing asked of the CSM for one tenant."""

    task_type: CsmTaskType
    """Also accepted as `type`."""
    account_id: Identifier | None = None
    """None: all active accounts."""
    deal_id: str | None = None
    metadata: dict[str, JsonValue] = Field(default_factory=dict)


class CSMResult(Shape):
    """What became of a task."""

    task_type: str
    health_scores: list[CSMHealthScoreResult] = Field(default_factory=list)
    """Of a scan over all accounts."""
    health_score: CSMHealthScoreResult | None = None
    """Of a task about one account."""
    churn_risk: ChurnRiskResult | None = None
    expansion_opportunities: list[ExpansionOpportunity] = Field(default_factory=list)
    qbr: QBRContent | None = None
    feature_adoption: FeatureAdoptionReport | None = None
    escalation_result: EscalationNotificationResult | None = None
    draft_id: str | None = None
    error: str | None = None
    """Why it failed, in words for a person; None: it did not."""
    confidence: Confidence = "medium"
    partial: bool = False
    """Some of what was asked is not here."""
    reasons: list[str] = Field(default_factory=list)
    """Why it came out so, in words for the rep: what is held back or left out, and why."""
