"""The book of business: one account with everything read about it, ready to be scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.account import Account, Contract
from app.domain.heartbeat_days import HeartbeatDay
from app.domain.reported import ReportedSignals
from app.domain.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageWindow:
    """Usage of the product as a whole, summed over complete weeks (Monday to Sunday).

    Complete weeks only, so that a Monday never looks like a fall; `until` is the last Sunday that
    the usage feed's data reaches.
    """

    until: date
    events_recent: int
    """Events in the last 4 complete weeks."""
    events_before: int
    """Events in the 8 complete weeks before those."""
    weeks_before: int
    """How many of those 8 weeks lie after the account's first day of use (0-8)."""
    active_days_recent: int
    """Days with a login in the last 4 complete weeks (0-28)."""
    logins_recent: int
    active_days_90: int
    """Days with any use in the last 13 complete weeks (0-91)."""
    last_active_day: date | None
    """The newest day with any use, the running week included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportRecord:
    """What support tickets of the last 90 days say, open or not."""

    tickets: int = 0
    reopened: int = 0
    escalated: int = 0
    csat_answers: int = 0
    csat_sum: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """Contacts with the customer; counts are over the last 90 days."""

    last_meaningful_on: date | None = None
    meaningful: int = 0
    people: int = 0
    """Different stakeholders among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """Everything the store knows of one active account at one moment.

    Absent facts are None or empty here; whether that means "nothing happened" or "nobody tells us"
    is for the feeds to say (`FeedView.speaking_for`).
    """

    account: Account
    contract: Contract | None = None
    """The contract running on the day; where several do, the one that ends last."""
    open_tickets: tuple[Ticket, ...] = ()
    """Open at the moment, oldest first, then by id."""
    support: SupportRecord = SupportRecord()
    last_heartbeat: datetime | None = None
    heartbeat_days: tuple[HeartbeatDay, ...] = ()
    """Its last fourteen weeks and today so far, days without a sign of life left out, in any order.
    The running day may hold signs of life after the moment of the reading."""
    usage: UsageWindow | None = None
    """None: never any usage row for this account."""
    features_used: tuple[str, ...] = ()
    """Features with any use in the 28 days up to the usage data's end, in order of name."""
    engagement: Engagement = Engagement()
    overdue_days: int | None = None
    """Days the longest unpaid invoice is overdue, 0 when none is; None: no invoice is known."""
    nps: int | None = None
    """Newest survey answer of the last 365 days, 0-10."""
    nps_on: date | None = None
    reported: tuple[ReportedSignals, ...] = ()
    """The newest word of each source in the last 90 days, newest first, then by source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookContext:
    """What is the same for every account of one reading of the book."""

    now: datetime
    local_day: date
    usage_until: date | None
    """The last day that usage data reaches; None: no usage at all."""
    feature_catalogue: tuple[str, ...]
    """Every feature seen in the tenant's usage, in order of name."""
