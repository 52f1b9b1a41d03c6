"""A signal read as a share of its points, with the reason in words. It knows no weights."""

from __future__ import annotations

from typing import NamedTuple

from app.agents.customer_success.inputs import CsmInputs
from app.domain.feed import FactKind

Slope = tuple[tuple[float, float], ...]
"""Corners (value, share) of a piecewise linear rule, by rising value; flat beyond both ends."""


class Reading(NamedTuple):
    """What one signal says."""

    factor: str
    share: float | None
    """The part of the factor's points that is won, 0-1; None: unknown."""
    raw: str
    """The measured value with its unit."""
    reason: str
    """Names states and dates rather than ages, so that the same facts read the same tomorrow."""
    sources: tuple[str, ...] = ()
    age_days: float | None = None


def along(value: float, slope: Slope) -> float:
    """The share at `value` on a slope of at least one corner."""
    left_value, left_share = slope[0]
    if value <= left_value:
        return left_share
    for right_value, right_share in slope[1:]:
        if value <= right_value:
            run = (value - left_value) / (right_value - left_value)
            return left_share + run * (right_share - left_share)
        left_value, left_share = right_value, right_share
    return left_share


def unknown(factor: str, why: str) -> Reading:
    """A signal that cannot be read: never zero, never healthy."""
    return Reading(factor, None, "unknown", f"unknown: {why}")


def nobody_brings(factor: str, kind: FactKind) -> Reading:
    """The signal's kind of facts has no feed for this account."""
    return unknown(factor, f"no feed brings {kind} for this account")


def feed_sources(inputs: CsmInputs, kind: FactKind) -> tuple[str, ...]:
    """The feeds behind a kind, as ledger sources; empty: nobody brings it."""
    return tuple([f"feed:{name}" for name in inputs.feeds.get(kind, ())])
