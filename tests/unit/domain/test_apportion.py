"""Whole points out of weights."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.apportion import apportioned


@given(weights=st.lists(st.floats(0, 100), max_size=12), total=st.integers(0, 100))
def test_points_sum_to_the_total_and_stay_within_one_of_their_quota(
    weights: list[float], total: int
) -> None:
    points = apportioned(weights, total)
    if sum(weights) <= 0:
        assert points == (0,) * len(weights)
        return
    assert sum(points) == total
    for weight, won in zip(weights, points, strict=True):
        assert won == pytest.approx(total * weight / sum(weights), abs=1 + 1e-6)


def test_of_equal_remainders_the_earlier_wins() -> None:
    assert apportioned([1, 1, 1], 100) == (34, 33, 33)
