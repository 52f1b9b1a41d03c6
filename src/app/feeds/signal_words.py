"""Words that customer-success tools and CRMs use for a trend, a payment status and engagement.

One that is not listed is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from app.domain.reported import EngagementLevel, PaymentStatus, UsageTrend
from app.feeds import cells
from app.feeds.refusals import CellRefused, excerpt

Word = TypeVar("Word", UsageTrend, PaymentStatus, EngagementLevel)

_SEPARATORS = re.compile(r"[\s_()/:\u2010-\u2015-]+")


def read_trend(text: str) -> UsageTrend:
    """Where usage goes. Raises CellRefused."""
    return _read(text, _TRENDS, "growing, stable, declining")


def read_engagement(text: str) -> EngagementLevel:
    """How engaged stakeholders are. Raises CellRefused."""
    return _read(text, _ENGAGEMENTS, "high, medium, low")


def read_payment(text: str) -> PaymentStatus:
    """How long an invoice is overdue; overdue without a number is up to 30 days.

    Raises CellRefused.
    """
    return _read(text, _PAYMENTS, "current, overdue_30, overdue_60, overdue_90_plus")


def _read(text: str, words: Mapping[str, Word], allowed: str) -> Word:
    plain = cells.clean_line(text, cells.NAME_LIMIT).casefold()
    found = words.get(" ".join(_SEPARATORS.split(plain)).strip())
    if found is None:
        raise CellRefused(f"{excerpt(text)} is not one of the allowed values: {allowed}")
    return found


def _by_word(words: Mapping[Word, str]) -> Mapping[str, Word]:
    """Names apart by commas, to what they mean."""
    return {name.strip(): means for means, names in words.items() for name in names.split(",")}


_TRENDS = _by_word(
    {
        UsageTrend.GROWING: "growing, growth, grows, up, upward, increasing, rising, improving, "
        "expanding, ↑, ↗",
        UsageTrend.STABLE: "stable, flat, steady, constant, unchanged, neutral, no change, →",
        UsageTrend.DECLINING: "declining, decline, declines, down, downward, decreasing, falling, "
        "dropping, shrinking, contracting, ↓, ↘",
    }
)
_ENGAGEMENTS = _by_word(
    {
        EngagementLevel.HIGH: "high, very high, strong, highly engaged, engaged",
        EngagementLevel.MEDIUM: "medium, med, moderate, average, normal, moderately engaged",
        EngagementLevel.LOW: "low, very low, weak, poor, disengaged, not engaged",
    }
)
_PAYMENTS = _by_word(
    {
        PaymentStatus.CURRENT: "current, paid, paid up, up to date, on time, good, "
        "good standing, in good standing, not overdue, none overdue, ok",
        PaymentStatus.OVERDUE_30: "overdue 30, overdue, past due, late, overdue 30 days, "
        "30 days overdue, past due 30, 30 days past due, 1 30 days, 1 30 days overdue, "
        "overdue 1 30, overdue 1 30 days, 0 30 days, overdue < 30 days, overdue <30 days",
        PaymentStatus.OVERDUE_60: "overdue 60, overdue 60 days, 60 days overdue, past due 60, "
        "60 days past due, 31 60 days, 31 60 days overdue, overdue 31 60, overdue 31 60 days, "
        "61 90 days, 61 90 days overdue, overdue 61 90, overdue 61 90 days, overdue 30+, "
        "overdue 30+ days, 30+ days overdue, overdue 60+, overdue 60+ days, 60+ days overdue",
        PaymentStatus.OVERDUE_90_PLUS: "overdue 90 plus, overdue 90, overdue 90+, "
        "overdue 90+ days, overdue 90 days, overdue 90 plus days, 90+ days, 90+ days overdue, "
        "90 days overdue, 90 plus days overdue, past due 90, past due 90+, 90+ days past due, "
        "over 90 days, over 90 days overdue, overdue >90 days, overdue > 90 days",
    }
)
