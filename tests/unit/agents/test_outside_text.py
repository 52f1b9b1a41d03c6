"""Text from outside is cleaned, cut and shut in before a model sees it."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from app.agents.outside_text import (
    MOST_CHARACTERS,
    MOST_IN_BLOCK,
    cleaned,
    marked_block,
    new_token,
)


@pytest.mark.parametrize(
    "written, read",
    [
        ("\ufb01le \uff21\uff22", "file AB"),
        ("a\u200bb\u200dc\ufeffd", "abcd"),
        ("\u202eright to left\u202c", "right to left"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("bell\x07 escape\x1b[31m", "bell escape[31m"),
        ("selector\ufe0f filler\u3164", "selector filler"),
        ("line\u2028end", "lineend"),
        ("half\ud800", "half"),
        ("two\nlines\tkept", "two\nlines\tkept"),
        ("Zoë 東京 שלום", "Zoë 東京 שלום"),
    ],
)
def test_what_no_reader_sees_is_taken_out(written: str, read: str) -> None:
    assert cleaned(written) == read


def test_a_long_text_is_cut_and_says_so() -> None:
    assert cleaned("a" * (MOST_CHARACTERS + 1)) == "a" * MOST_CHARACTERS + " [cut]"
    assert cleaned("a" * MOST_CHARACTERS) == "a" * MOST_CHARACTERS
    assert cleaned("\u200b" * 5000 + "late") == " [cut]"
    assert len(cleaned("\ufdfa" * 10_000)) <= MOST_CHARACTERS + 6


@given(st.text(alphabet=st.characters(), max_size=200))
def test_any_text_comes_out_visible_and_its_block_is_one_block(text: str) -> None:
    token = new_token()
    block = marked_block("NOTES", {"note": text, text: 1}, token)

    first, *inside, last = block.split("\n")
    read = json.loads("\n".join(inside))
    assert (first, last) == (f"<<<NOTES {token}", f"NOTES {token}>>>")
    assert "<" not in "".join(inside)
    assert ">" not in "".join(inside)
    assert all(unicodedata.category(char) not in {"Cf", "Cs", "Co"} for key in read for char in key)


def test_a_long_list_says_how_many_were_left_out() -> None:
    block = marked_block("TICKETS", [{"id": str(number)} for number in range(60)], "t")

    assert "[10 more left out]" in block


def test_a_block_never_outgrows_its_bound() -> None:
    huge: dict[str, JsonValue] = {f"list{n}": ["word " * 100 for _ in range(60)] for n in range(9)}

    assert len(marked_block("PROFILE", huge, "t")) < MOST_IN_BLOCK * 2
    assert "word word" in marked_block("PROFILE", huge, "t")


def test_nesting_without_end_is_cut() -> None:
    deep: dict[str, JsonValue] = {"end": "here"}
    for _ in range(20):
        deep = {"in": deep}

    assert "here" not in marked_block("DEEP", deep, "t")


def test_content_too_bushy_for_a_block_is_left_out_and_says_so() -> None:
    leaf: dict[str, JsonValue] = {str(n): "word " * 20 for n in range(9)}
    bushy: dict[str, JsonValue] = {str(n): leaf for n in range(9)}
    bushier: dict[str, JsonValue] = {str(n): bushy for n in range(9)}
    block = marked_block("BUSH", {str(n): bushier for n in range(9)}, "t")

    assert block == '<<<BUSH t\n"[cut: too much to show]"\nBUSH t>>>'
