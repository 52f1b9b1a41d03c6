"""Contracts: the running one and the year before it, with seats and revenue."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from app.demo.customers import TERM_DAYS, Customer
from app.demo.product import BASE_FEATURES
from app.domain.account import Contract

_PRICE_PER_SEAT = {"Enterprise": 640, "Mid-market": 780, "Small business": 920}
"""A year, in the contract's currency."""
_CURRENCIES = {"DE": "EUR", "FR": "EUR", "IE": "EUR", "GB": "GBP"}
"""Where it is not dollars. Small British customers pay in dollars."""
_WITHOUT_ARR = "Torvane Instruments"
"""Came over from a reseller: nobody here knows what it pays."""


def contracts_of(customer: Customer) -> tuple[Contract, ...]:
    """Oldest first; the last one is the running one, or the one that ended."""
    ends = customer.calendar.day(-customer.renewal_in)
    starts = ends - timedelta(days=TERM_DAYS - 1)
    used = round(customer.seats * customer.story.seats_share)
    amount, currency = revenue(customer)
    running = _contract(customer, starts, amount, currency, customer.seats, used)
    if customer.calendar.ago(starts) >= customer.since:
        return (running,)
    seats = round(customer.seats * 0.9)
    before = _contract(
        customer,
        starts - timedelta(days=TERM_DAYS),
        None if amount is None else _rounded(amount * Decimal("0.88")),
        currency,
        seats,
        min(used, seats),
    )
    return before, running


def revenue(customer: Customer) -> tuple[Decimal | None, str | None]:
    """What the running contract brings a year; both None where nobody knows."""
    if customer.company.name == _WITHOUT_ARR:
        return None, None
    modules = len(customer.features) - len(BASE_FEATURES)
    price = _PRICE_PER_SEAT[customer.company.segment] * (100 + 8 * modules)
    small = customer.company.segment == "Small business"
    currency = "USD" if small else _CURRENCIES.get(customer.company.country, "USD")
    return _rounded(Decimal(customer.seats * price) / 100), currency


def _rounded(amount: Decimal) -> Decimal:
    return (amount / 500).quantize(Decimal(1)) * 500


def _contract(
    customer: Customer,
    starts: date,
    amount: Decimal | None,
    currency: str | None,
    seats: int,
    used: int,
) -> Contract:
    return Contract(
        contract_id=f"{customer.account_id}-{starts:%Y-%m}",
        account_id=customer.account_id,
        starts_on=starts,
        ends_on=starts + timedelta(days=TERM_DAYS - 1),
        arr_amount=amount,
        arr_currency=currency,
        seats_purchased=seats,
        seats_used=used,
    )
