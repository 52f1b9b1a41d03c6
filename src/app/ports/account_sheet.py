"""One account's rows as a page shows them: a page's worth at a time, never the whole book's.

Opened for one tenant, inside one transaction (`app.ports.store.Unit`); each method is one
statement by an index on the account.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.account import Account
from app.domain.act import DraftOutcome
from app.domain.activity import Interaction
from app.domain.book import BookContext
from app.domain.dossier import Peers
from app.domain.draft import Draft
from app.domain.heartbeat_days import HeartbeatDay
from app.domain.ticket import Priority, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCounts:
    """How many tickets an account has."""

    still_open: int
    closed: int
    """Closed since the day that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageWeek:
    """The product as a whole in one week, Monday to Sunday."""

    monday: date
    events: int
    logins: int
    active_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureUsed:
    """One feature over some days."""

    feature: str
    """Empty: the product as a whole, where the source tells it."""
    events: int
    logins: int
    active_users: int
    """The most on any one day."""
    days: int
    """Days with any use."""
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReach:
    """How far the tenant's usage data goes."""

    newest_day: date | None
    """The newest day with a row, before the day asked for; None: none at all."""
    catalogue: tuple[str, ...]
    """Every feature of which there was a row before that day, in order of name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterKept:
    """A draft and what became of it."""

    draft: Draft
    outcome: DraftOutcome | None
    """What a rep said; None: nobody said anything yet."""


class AccountSheet(Protocol):
    """One account's rows, narrowly read."""

    def open_tickets(
        self, account_id: str, *, default_priority: Priority, most: int
    ) -> tuple[Ticket, ...]:
        """Open ones: the most urgent first, then the oldest."""
        ...

    def closed_tickets(
        self, account_id: str, *, since: datetime, most: int, skip: int
    ) -> tuple[Ticket, ...]:
        """Those resolved or closed since, the newest first."""
        ...

    def tickets_named(self, account_id: str, ticket_ids: Collection[str]) -> tuple[Ticket, ...]:
        """Those of these ids (at most 500) that are the account's, open or not, oldest first."""
        ...

    def ticket_counts(self, account_id: str, *, since: datetime) -> TicketCounts:
        """How many are open, and how many were closed since."""
        ...

    def usage_reach(self, before: date) -> UsageReach:
        """How far the tenant's usage data goes before a day."""
        ...

    def usage_weeks(self, account_id: str, *, since: date, until: date) -> tuple[UsageWeek, ...]:
        """The weeks that lie in these days, oldest first; weeks without a row are left out."""
        ...

    def features(
        self, account_id: str, *, since: date, until: date, most: int
    ) -> tuple[FeatureUsed, ...]:
        """Features with any use in these days, both included, most used first."""
        ...

    def heartbeat_days(
        self, account_id: str, *, until: date, most: int
    ) -> tuple[HeartbeatDay, ...]:
        """The newest days up to one with any sign of life, newest first."""
        ...

    def last_contacts(self, account_id: str, *, until: datetime) -> Mapping[str, Interaction]:
        """The newest contact with each person, by e-mail (lower case); "" for nobody named."""
        ...

    def letters(self, account_id: str, *, most: int, skip: int) -> tuple[LetterKept, ...]:
        """Drafts of any state with their outcomes, newest first."""
        ...

    def peers(self, account: Account, context: BookContext, *, most: int) -> Peers:
        """As `Detail.peers`, but of at most so many of them, those next to it by id.

        `Peers.how` says so where there are more.
        """
        ...
