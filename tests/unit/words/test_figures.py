"""Numbers as people write them, and what they count."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.words.figures import FigureKind, figures, figures_in, money_in, percents_in, versions_in
from app.words.numerals import values_of


@pytest.mark.parametrize(
    "written, value",
    [
        ("3", 3),
        ("1,200", 1200),
        ("1.200", 1200),
        ("1'200", 1200),
        ("1 200", 1200),
        ("4.2", "4.2"),
        ("1,5", "1.5"),
        ("12,345.67", "12345.67"),
        ("zero", 0),
        ("twenty-three", 23),
        ("one hundred and five", 105),
        ("the hundred and twenty", 120),
        ("two thousand five hundred", 2500),
        ("three million", 3_000_000),
        ("a dozen", 12),
        ("half a dozen", 6),
    ],
)
def test_a_number_is_understood(written: str, value: float | str) -> None:
    assert Decimal(str(value)) in values_of(written)


def test_what_is_no_number_means_none() -> None:
    assert values_of("1.2.3") == frozenset()


@given(st.integers(min_value=0, max_value=10**9))
def test_every_whole_number_means_itself(number: int) -> None:
    assert Decimal(number) in values_of(str(number))
    assert Decimal(number) in values_of(f"{number:,}")


@pytest.mark.parametrize(
    "text, kind",
    [
        ("5 tickets", FigureKind.COUNT),
        ("five tickets", FigureKind.COUNT),
        ("$5", FigureKind.MONEY),
        ("5 EUR", FigureKind.MONEY),
        ("five dollars", FigureKind.MONEY),
        ("5k euros", FigureKind.MONEY),
        ("5 %", FigureKind.PERCENT),
        ("five percent", FigureKind.PERCENT),
        ("half of your seats", FigureKind.PERCENT),
        ("version 4.2", FigureKind.VERSION),
        ("v4.2", FigureKind.VERSION),
        ("the 23rd", FigureKind.ORDINAL),
        ("the third time", FigureKind.ORDINAL),
        ("twice as fast", FigureKind.UNCLEAR),
        ("tenfold", FigureKind.UNCLEAR),
        ("82/100", FigureKind.UNCLEAR),
        ("r1sk", FigureKind.UNCLEAR),
        ("10x", FigureKind.UNCLEAR),
    ],
)
def test_a_figure_is_told_by_its_kind(text: str, kind: FigureKind) -> None:
    assert [one.kind for one in figures(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "one of them",
        "a line or two",
        "once or twice",
        "between the two",
        "Third, the keys",
        "first",
    ],
)
def test_an_idiom_is_no_figure(text: str) -> None:
    assert list(figures(text)) == []


def test_a_text_gives_its_figures_by_kind() -> None:
    text = "3 of 40 rows, 12 %, 5k EUR, version 4.20, the 7th"
    assert figures_in(text) == {Decimal(3), Decimal(40), Decimal(7)}
    assert percents_in(text) == {Decimal(12)}
    assert money_in(text) == {Decimal(5000)}
    assert versions_in(text) == {"4.20"}
