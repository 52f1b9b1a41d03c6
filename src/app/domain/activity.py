"""What customers do and say, as facts: usage, heartbeats, invoices, surveys, interactions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageDay:
    """One account's use of one feature on one day; `feature` empty: the product as a whole."""

    account_id: str
    day: date
    feature: str = ""
    active_users: int = 0
    logins: int = 0
    events: int = 0
    """How often it was used: calls, clicks, jobs; the source's own unit, compared to itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """A sign of life of the account's integration."""

    account_id: str
    seen_at: datetime
    api_calls: int | None = None
    errors: int | None = None
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A bill; unpaid while `paid_on` is None."""

    invoice_id: str
    account_id: str
    due_on: date
    issued_on: date | None = None
    paid_on: date | None = None
    amount: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyResponse:
    """An answer to the recommendation question."""

    response_id: str
    account_id: str
    answered_on: date
    score: int
    """Likelihood to recommend, 0-10 (NPS)."""
    respondent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """A contact between a rep and the customer."""

    interaction_id: str
    account_id: str
    happened_at: datetime
    kind: str = "call"
    """call, meeting, email, visit, training or other."""
    meaningful: bool = True
    """False: a contact that told nothing, such as an automatic reply."""
    stakeholder_email: str = ""
    summary: str = ""
    """What was said: hostile, for words only."""
