"""Feeds: where facts come from, and whether their word can be trusted right now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

REP_LOG = "rep-log"
"""The feed that logged contacts come by; it speaks for the accounts that anybody logged one of."""


class FactKind(StrEnum):
    """The kinds of records that a feed brings in; also the names of import templates."""

    ACCOUNTS = "accounts"
    CONTRACTS = "contracts"
    REPS = "reps"
    STAKEHOLDERS = "stakeholders"
    TICKETS = "tickets"
    USAGE = "usage"
    HEARTBEATS = "heartbeats"
    INVOICES = "invoices"
    SURVEYS = "surveys"
    INTERACTIONS = "interactions"
    SIGNALS = "signals"
    """Figures that another system has made of what nobody brings here."""


class FeedState(StrEnum):
    """Fresh facts may be scored; late and failed feeds freeze their accounts."""

    FRESH = "fresh"
    LATE = "late"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One source of one or more kinds of facts, with what is known of its last deliveries."""

    name: str
    provides: frozenset[FactKind]
    last_ok_at: datetime | None = None
    """When it last delivered everything it had."""
    data_until: date | None = None
    """The newest day that its facts speak of (usage), else None."""
    late_after_hours: float | None = None
    """Hours after `last_ok_at` from which it counts as late; None: never."""
    failed_since: datetime | None = None
    reason: str = ""
    """Why it failed, in words for a person."""
    accounts: frozenset[str] | None = None
    """The accounts it speaks for; None: all of them."""

    def state(self, now: datetime) -> FeedState:
        """Fresh, late or failed at `now`; with a limit, one that never delivered is late."""
        if self.failed_since is not None and self.failed_since <= now:
            return FeedState.FAILED
        if self.late_after_hours is None:
            return FeedState.FRESH
        if self.last_ok_at is None:
            return FeedState.LATE
        limit = self.last_ok_at + timedelta(hours=self.late_after_hours)
        return FeedState.LATE if now > limit else FeedState.FRESH

    def covers(self, account_id: str) -> bool:
        """Whether this feed speaks for the account."""
        return self.accounts is None or account_id in self.accounts

    def trouble(self, now: datetime) -> str | None:
        """Why its word cannot be trusted at `now`, in words; None: it can."""
        state = self.state(now)
        if state is FeedState.FRESH:
            return None
        if state is FeedState.FAILED:
            since = self.failed_since
            day = "" if since is None else f" since {since:%Y-%m-%d %H:%M} UTC"
            return f"feed {self.name} failed{day}: {self.reason or 'no reason given'}"
        last = "never" if self.last_ok_at is None else f"{self.last_ok_at:%Y-%m-%d %H:%M} UTC"
        return f"feed {self.name} is late: last delivery {last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """The feeds of a tenant at one moment, asked per account and kind of facts."""

    feeds: tuple[Feed, ...]
    now: datetime

    def speaking_for(self, account_id: str, kind: FactKind) -> tuple[Feed, ...]:
        """The feeds that bring `kind` for this account; empty: nobody does, so it is unknown."""
        return tuple(f for f in self.feeds if kind in f.provides and f.covers(account_id))

    def trouble_for(self, account_id: str, kinds: Iterable[FactKind]) -> str | None:
        """The first reason not to trust these kinds for this account; None: all can be trusted."""
        wanted = frozenset(kinds)
        for feed in self.feeds:
            if feed.provides & wanted and feed.covers(account_id):
                trouble = feed.trouble(self.now)
                if trouble is not None:
                    return trouble
        return None
