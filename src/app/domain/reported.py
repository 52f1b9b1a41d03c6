"""Signals as another system reports them: figures of a CRM, for what nobody here measures.

What is measured from usage, invoices, contacts and surveys is not known here; it goes before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class UsageTrend(StrEnum):
    """Where usage goes."""

    GROWING = "growing"
    STABLE = "stable"
    DECLINING = "declining"


class PaymentStatus(StrEnum):
    """By the longest unpaid invoice: overdue up to 30 days, up to 89, or 90 and more."""

    CURRENT = "current"
    OVERDUE_30 = "overdue_30"
    OVERDUE_60 = "overdue_60"
    OVERDUE_90_PLUS = "overdue_90_plus"


class EngagementLevel(StrEnum):
    """By meaningful contacts and people in 90 days."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedSignals:
    """What one source said of one account on one day; None is unknown, never zero.

    A row for each day on which something changed, not one row per account: what was known at an
    earlier moment can still be read. A source's newest row is the whole of its word, so what it
    does not say any more is unknown; sources do not overwrite each other.
    """

    account_id: str
    reported_on: date
    source: str = ""
    """The feed that brought it."""
    feature_adoption_rate: float | None = None
    """0-1."""
    usage_trend: UsageTrend | None = None
    logins_per_week: float | None = None
    """0 or more."""
    last_interaction_on: date | None = None
    """Not after `reported_on`."""
    payment_status: PaymentStatus | None = None
    stakeholder_engagement: EngagementLevel | None = None
    nps: int | None = None
    """0-10."""


FIGURES = (
    "feature_adoption_rate",
    "usage_trend",
    "logins_per_week",
    "last_interaction_on",
    "payment_status",
    "stakeholder_engagement",
    "nps",
)
"""The fields that a source reports."""
