"""What is normal for an integration, by its own past: a median, and how far days lie from it.

Robust: up to half of the past may be strange itself. It knows numbers, not what they count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

FAR = 3.5
"""A modified z-score from which on a value is far from normal (Iglewicz and Hoaglin)."""
SIGMAS_PER_MAD = 1.4826
"""A normal distribution's standard deviation, in median absolute deviations."""
USUAL_SIGMAS = 2
"""So wide, to either side, is what is called usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """The usual value, and how far the values it was taken from lie from it."""

    middle: float
    """Their median."""
    spread: float
    """Their median absolute deviation, as a standard deviation; 0 where most are the same."""
    compared: int
    """How many there were."""


def normal_of(values: Sequence[float]) -> Normal:
    """The normal of some values, at least one, in any order."""
    middle = median(values)
    spread = SIGMAS_PER_MAD * median([abs(value - middle) for value in values])
    return Normal(middle=middle, spread=spread, compared=len(values))


def is_far_count(count: float, normal: Normal) -> bool:
    """Whether a count is far from normal, to either side.

    The spread is never taken as less than chance alone makes it (Poisson: the root of the count),
    which damps small counts; and the roots must lie apart as well, since chance is lopsided there.
    """
    chance = sqrt(max(normal.middle, 1.0))
    is_apart = 2 * abs(sqrt(count) - sqrt(normal.middle)) >= FAR
    return is_apart and abs(count - normal.middle) >= FAR * max(normal.spread, chance)


def usual_range(normal: Normal, *, least_spread: float = 0.0) -> tuple[float, float]:
    """From where to where values are called usual; never below 0."""
    wide = USUAL_SIGMAS * max(normal.spread, least_spread)
    return max(0.0, normal.middle - wide), normal.middle + wide
