"""Health as agents report it: scores, churn risk, and which channels an escalation reached.

These shapes carry what was found. Finding it is the scorers' business, in the agents.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field, ValidationInfo, field_validator

from app.domain.band import Band
from app.handoffs.edge import Identifier, Moment, Shape, utc_now

ScoredBand: TypeAlias = Literal["Green", "Amber", "Red"]
"""The bands of a score. Unknown is not among them: there, no score exists."""

CHANNELS = ("notion", "event_bus", "email", "chat")
"""The channels of every escalation, in the order they are tried."""

_ESCALATES_BELOW = 40


def needs_attention(score: int | None, band: str | None, previous_band: str | None) -> bool:
    """Whether a score (0-100, 100 = healthy) is to be told of by the contract's defaults.

    True below 40, when the band is Red and was another one, and when it fell from Green to Amber.
    A missing `previous_band` is no change of band here. A tenant's own thresholds are the
    scorer's to apply.
    """
    if score is not None and score < _ESCALATES_BELOW:
        return True
    if previous_band is None:
        return False
    if band == Band.RED:
        return previous_band != Band.RED
    return band == Band.AMBER and previous_band == Band.GREEN


def _needs_attention(found: ValidationInfo) -> bool:
    return needs_attention(
        found.data.get("score"), found.data.get("rag_status"), found.data.get("previous_rag")
    )


class HealthScoreResult(Shape):
    """An account's technical health at one moment; it exists only where there is a score."""

    account_id: Identifier
    score: int = Field(ge=0, le=100)
    """100 = healthy."""
    rag_status: ScoredBand
    previous_score: int | None = None
    previous_rag: str | None = None
    """The band before; may be Unknown. None: no history."""
    p1_p2_ticket_count: int = Field(default=0, ge=0)
    oldest_p1_p2_age_days: float = Field(default=0.0, ge=0)
    total_open_tickets: int = Field(default=0, ge=0)
    hours_since_heartbeat: float | None = None
    """None: never monitored."""
    should_escalate: bool = Field(default=False, validate_default=True)
    """Set by the rule of `needs_attention`; a True given is never cleared."""
    scan_timestamp: Moment = Field(default_factory=utc_now)

    @field_validator("should_escalate")
    @classmethod
    def _never_clears(cls, told: bool, found: ValidationInfo) -> bool:  # noqa: FBT001 (pydantic's own call)
        return told or _needs_attention(found)


class CSMHealthScoreResult(Shape):
    """An account's composite health at one moment; it exists only where there is a score."""

    account_id: Identifier
    score: int = Field(ge=0, le=100)
    """100 = healthy."""
    rag_status: ScoredBand
    previous_score: int | None = None
    previous_rag: str | None = None
    """The band before; may be Unknown. None: no history."""
    coverage: int = Field(default=100, ge=0, le=100)
    """Percent of the weight whose signals are known."""
    tam_rag: str | None = None
    """The technical band on the account record of the same day."""
    should_alert: bool = Field(default=False, validate_default=True)
    """Set by the rule of `needs_attention`; a True given is never cleared."""
    scan_timestamp: Moment = Field(default_factory=utc_now)

    @field_validator("should_alert")
    @classmethod
    def _never_clears(cls, told: bool, found: ValidationInfo) -> bool:  # noqa: FBT001 (pydantic's own call)
        return told or _needs_attention(found)


class ChurnRiskResult(Shape):
    """How likely an account is to leave, by rule; the narrative only words it, for the rep."""

    account_id: Identifier
    churn_risk_level: Literal["low", "medium", "high", "critical"]
    churn_triggered_by: Literal["contract_proximity", "behavioral", "both"] | None = None
    churn_narrative: str | None = None
    """Why, in words for the rep alone; never part of a customer's draft."""
    days_to_renewal: int | None = None
    """Negative once it is past; None: no end of contract is known."""
    health_rag: Band | None = None


class EscalationNotificationResult(Shape):
    """Which channels an escalation reached, each on its own."""

    account_id: Identifier
    channels: dict[str, bool] = Field(default_factory=dict, validate_default=True)
    """Always the keys of `CHANNELS`; a channel nobody reported on did not get it."""
    draft_id: str | None = None
    alerts_sent: int = Field(default=0, ge=0)

    @field_validator("channels")
    @classmethod
    def _every_channel(cls, told: dict[str, bool]) -> dict[str, bool]:
        unknown = sorted(told.keys() - set(CHANNELS))
        if unknown:
            msg = f"unknown channels {', '.join(unknown)}; there are {', '.join(CHANNELS)}"
            raise ValueError(msg)
        return {channel: told.get(channel, False) for channel in CHANNELS}
