from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.usage import level

FADING = ((365, 1.0), (60, 1.0), (0, 0.2))


def test_use_lies_on_straight_lines_between_the_storys_points() -> None:
    assert level(FADING, 200) == 1.0
    assert level(FADING, 30) == pytest.approx(0.6)
    assert level(FADING, 0) == 0.2


def test_before_its_first_point_a_story_was_as_it_begins() -> None:
    assert level(((9, 0.2), (0, 0.6)), 100) == 0.2


def test_after_its_last_point_a_story_stays_as_it_ends() -> None:
    assert level(((90, 1.0), (30, 0.5)), 5) == 0.5


def test_a_story_without_use_has_none() -> None:
    assert level((), 10) == 0.0


@given(ago=st.integers(0, 400))
def test_use_never_leaves_the_range_of_its_points(ago: int) -> None:
    assert 0.2 <= level(FADING, ago) <= 1.0
