"""Whether one more call fits a tenant's budget, and how money is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.model_call import (
    MICROS,
    ModelBudget,
    Spent,
    day_of,
    dollars,
    micros_of,
    month_of,
    why_refused,
)

FEW = st.integers(min_value=0, max_value=10**9)


def test_without_bounds_everything_fits() -> None:
    much = Spent(calls=10**6, cost_micros=10**12)

    assert why_refused(ModelBudget(), much, much, 10**12) == ""


@pytest.mark.parametrize(
    "budget, told",
    [
        (ModelBudget(day_calls=3), "the budget of 3 calls a day is spent"),
        (ModelBudget(month_calls=7), "the budget of 7 calls a month is spent"),
        (
            ModelBudget(day_micros=2 * MICROS),
            "the budget of $2.00 a day has $1.50 spent, and this call may cost $0.50",
        ),
        (
            ModelBudget(month_micros=4 * MICROS),
            "the budget of $4.00 a month has $4.00 spent, and this call may cost $0.50",
        ),
    ],
)
def test_each_bound_refuses_in_its_own_words(budget: ModelBudget, told: str) -> None:
    today = Spent(calls=3, cost_micros=1_500_000)
    month = Spent(calls=7, cost_micros=4_000_000)

    assert why_refused(budget, today, month, 500_001) == told


def test_the_last_cent_may_be_spent_and_the_last_call_made() -> None:
    budget = ModelBudget(day_micros=100, day_calls=2)

    assert why_refused(budget, Spent(calls=1, cost_micros=60), Spent(), 40) == ""
    assert why_refused(budget, Spent(calls=1, cost_micros=60), Spent(), 41) != ""
    assert why_refused(budget, Spent(calls=2), Spent(), 0) != ""


@given(spent=FEW, cost=FEW, bound=FEW)
def test_what_is_let_through_never_goes_beyond_the_bound(spent: int, cost: int, bound: int) -> None:
    refused = why_refused(ModelBudget(day_micros=bound), Spent(cost_micros=spent), Spent(), cost)

    assert bool(refused) == (spent + cost > bound)


def test_days_and_months_begin_by_utc() -> None:
    moment = datetime(2026, 2, 28, 23, 30, tzinfo=timezone(timedelta(hours=-2)))

    assert day_of(moment) == datetime(2026, 3, 1, tzinfo=UTC)
    assert month_of(moment) == datetime(2026, 3, 1, tzinfo=UTC)
    assert month_of(datetime(2026, 3, 31, 5, tzinfo=UTC)) == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "micros, told",
    [
        (0, "$0.00"),
        (4_200, "$0.0042"),
        (70_000, "$0.07"),
        (123_456, "$0.12"),
        (1_234_000_000, "$1,234.00"),
    ],
)
def test_money_is_told_as_exactly_as_it_helps(micros: int, told: str) -> None:
    assert dollars(micros) == told


def test_what_is_spent_is_rounded_up() -> None:
    assert micros_of(Decimal("0.0000011")) == 2
    assert micros_of(Decimal(3)) == 3 * MICROS
    assert micros_of(Decimal(0)) == 0
