"""Names as people compare them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.folding import folded


@pytest.mark.parametrize(
    "text,plain",
    [
        ("Brückental", "bruckental"),
        ("BRU\u0308CKENTAL", "bruckental"),
        ("ÉCLAIR", "eclair"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Łódź", "lodz"),
        ("Ørsted Æble", "orsted aeble"),
        ("İstanbul \u0131s\u0131", "istanbul isi"),
        ("ﬁne \uff37\uff29\uff24\uff25 ①", "fine wide 1"),
        ("  two \t words\n", "two words"),
        ("हिन्दी", "हिनदी"),
        ("Ελλάς", "ελλασ"),
        ("", ""),
    ],
)
def test_case_and_accents_make_no_difference(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_names_are_in_the_order_that_people_expect() -> None:
    names = ["Zinc", "éclair", "Ärzte", "apple", "Eclipse", "Zebra", "øre", "Orb"]
    assert sorted(names, key=folded) == [
        "apple", "Ärzte", "éclair", "Eclipse", "Orb", "øre", "Zebra", "Zinc",
    ]  # fmt: skip


@given(st.text())
def test_what_is_folded_stays_so(text: str) -> None:
    once = folded(text)
    assert folded(once) == once


@given(st.text(alphabet=st.characters(codec="latin-1")))
def test_capitals_are_found_by_small_letters(text: str) -> None:
    assert folded(text.upper()) == folded(text.lower())
