"""How an account uses the product: adoption, trend and habit, and when use fell silent.

A change is never only a percentage: it is damped by volume and by how long there has been use.
"""

from __future__ import annotations

from datetime import timedelta

from app.agents.customer_success.inputs import CsmInputs
from app.agents.customer_success.reading import (
    Reading,
    Slope,
    along,
    feed_sources,
    nobody_brings,
    unknown,
)
from app.domain.book import UsageWindow
from app.domain.feed import FactKind
from app.domain.reported import UsageTrend
from app.domain.usage_change import MIN_WEEKS_BEFORE, RECENT_WEEKS, usage_change_percent

COMPARED_WEEKS = 12
"""The complete weeks whose events are compared: four against the eight before."""

NEW_CUSTOMER_DAYS = 28
"""Younger customers are still being set up: four weeks are one reading of every habit."""

TREND_TOLERANCE = 0.2
"""The part of the decline threshold within which use counts as stable."""

ADOPTION_SLOPE: Slope = ((0.0, 0.0), (0.3, 0.4), (0.7, 1.0))
"""Nobody uses everything: 70 % of the features is as good as all of them."""

LOGIN_SLOPE: Slope = ((0.0, 0.0), (1.0, 0.6), (3.0, 1.0))
"""Once a week is a habit, three days a week is part of the work."""


def is_new(inputs: CsmInputs) -> bool:
    """Whether the account is too new for its habits to be judged."""
    return inputs.tenure_days is not None and inputs.tenure_days < NEW_CUSTOMER_DAYS


def trend_of(inputs: CsmInputs, decline_percent: float) -> UsageTrend | None:
    """Declining from a damped fall of `decline_percent`; None: unknown, or too new to tell."""
    usage = _comparable(inputs)
    if usage is None or _tells_no_events(usage):
        return None
    change = usage_change_percent(usage)
    if change <= -decline_percent:
        return UsageTrend.DECLINING
    return UsageTrend.GROWING if change >= decline_percent else UsageTrend.STABLE


def silent_days(inputs: CsmInputs) -> int | None:
    """Days without any use up to the end of the usage data; None: unknown, or never any use."""
    usage = inputs.usage
    if usage is None or usage.last_active_day is None or inputs.usage_until is None:
        return None
    if FactKind.USAGE not in inputs.feeds:
        return None
    return max(0, (inputs.usage_until - usage.last_active_day).days)


def adoption(inputs: CsmInputs) -> Reading:
    """Features in use of those it is entitled to."""
    sources = feed_sources(inputs, FactKind.USAGE)
    if not sources:
        return nobody_brings("adoption", FactKind.USAGE)
    adopted = inputs.adoption
    if adopted is None:
        return unknown("adoption", "usage tells no features that match its entitlement")
    if is_new(inputs):
        return unknown("adoption", "a new customer, too new to tell")
    whole = "entitled" if adopted.is_entitled else "known"
    reason = f"{adopted.used} of {adopted.of} {whole} features in use"
    if adopted.unused:
        more = adopted.of - adopted.used - len(adopted.unused)
        rest = f" and {more} more" if more else ""
        reason = f"{reason}; not {', '.join(adopted.unused)}{rest}"
    share = adopted.used / adopted.of
    return Reading(
        "adoption",
        along(share, ADOPTION_SLOPE),
        f"{100 * share:.0f} % of features",
        reason,
        sources,
        _usage_age(inputs),
    )


def usage_trend(inputs: CsmInputs, decline_percent: float) -> Reading:
    """The last four complete weeks against the eight before, damped."""
    sources = feed_sources(inputs, FactKind.USAGE)
    if not sources:
        return nobody_brings("usage_trend", FactKind.USAGE)
    if inputs.usage is None and not is_new(inputs):
        return Reading("usage_trend", 0.0, "no use", "never any use to build on", sources)
    usage = _comparable(inputs)
    if usage is None:
        return unknown("usage_trend", "too short a time in use, too new to tell")
    age = _usage_age(inputs)
    if _tells_no_events(usage):
        return unknown("usage_trend", "its usage tells no events, so none can be compared")
    if not usage.events_recent and not usage.events_before:
        reason = "no use in the last 12 complete weeks"
        return Reading("usage_trend", 0.0, "no use", reason, sources, age)
    change = usage_change_percent(usage)
    raw = (
        f"{usage.events_recent / RECENT_WEEKS:.0f} events a week, "
        f"{usage.events_before / usage.weeks_before:.0f} before (counts as {change:+.0f} %)"
    )
    trend = trend_of(inputs, decline_percent)
    slope = (
        (-2 * decline_percent, 0.0),
        (-decline_percent, 0.5),
        (-TREND_TOLERANCE * decline_percent, 1.0),
    )
    reason = f"usage is {trend}"
    if trend is UsageTrend.STABLE and change < -TREND_TOLERANCE * decline_percent:
        reason = "usage is stable, a little below what it was"
    return Reading("usage_trend", along(change, slope), raw, reason, sources, age)


def login_frequency(inputs: CsmInputs) -> Reading:
    """Days with a login per week, over the last four complete weeks."""
    sources = feed_sources(inputs, FactKind.USAGE)
    if not sources:
        return nobody_brings("login_frequency", FactKind.USAGE)
    usage = inputs.usage
    if is_new(inputs) or (usage is not None and not usage.weeks_before):
        return unknown("login_frequency", "less than four weeks in use, too new to tell")
    if usage is not None and not usage.active_days_recent and usage.events_recent:
        return unknown("login_frequency", "its usage tells no logins")
    a_week = (0 if usage is None else usage.active_days_recent) / RECENT_WEEKS
    reason = f"logins on {a_week:g} of 7 days a week"
    return Reading(
        "login_frequency",
        along(a_week, LOGIN_SLOPE),
        f"{a_week:g} login days a week",
        reason if a_week else "nobody logged in for four weeks",
        sources,
        _usage_age(inputs),
    )


def _comparable(inputs: CsmInputs) -> UsageWindow | None:
    """The window, where somebody brings usage and there is enough of it to compare."""
    usage = inputs.usage
    if usage is None or usage.weeks_before < MIN_WEEKS_BEFORE or is_new(inputs):
        return None
    return usage if FactKind.USAGE in inputs.feeds else None


def _tells_no_events(usage: UsageWindow) -> bool:
    """Whether there was use in the twelve weeks, told by logins or people alone."""
    if usage.events_recent or usage.events_before or not usage.active_days_90:
        return False
    first = usage.until - timedelta(weeks=COMPARED_WEEKS)
    return usage.last_active_day is not None and usage.last_active_day > first


def _usage_age(inputs: CsmInputs) -> float | None:
    until = inputs.usage_until
    return None if until is None else float(max(0, (inputs.day - until).days))
