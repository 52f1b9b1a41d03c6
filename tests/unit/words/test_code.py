"""Markup that a reader would see as such is no part of a letter, unless he wrote it himself."""

from __future__ import annotations

import pytest

from app.words.given import given_of
from app.words.markup_checks import check_code
from app.words.reading import reading_of
from tests.unit.services.outreach import outreach, p1

SUBJECT = "Loads of <b>bold</b> text &amp; more fail"
FACTS = outreach(open_tickets=(p1(subject=SUBJECT),))


def reasons(text: str) -> list[str]:
    return [one.reason for one in check_code(reading_of(text, given_of(FACTS)))]


@pytest.mark.parametrize(
    "text",
    [
        "How are things? &lt;img src=&quot;x",
        'How are things? <img src="x" onerror="y()">',
        "How are things? <svg/onload=x",
        "See </p> there",
        "It is &#106; or &#x6A;",
        "<!-- x -->",
    ],
)
def test_tags_and_character_references_are_refused(text: str) -> None:
    assert set(reasons(text)) == {"there is markup among the words"}


@pytest.mark.parametrize(
    "text",
    [
        f"- PROD-12: “{SUBJECT}”, open for 9 days",
        "Fewer than 5 < 6 & 7 > 3; AT&T; R&D; x <3",
        "",
    ],
)
def test_signs_and_quotations_are_let_pass(text: str) -> None:
    assert reasons(text) == []
