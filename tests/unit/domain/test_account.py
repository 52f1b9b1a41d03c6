"""When a contract runs and what it is worth."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain.money import Money
from tests.builders import TODAY, contract


@pytest.mark.parametrize(
    "ends_on,renews_on",
    [(TODAY, TODAY + timedelta(days=1)), (None, None), (date.max, None)],
)
def test_a_contract_renews_on_the_day_after_its_last(
    ends_on: date | None, renews_on: date | None
) -> None:
    assert contract(ends_on=ends_on).renews_on == renews_on


def test_revenue_needs_an_amount_and_a_currency() -> None:
    worth = contract()
    assert worth.arr_amount is not None
    assert worth.arr == Money(amount=worth.arr_amount, currency="EUR")
    assert contract(arr_amount=None).arr is None
    assert contract(arr_currency=None).arr is None
