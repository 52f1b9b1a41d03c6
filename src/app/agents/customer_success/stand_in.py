"""Where a signal cannot be measured, what another system reports of it stands in, with its day.

What is measured goes before, a figure that is too old counts for nothing, and a new customer's
habits are not judged by report either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple, TypeAlias

from app.agents.customer_success.commitment import PAYMENT_SHARES, PAYMENT_WORDS
from app.agents.customer_success.inputs import CsmInputs
from app.agents.customer_success.phrases import percent, plain
from app.agents.customer_success.reading import Reading, along, feed_sources
from app.agents.customer_success.relationship import (
    CONTACT_SLOPE,
    ENGAGEMENT_SHARES,
    NPS_SLOPE,
    engagement_level_of,
)
from app.agents.customer_success.reported import NOTHING_REPORTED, ReportedFigures
from app.agents.customer_success.usage import ADOPTION_SLOPE, LOGIN_SLOPE, is_new, trend_of
from app.domain.feed import REP_LOG, FactKind
from app.domain.reported import EngagementLevel, UsageTrend
from app.domain.tenant_settings import CsmSettings

TREND_SHARES = {UsageTrend.GROWING: 1.0, UsageTrend.STABLE: 1.0, UsageTrend.DECLINING: 0.25}
"""A decline is told without a percentage: the middle of what a measured one wins."""

_HABITS = frozenset({"adoption", "usage_trend", "login_frequency"})
_CONTACTS = frozenset({"last_interaction", "stakeholder_engagement"})


class _Said(NamedTuple):
    """What a report says of one factor."""

    share: float
    raw: str
    words: str
    on: date
    source: str


_Saying: TypeAlias = Callable[[ReportedFigures, date], _Said | None]


def with_reported(
    inputs: CsmInputs, readings: tuple[Reading, ...], stale_after_days: int
) -> tuple[Reading, ...]:
    """The readings, with reported figures in the place of those that could not be measured."""
    if inputs.reported == NOTHING_REPORTED or FactKind.SIGNALS not in inputs.feeds:
        return readings
    return tuple([_stood_in(inputs, reading, stale_after_days) for reading in readings])


def decline_reported_on(inputs: CsmInputs, settings: CsmSettings) -> date | None:
    """The day that usage was reported to decline; None: it was not, or its trend is measured."""
    figure = inputs.reported.usage_trend
    if figure is None or figure.value is not UsageTrend.DECLINING:
        return None
    is_measured = trend_of(inputs, settings.usage_decline_percent) is not None
    return figure.on if not is_measured and _counts(inputs, figure.on, settings) else None


def low_engagement_reported_on(inputs: CsmInputs, settings: CsmSettings) -> date | None:
    """The day that engagement was reported to be low; None: it was not, or contacts say more."""
    figure = inputs.reported.stakeholder_engagement
    if figure is None or figure.value is not EngagementLevel.LOW:
        return None
    seen = inputs.engagement
    by_contacts = engagement_level_of(seen.meaningful, seen.people)
    is_measured = _tells_contacts(inputs) and not (
        _by_log_alone(inputs) and by_contacts is EngagementLevel.LOW
    )
    return figure.on if not is_measured and _counts(inputs, figure.on, settings) else None


def _counts(inputs: CsmInputs, on: date, settings: CsmSettings) -> bool:
    is_brought = FactKind.SIGNALS in inputs.feeds
    return is_brought and (inputs.day - on).days <= settings.reported_stale_after_days


def _stood_in(inputs: CsmInputs, reading: Reading, stale_after_days: int) -> Reading:
    saying = _SAYINGS.get(reading.factor)
    said = None if saying is None else saying(inputs.reported, inputs.day)
    if said is None or not _may_stand_in(inputs, reading, said):
        return reading
    age_days = max(0, (inputs.day - said.on).days)
    if age_days <= stale_after_days:
        reason = f"{said.words}, as reported on {said.on.isoformat()}"
        sources = _sources(inputs, said)
        return Reading(reading.factor, said.share, said.raw, reason, sources, float(age_days))
    if reading.share is not None:
        return reading
    too_old = f"what was reported on {said.on.isoformat()} is too old to count"
    return reading._replace(reason=f"{reading.reason}; {too_old}")


def _may_stand_in(inputs: CsmInputs, reading: Reading, said: _Said) -> bool:
    """Whether nothing is measured, be it that nobody brings it or that nothing is on record."""
    if reading.factor in _HABITS:
        return not is_new(inputs) and (reading.share is None or _is_unused(inputs, reading))
    if reading.factor not in _CONTACTS:
        return reading.share is None
    if reading.factor == "stakeholder_engagement" and is_new(inputs) and said.share < 1:
        return False
    if reading.share is None or not _tells_contacts(inputs):
        return True
    return _by_log_alone(inputs) and said.share > reading.share


def _is_unused(inputs: CsmInputs, reading: Reading) -> bool:
    """Whether no use is on record, so that none may as well be a gap of the source."""
    return inputs.usage is None and not (reading.factor == "adoption" and reading.share)


def _tells_contacts(inputs: CsmInputs) -> bool:
    """Whether any contact is on record, and somebody brings them."""
    is_any = inputs.engagement.last_meaningful_on is not None
    return is_any and FactKind.INTERACTIONS in inputs.feeds


def _by_log_alone(inputs: CsmInputs) -> bool:
    """Whether contacts are only those that reps logged: they prove contact, never that none was."""
    return inputs.feeds.get(FactKind.INTERACTIONS) == (REP_LOG,)


def _sources(inputs: CsmInputs, said: _Said) -> tuple[str, ...]:
    """The row, and the feed that brought it; where that is not told, all that may have."""
    feeds = feed_sources(inputs, FactKind.SIGNALS)
    own = f"feed:{said.source}"
    row = f"signals:{inputs.account_id}:{said.on.isoformat()}"
    return (row, *((own,) if own in feeds else feeds))


def _adoption(figures: ReportedFigures, day: date) -> _Said | None:
    del day
    told = figures.feature_adoption_rate
    if told is None:
        return None
    rate = percent(told.value)
    share = along(told.value, ADOPTION_SLOPE)
    return _Said(share, f"{rate} of features", f"{rate} adoption", told.on, told.source)


def _usage_trend(figures: ReportedFigures, day: date) -> _Said | None:
    del day
    told = figures.usage_trend
    if told is None:
        return None
    words = f"usage is {told.value}"
    return _Said(TREND_SHARES[told.value], told.value.value, words, told.on, told.source)


def _login_frequency(figures: ReportedFigures, day: date) -> _Said | None:
    del day
    told = figures.logins_per_week
    if told is None:
        return None
    words = f"login frequency is {plain(told.value)} a week"
    raw = f"{plain(told.value)} logins a week"
    return _Said(along(told.value, LOGIN_SLOPE), raw, words, told.on, told.source)


def _last_interaction(figures: ReportedFigures, day: date) -> _Said | None:
    told = figures.last_interaction_on
    if told is None:
        return None
    days = float(max(0, (day - told.value).days))
    words = f"last contact on {told.value.isoformat()}"
    return _Said(along(days, CONTACT_SLOPE), f"{days:.0f} d ago", words, told.on, told.source)


def _payment(figures: ReportedFigures, day: date) -> _Said | None:
    del day
    told = figures.payment_status
    if told is None:
        return None
    words = PAYMENT_WORDS[told.value]
    return _Said(PAYMENT_SHARES[told.value], told.value.value, words, told.on, told.source)


def _engagement(figures: ReportedFigures, day: date) -> _Said | None:
    del day
    told = figures.stakeholder_engagement
    if told is None:
        return None
    words = f"engagement is {told.value}"
    return _Said(ENGAGEMENT_SHARES[told.value], told.value.value, words, told.on, told.source)


def _nps(figures: ReportedFigures, day: date) -> _Said | None:
    del day
    told = figures.nps
    if told is None:
        return None
    raw = f"{told.value} of 10"
    return _Said(along(told.value, NPS_SLOPE), raw, f"NPS {raw}", told.on, told.source)


_SAYINGS: Mapping[str, _Saying] = {
    "adoption": _adoption,
    "usage_trend": _usage_trend,
    "login_frequency": _login_frequency,
    "last_interaction": _last_interaction,
    "payment": _payment,
    "stakeholder_engagement": _engagement,
    "nps": _nps,
}
