"""How far one wording is from another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.rewording import MOST_PAIRS, words_changed

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    "before, after, share",
    [
        ("Dear Sam, all is well", "Dear Sam, all is well", 0.0),
        ("Dear Sam,\nall is well", "Dear  Sam, all is\n\nwell ", 0.0),
        ("one two three four", "one two three five", 0.25),
        ("one two three four", "one two", 0.3333),
        ("one two", "three four", 1.0),
        ("", "", 0.0),
        ("", "one", 1.0),
    ],
)
def test_the_share_of_words_changed(before: str, after: str, share: float) -> None:
    assert words_changed(before, after) == share


@given(before=WORDS, after=WORDS)
def test_it_is_a_share_and_nothing_only_where_no_word_changed(before: str, after: str) -> None:
    share = words_changed(before, after)
    assert 0 <= share <= 1
    assert (share == 0) is (before.split() == after.split())


def test_a_text_that_repeats_itself_is_compared_by_its_words_alone() -> None:
    often = round(MOST_PAIRS**0.5)
    assert words_changed("a b " * often, "b a " * often) == 0.0001
    assert words_changed("a b " * often, "a c " * often) == 0.5
    assert 0 < words_changed("a b " * often, "a b " * often + "c") < 0.01
