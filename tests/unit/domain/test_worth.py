"""Accounts measured against each other without exchange rates."""

from __future__ import annotations

from decimal import Decimal

from app.domain.account import Contract
from app.domain.worth import comparable_arr


def worth(**amounts: str | None) -> Contract:
    ((currency, amount),) = amounts.items()
    return Contract(
        contract_id="C-1",
        account_id="acme",
        arr_amount=None if amount is None else Decimal(amount),
        arr_currency=currency,
    )


def test_each_currency_is_measured_by_what_is_usual_in_it() -> None:
    contracts = {
        "small": worth(EUR="10"),
        "usual": worth(EUR="20"),
        "large": worth(EUR="60"),
        "yen": worth(JPY="3000000"),
        "unknown": worth(EUR=None),
    }
    assert comparable_arr(contracts) == {
        "small": Decimal("0.5"),
        "usual": 1,
        "large": 3,
        "yen": 1,
    }


def test_a_currency_that_measures_nothing_is_left_out() -> None:
    assert comparable_arr({"free": worth(EUR="0")}) == {}
