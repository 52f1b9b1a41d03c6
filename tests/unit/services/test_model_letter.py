"""A model's HTML is taken only where every reader of HTML sees the same tags in it."""

from __future__ import annotations

import pytest

from app.errors import AnswerRefused
from app.services.model_letter import letter_html, letter_text


@pytest.mark.parametrize(
    "answered",
    [
        "<p>Hello</p><a href=\"javascript:console.log('x')</p>",
        "<p>Hello</p><p",
        "<p>Hello</p></",
        "<p>Hello</p><!--",
        "<p>Hello <img src=x</p>",
    ],
)
def test_a_tag_that_is_broken_off_is_not_mended_in_silence(answered: str) -> None:
    with pytest.raises(AnswerRefused, match="no place in a letter for"):
        letter_html(answered)


def test_signs_that_begin_no_tag_are_words() -> None:
    html = letter_html("<p>fewer than 5 &lt; 6, 5 < 6 and x <3<br/>and on<br></p>")
    assert letter_text(html) == "fewer than 5 < 6, 5 < 6 and x <3\nand on\n"
