"""What accounts are worth next to each other, although their contracts speak different currencies.

It knows no exchange rates: each currency is measured by what is usual in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from statistics import median

from app.domain.account import Contract


def comparable_arr(contracts: Mapping[str, Contract]) -> Mapping[str, Decimal]:
    """Each account's ARR as a multiple of the median in its own currency.

    A contract twice as large as is usual in its currency counts twice. Accounts whose ARR is
    unknown, or whose currency has none to measure by, are left out.
    """
    by_currency: dict[str, list[Decimal]] = {}
    for contract in contracts.values():
        if contract.arr is not None:
            by_currency.setdefault(contract.arr.currency, []).append(contract.arr.amount)
    usual = {currency: median(amounts) for currency, amounts in by_currency.items()}
    return {
        account_id: contract.arr.amount / usual[contract.arr.currency]
        for account_id, contract in contracts.items()
        if contract.arr is not None and usual[contract.arr.currency] > 0
    }
