"""How likely an account is to leave: a level out of two triggers, by rule and for the rep only.

It fires on contract proximity and on behaviour; a new customer, a percentage of next to nothing and
use that was never a habit keep it quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.agents.customer_success.inputs import CsmInputs
from app.agents.customer_success.stand_in import (
    decline_reported_on,
    low_engagement_reported_on,
)
from app.agents.customer_success.usage import is_new, silent_days, trend_of
from app.domain.assessment import Assessment
from app.domain.band import Band
from app.domain.book import UsageWindow
from app.domain.feed import FactKind
from app.domain.reported import UsageTrend
from app.domain.tenant_settings import CsmSettings
from app.domain.usage_change import MIN_WEEKS_BEFORE, usage_change_percent

WINDOW_DAYS = 91
"""The span of `active_days_90`: 13 complete weeks."""

HABIT_ACTIVE_DAYS = 6
"""Active days in those 13 weeks that make a habit: about one in a fortnight."""

ENGAGED_WITHIN_DAYS = (90, 365)
"""No contact for more than the first is a fall; for more than the second it is the usual state."""


class ChurnLevel(StrEnum):
    """How likely the account is to leave."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class ChurnTrigger(StrEnum):
    """What raised the level."""

    CONTRACT_PROXIMITY = "contract_proximity"
    BEHAVIORAL = "behavioral"
    BOTH = "both"


_LEVELS = tuple(ChurnLevel)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnRisk:
    """The level with what triggered it."""

    level: ChurnLevel
    triggered_by: ChurnTrigger | None
    """None: no trigger, though an open technical escalation may have raised the level."""
    days_to_renewal: int | None
    """Negative once past; None: no end of contract is known."""
    reasons: tuple[str, ...]
    """For the rep alone; empty at the lowest level."""


def churn_risk(
    inputs: CsmInputs,
    assessment: Assessment,
    settings: CsmSettings,
    *,
    tam_escalation_open: bool,
) -> ChurnRisk:
    """The level of one account.

    No trigger is low, one medium, both high; a Red band makes a triggered level one worse, an open
    technical escalation any level; critical is the end.
    """
    proximity = _proximity(inputs, assessment.band, settings.renewal_window_days)
    behaviour = _behaviour(inputs, settings)
    trigger = _trigger(is_near=bool(proximity), is_behavioral=bool(behaviour))
    steps = bool(proximity) + bool(behaviour) + tam_escalation_open
    if trigger is not None and assessment.band is Band.RED:
        steps += 1
    escalated = ("a technical escalation is open",) if tam_escalation_open else ()
    return ChurnRisk(
        level=_LEVELS[min(steps, len(_LEVELS) - 1)],
        triggered_by=trigger,
        days_to_renewal=inputs.days_to_renewal,
        reasons=(*proximity, *behaviour, *escalated),
    )


def _trigger(*, is_near: bool, is_behavioral: bool) -> ChurnTrigger | None:
    if is_near and is_behavioral:
        return ChurnTrigger.BOTH
    if is_near:
        return ChurnTrigger.CONTRACT_PROXIMITY
    return ChurnTrigger.BEHAVIORAL if is_behavioral else None


def _proximity(inputs: CsmInputs, band: Band, window_days: int) -> tuple[str, ...]:
    """Fires when a renewal is near and the band is not Green, Unknown included."""
    days, on = inputs.days_to_renewal, inputs.renews_on
    if days is None or on is None or band is Band.GREEN or not 0 <= days <= window_days:
        return ()
    return (f"renews on {on.isoformat()} and health is {band}",)


def _behaviour(inputs: CsmInputs, settings: CsmSettings) -> tuple[str, ...]:
    """Fires when use fell, fell silent, or contact with people ended; never for a new customer.

    Where neither is measured, a decline or a low engagement that another system reports fires it.
    """
    if is_new(inputs):
        return ()
    found = (
        _fallen_use(inputs, settings.usage_decline_percent),
        _silence(inputs, settings.inactive_after_days),
        _lost_contact(inputs),
        *_reported(inputs, settings),
    )
    return tuple([reason for reason in found if reason])


def _reported(inputs: CsmInputs, settings: CsmSettings) -> tuple[str, ...]:
    found = (
        ("usage is declining", decline_reported_on(inputs, settings)),
        ("engagement is low", low_engagement_reported_on(inputs, settings)),
    )
    return tuple([f"{what}, as reported on {on.isoformat()}" for what, on in found if on])


def _fallen_use(inputs: CsmInputs, decline_percent: float) -> str:
    usage = inputs.usage
    if usage is None or trend_of(inputs, decline_percent) is not UsageTrend.DECLINING:
        return ""
    return f"usage is declining (about {usage_change_percent(usage):+.0f} %)"


def _silence(inputs: CsmInputs, inactive_after_days: int) -> str:
    usage, silent = inputs.usage, silent_days(inputs)
    if usage is None or silent is None or silent < inactive_after_days:
        return ""
    if usage.last_active_day is None or not _was_habit(usage, usage.last_active_day):
        return ""
    return f"nobody has used the product since {usage.last_active_day.isoformat()}"


def _was_habit(usage: UsageWindow, last_active: date) -> bool:
    """Whether there was a habit of use before the silence, judged by the days before it alone.

    Judged by all 13 weeks, a silence would undo its own trigger as it grows.
    """
    if usage.weeks_before < MIN_WEEKS_BEFORE:
        return False
    before_silence = WINDOW_DAYS - max(0, (usage.until - last_active).days)
    return usage.active_days_90 * WINDOW_DAYS >= HABIT_ACTIVE_DAYS * before_silence


def _lost_contact(inputs: CsmInputs) -> str:
    seen = inputs.engagement
    if FactKind.INTERACTIONS not in inputs.feeds or seen.last_meaningful_on is None:
        return ""
    fell_after, usual_after = ENGAGED_WITHIN_DAYS
    days = (inputs.day - seen.last_meaningful_on).days
    if seen.meaningful or not fell_after < days <= usual_after:
        return ""
    return f"no meaningful contact since {seen.last_meaningful_on.isoformat()}"
