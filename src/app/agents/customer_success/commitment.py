"""What the account signed and pays: seats, invoices and the renewal. It knows no amounts."""

from __future__ import annotations

from app.agents.customer_success.inputs import CsmInputs
from app.agents.customer_success.reading import (
    Reading,
    Slope,
    along,
    feed_sources,
    nobody_brings,
    unknown,
)
from app.domain.feed import FactKind
from app.domain.reported import PaymentStatus

SEATS_SLOPE: Slope = ((0.0, 0.0), (0.5, 0.6), (0.8, 1.0))
"""Half-empty contracts shrink at renewal; a fifth of seats in reserve is usual."""

RENEWAL_SLOPE: Slope = ((0.0, 0.3), (90.0, 1.0))
"""Nearness alone is no illness: it warns, and never takes everything."""

_OVERDUE_60, _OVERDUE_90 = 31, 90


PAYMENT_SHARES = {
    PaymentStatus.CURRENT: 1.0,
    PaymentStatus.OVERDUE_30: 0.7,
    PaymentStatus.OVERDUE_60: 0.3,
    PaymentStatus.OVERDUE_90_PLUS: 0.0,
}


PAYMENT_WORDS = {
    PaymentStatus.CURRENT: "no invoice is overdue",
    PaymentStatus.OVERDUE_30: "an invoice is overdue, by no more than 30 days",
    PaymentStatus.OVERDUE_60: "an invoice is overdue by more than 30 days",
    PaymentStatus.OVERDUE_90_PLUS: "an invoice is overdue by 90 days or more",
}


def payment_status_of(overdue_days: int) -> PaymentStatus:
    """The status by days that the longest unpaid invoice is overdue."""
    if overdue_days >= _OVERDUE_90:
        return PaymentStatus.OVERDUE_90_PLUS
    if overdue_days >= _OVERDUE_60:
        return PaymentStatus.OVERDUE_60
    return PaymentStatus.OVERDUE_30 if overdue_days > 0 else PaymentStatus.CURRENT


def seats(inputs: CsmInputs) -> Reading:
    """Seats used of those purchased."""
    purchased, used = inputs.seats_purchased, inputs.seats_used
    if purchased is None or used is None or purchased <= 0:
        return unknown("seats", "the contract does not tell seats purchased and used")
    share = max(0, used) / purchased
    return Reading(
        "seats",
        along(share, SEATS_SLOPE),
        f"{used} of {purchased} seats",
        f"{used} of {purchased} seats in use",
        (f"contract:{inputs.contract_id}",),
    )


def payment(inputs: CsmInputs) -> Reading:
    """The longest unpaid invoice."""
    sources = feed_sources(inputs, FactKind.INVOICES)
    if not sources:
        return nobody_brings("payment", FactKind.INVOICES)
    overdue = inputs.overdue_days
    if overdue is None:
        return unknown("payment", "no invoice is on record")
    status = payment_status_of(overdue)
    raw = f"{status}, {overdue} d"
    return Reading("payment", PAYMENT_SHARES[status], raw, PAYMENT_WORDS[status], sources)


def renewal(inputs: CsmInputs) -> Reading:
    """Days to the contract's renewal."""
    if inputs.contract_id is None:
        return unknown("renewal", "no running contract is on record")
    sources = (f"contract:{inputs.contract_id}",)
    days, on = inputs.days_to_renewal, inputs.renews_on
    if days is None or on is None:
        return Reading("renewal", 1.0, "no end", "the contract has no end", sources)
    reason = f"renews on {on.isoformat()}"
    return Reading("renewal", along(days, RENEWAL_SLOPE), f"in {days} d", reason, sources)
