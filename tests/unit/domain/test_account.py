"""When a contract runs and what it is worth."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain.money import Money
from tests.builders import TODAY, contract

A_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "starts_on,ends_on,runs",
    [
        (TODAY, TODAY, True),
        (TODAY + A_DAY, None, False),
        (None, TODAY - A_DAY, False),
        (None, None, True),
    ],
)
def test_a_contract_runs_from_its_first_day_to_its_last_both_included(
    starts_on: date | None, ends_on: date | None, *, runs: bool
) -> None:
    assert contract(starts_on=starts_on, ends_on=ends_on).is_active(TODAY) is runs


def test_revenue_needs_an_amount_and_a_currency() -> None:
    worth = contract()
    assert worth.arr_amount is not None
    assert worth.arr == Money(amount=worth.arr_amount, currency="EUR")
    assert contract(arr_amount=None).arr is None
    assert contract(arr_currency=None).arr is None
