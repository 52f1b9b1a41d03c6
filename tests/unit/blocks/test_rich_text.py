"""Text is cut where people see no cut, and hostile text comes out harmless."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from app.blocks.graphemes import cut, is_border, units
from app.blocks.rich_text import Run, link_of, shown, texts

AWKWARD = [
    "👩‍👩‍👧‍👦", "🇩🇪🇫🇷🇬🇧", "👍🏽", "e\u0301\u0302", "각", "\u1100\u1161\u11a8",
    "क्षि", "กำ", "ﷺ", "שלום",
    "❤️\u200d🔥", "1️⃣", "x", " ", "\u200c", "\u0d4e\u0d15",
]  # fmt: skip
TEXT = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(AWKWARD), max_size=30).map("".join))


def borders(text: str) -> set[int]:
    """By the Unicode rules of another library."""
    return {match.end() for match in regex.finditer(r"\X", text)}


@given(TEXT.map(shown))
def test_every_border_named_is_one_by_the_unicode_rules(text: str) -> None:
    named = {at for at in range(1, len(text)) if is_border(text, at)}
    assert named <= borders(text)


@given(TEXT.map(shown), st.integers(30, 50))
def test_pieces_are_short_enough_and_make_the_text_again(text: str, most: int) -> None:
    pieces = cut(text, most)
    assert "".join(pieces) == text
    assert all(0 < units(piece) <= most for piece in pieces)


def test_a_family_is_not_parted() -> None:
    family = "👩‍👩‍👧‍👦"
    pieces = cut(family * 500, 2_000)
    assert all(piece == family * (len(piece) // len(family)) for piece in pieces)


def test_a_heap_of_accents_is_cut_as_there_is_no_other_way() -> None:
    assert [units(piece) for piece in cut("a" + "\u0301" * 4_999, 2_000)] == [2_000, 2_000, 1_000]


def test_control_direction_and_half_characters_are_dropped_and_lines_stay() -> None:
    assert shown("a\x00\u202eb\u2066\ud800c\r\nd\te\u200d") == "abc\nd e\u200d"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "data:text/html,x", "ftp://x.example", "https://", "https://u:p@x.example",
        "https://x.example/a b", "https://x.example/\u202e", "https://[", "//x.example",
        "https://x.example/" + "a" * 2_000,
    ],
)  # fmt: skip
def test_only_addresses_of_the_web_are_links(address: str) -> None:
    assert link_of(address) == ""
    assert texts([Run(text="here", link=address)]) == [
        {"type": "text", "text": {"content": "here"}}
    ]


def test_a_styled_link_says_so() -> None:
    run = Run(text="here", bold=True, italic=True, link="https://x.example/a")
    assert texts([run]) == [
        {
            "type": "text",
            "text": {"content": "here", "link": {"url": "https://x.example/a"}},
            "annotations": {"bold": True, "italic": True},
        }
    ]
