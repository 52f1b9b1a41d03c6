"""Whole points out of weights. It knows neither factors nor scores."""

from __future__ import annotations

from collections.abc import Sequence


def apportioned(weights: Sequence[float], total: int) -> tuple[int, ...]:
    """`total` points in proportion to the weights (0 or more), exactly, by largest remainder.

    Of equal remainders the earlier wins. Weights that sum to 0 get nothing.
    Source: Hamilton's method.
    """
    whole = sum(weights)
    if whole <= 0:
        return (0,) * len(weights)
    quotas = [total * weight / whole for weight in weights]
    points = [int(quota) for quota in quotas]
    by_remainder = sorted(range(len(weights)), key=lambda place: points[place] - quotas[place])
    for place in by_remainder[: total - sum(points)]:
        points[place] += 1
    return tuple(points)
