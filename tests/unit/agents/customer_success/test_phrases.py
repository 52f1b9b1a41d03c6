"""Figures, names and lists as texts spell them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.customer_success.phrases import (
    counted,
    hours,
    key_of,
    listed,
    money,
    percent,
    plain,
    price,
    shown,
)


@pytest.mark.parametrize(
    "names, most, told",
    [
        ([], None, ""),
        (["A"], None, "A"),
        (["A", "B"], None, "A and B"),
        (["A", "B", "C"], None, "A, B and C"),
        (["A", "B", "C"], 1, "A and 2 more"),
        (["A", "B", "C"], 3, "A, B and C"),
        (["A", "B", "C", "D"], 2, "A, B and 2 more"),
    ],
)
def test_lists_read_as_people_say_them(names: list[str], most: int | None, told: str) -> None:
    assert listed(names, most) == told


@pytest.mark.parametrize(
    "part, whole, told",
    [
        (0, 9, "0 %"),
        (1, 400, "1 %"),
        (1, 8, "12 %"),
        (399, 400, "99 %"),
        (9, 9, "100 %"),
        (10, 9, "111 %"),
    ],
)
def test_a_share_is_whole_percent_and_says_all_or_nothing_only_where_it_is(
    part: int, whole: int, told: str
) -> None:
    assert percent(part, whole) == told


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_only_none_is_0_percent_and_only_all_is_100(pair: tuple[int, int]) -> None:
    part, whole = pair
    assert (percent(part, whole) == "0 %") == (part == 0)
    assert (percent(part, whole) == "100 %") == (part == whole)


@pytest.mark.parametrize(
    "amount, told",
    [("12000", "EUR 12,000"), ("12000.50", "EUR 12,000.50"), ("0.005", "EUR 0.01")],
)
def test_money_is_told_to_the_cent(amount: str, told: str) -> None:
    assert money(Decimal(amount), "EUR") == told


def test_a_price_is_told_as_exactly_as_it_is() -> None:
    assert price(Decimal("0.40"), "EUR") == "EUR 0.40"
    assert price(Decimal("0.355"), "EUR") == "EUR 0.355"


def test_small_words() -> None:
    assert counted(1, "seat", "seats") == "1 seat"
    assert counted(1_200, "seat", "seats") == "1,200 seats"
    assert hours(Decimal(4962)) == "82.7 h"
    assert [plain(6.0), plain(2.5), plain(Decimal(10))] == ["6", "2.5", "10"]
    assert key_of("Reverse Sync") == "reverse sync"


def test_anybodys_text_stays_on_one_line() -> None:
    assert shown("Evil\u202e\nname\x00  here") == "Evil name here"
    assert shown("x" * 100) == f"{'x' * 60} [cut]"
