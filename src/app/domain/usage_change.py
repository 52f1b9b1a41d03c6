"""How an account's use of the product has changed, as one damped percentage.

A change is never only a percentage: it is damped by volume and by how long there has been use.
"""

from __future__ import annotations

from app.domain.book import UsageWindow

RECENT_WEEKS = 4
"""The complete weeks that a `UsageWindow` holds as recent."""

MIN_WEEKS_BEFORE = 4
"""As many weeks to compare with as are compared; with fewer there is no trend yet."""

PSEUDO_EVENTS = 20
"""Events, in four weeks, that a stable account is taken to have besides: below about twenty, one
person's holiday is a large percentage."""

PSEUDO_WEEKS = 1
"""Weeks of unchanged use that every history is taken to have besides."""


def usage_change_percent(usage: UsageWindow) -> float:
    """Change of weekly events in percent, shrunk towards no change; needs a week to compare with.

    (recent - expected) / (expected + pseudo-events), times weeks / (weeks + pseudo-weeks), where
    `expected` is what four weeks held before: additive smoothing on both counts.
    """
    expected = usage.events_before * RECENT_WEEKS / usage.weeks_before
    change = (usage.events_recent - expected) / (expected + PSEUDO_EVENTS)
    return 100 * change * usage.weeks_before / (usage.weeks_before + PSEUDO_WEEKS)
