"""Accounts, their contracts and the people on both sides. They know nothing of health."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum

from app.domain.money import Money

UNASSIGNED = "unassigned"
"""Stands for the rep of accounts that nobody owns, until a default owner is set."""


class TechnicalMaturity(StrEnum):
    """How deep a technical text to a stakeholder may go."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A customer company. Lists are in the order the source gave them."""

    account_id: str
    name: str
    owner_email: str | None = None
    """The rep who answers for it; None: the tenant's default owner does."""
    segment: str = ""
    domains: tuple[str, ...] = ()
    """E-mail domains of its people, lower case."""
    features: tuple[str, ...] = ()
    """Features it is entitled to; empty: not told, so adoption counts the whole catalogue."""
    integrations: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    """Other applications in the customer's environment."""
    customer_since: date | None = None
    deal_stage: str = ""
    notes: str = ""
    """Text from the CRM: hostile, for words only, never for a score."""
    checkin_interval_days: int | None = None
    heartbeat_silence_hours: float | None = None
    """This account's own silence threshold; None: the tenant's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What the account bought, for how long. Both ends are included."""

    contract_id: str
    account_id: str
    starts_on: date | None = None
    ends_on: date | None = None
    """None: no end. The day after it is the renewal."""
    arr_amount: Decimal | None = None
    """Annual recurring revenue; None is unknown, never 0."""
    arr_currency: str | None = None
    seats_purchased: int | None = None
    seats_used: int | None = None

    @property
    def arr(self) -> Money | None:
        """The annual recurring revenue with its currency; None where either is unknown."""
        if self.arr_amount is None or self.arr_currency is None:
            return None
        return Money(amount=self.arr_amount, currency=self.arr_currency)

    @property
    def renews_on(self) -> date | None:
        """The day after its last; None: it has no end, or one beyond the calendar."""
        if self.ends_on is None or self.ends_on == date.max:
            return None
        return self.ends_on + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rep:
    """One of our own people. Quiet hours are local to `zone` and may span midnight."""

    email: str
    name: str
    chat_address: str = ""
    zone: str | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stakeholder:
    """One of the customer's people."""

    account_id: str
    email: str
    name: str
    role: str = ""
    technical_maturity: TechnicalMaturity | None = None
    """As a rep said, else as it was imported; None: nobody told."""
    is_primary: bool = False
