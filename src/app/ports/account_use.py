"""One account's use of the product as a page shows it, beside that of accounts like it.

Opened for one tenant, inside one transaction (`app.ports.store.Unit`); each method is one
statement by an index on the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.domain.account import Account
from app.domain.book import BookContext
from app.domain.dossier import Peers
from app.domain.heartbeat_days import HeartbeatDay


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


class AccountUse(Protocol):
    """One account's use, narrowly read."""

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

    def peers(self, account: Account, context: BookContext, *, most: int) -> Peers:
        """As `Detail.peers`, but of at most so many of them, those next to it by id.

        `Peers.how` says so where there are more.
        """
        ...
