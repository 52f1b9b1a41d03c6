"""Invoices: small customers pay monthly, the others by quarter, most of them in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from app.demo.contracts import revenue
from app.demo.customers import Customer
from app.domain.activity import Invoice

_DUE_AFTER_DAYS = 30


def invoices_of(customer: Customer) -> Iterator[Invoice]:
    """Oldest first, those not due yet included."""
    rng = customer.rng("invoices")
    step = 30 if customer.company.segment == "Small business" else 91
    unpaid, late = customer.story.unpaid, customer.story.pays_late
    first_due = customer.first_age - _DUE_AFTER_DAYS
    phase = (customer.since - _DUE_AFTER_DAYS if unpaid is None else unpaid) % step
    amount, currency = revenue(customer)
    part = None if amount is None else (amount * step / 365).quantize(Decimal("0.01"))
    dues = [age for age in range(phase - step, first_due + 1, step) if age > -_DUE_AFTER_DAYS]
    for number, due in enumerate(sorted(dues, reverse=True), start=1):
        early = rng.randrange(1, 15)
        paid = due + early if not late else due - late
        is_open = paid < 1 or (unpaid is not None and due <= unpaid)
        due_on = customer.calendar.day(due)
        yield Invoice(
            invoice_id=f"INV-{customer.account_id}-{number:02d}",
            account_id=customer.account_id,
            issued_on=due_on - timedelta(days=_DUE_AFTER_DAYS),
            due_on=due_on,
            paid_on=None if is_open else customer.calendar.day(paid),
            amount=part,
            currency=currency,
        )
