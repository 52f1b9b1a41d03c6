"""Feeds: where facts come from, and whether their word can be trusted right now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain.unread import Unread

ABSENCE_HOLDS = timedelta(days=30)
"""For so long after its last good reading a source's word counts that an account has nothing there.

Beyond that customers may have moved to it unseen."""

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

    def plight(self, now: datetime) -> str:
        """Since when it is late or failed at `now`, in words; empty: it is fresh."""
        state = self.state(now)
        if state is FeedState.FRESH:
            return ""
        if state is FeedState.FAILED:
            since = self.failed_since
            return "failed" if since is None else f"failed since {since:%Y-%m-%d %H:%M} UTC"
        last = "never" if self.last_ok_at is None else f"{self.last_ok_at:%Y-%m-%d %H:%M} UTC"
        return f"is late: last delivery {last}"

    def trouble(self, now: datetime) -> str | None:
        """Why its word cannot be trusted at `now`, in words; None: it can."""
        plight = self.plight(now)
        if not plight:
            return None
        if self.state(now) is FeedState.LATE:
            return f"feed {self.name} {plight}"
        return f"feed {self.name} {plight}: {self.reason or 'no reason given'}"


def is_split(feeds: Iterable[Feed], now: datetime) -> bool:
    """Whether some feeds of tickets are in trouble at `now` and others are not."""
    states = {
        feed.state(now) is FeedState.FRESH for feed in feeds if FactKind.TICKETS in feed.provides
    }
    return len(states) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """The feeds of a tenant at one moment, asked per account and kind of facts.

    An account that is known to have tickets in a source that is fresh, and none in one that is in
    trouble, is judged by the first: the second does not freeze it, and does not speak for it.
    """

    feeds: tuple[Feed, ...]
    now: datetime
    reaches: Mapping[str, Set[str]] = field(default_factory=dict)
    """By source of tickets that was read from end to end: the accounts that it has or had tickets
    of, or that are tied to it by name. It says nothing of a source that is not here. Needed only
    where the feeds of tickets `is_split`."""

    def speaking_for(self, account_id: str, kind: FactKind) -> tuple[Feed, ...]:
        """The feeds that bring `kind` for this account; empty: nobody does, so it is unknown."""
        unread = self._names_unread(account_id) if kind is FactKind.TICKETS else frozenset()
        return tuple(
            f
            for f in self.feeds
            if kind in f.provides and f.covers(account_id) and f.name not in unread
        )

    def trouble_for(self, account_id: str, kinds: Iterable[FactKind]) -> str | None:
        """The first reason not to trust these kinds for this account; None: all can be trusted."""
        wanted = frozenset(kinds)
        unread = self._names_unread(account_id)
        for feed in self.feeds:
            brings = feed.provides & wanted
            if feed.name in unread:
                brings -= {FactKind.TICKETS}
            if brings and feed.covers(account_id):
                trouble = feed.trouble(self.now)
                if trouble is not None:
                    return trouble
        return None

    def unread_for(self, account_id: str) -> tuple[Unread, ...]:
        """Sources of tickets in trouble beside which this account is judged all the same."""
        known_by = tuple(
            feed.name
            for feed in self.feeds
            if account_id in self.reaches.get(feed.name, ())
            and self._tells_of(feed, account_id)
            and feed.state(self.now) is FeedState.FRESH
        )
        if not known_by:
            return ()
        return tuple(
            Unread(feed=feed.name, plight=feed.plight(self.now), known_by=known_by)
            for feed in self.feeds
            if self._tells_of(feed, account_id) and self._has_none(feed, account_id)
        )

    def may_spare(self, feed: Feed) -> bool:
        """Whether accounts with tickets elsewhere alone are judged while this feed is in trouble.

        Of `reaches` it takes which sources are there, not whom they reach.
        """
        if FactKind.TICKETS not in feed.provides or not self._is_silent(feed):
            return False
        return any(
            FactKind.TICKETS in other.provides
            and other.name in self.reaches
            and other.state(self.now) is FeedState.FRESH
            for other in self.feeds
        )

    def judged_without(self, name: str) -> int:
        """How many accounts are judged by other sources of tickets while this one is in trouble."""
        reached = frozenset().union(*self.reaches.values())
        return sum(
            name in self._names_unread(one) and self.trouble_for(one, [FactKind.TICKETS]) is None
            for one in reached
        )

    def _names_unread(self, account_id: str) -> frozenset[str]:
        if not self.reaches:
            return frozenset()
        return frozenset(one.feed for one in self.unread_for(account_id))

    def _tells_of(self, feed: Feed, account_id: str) -> bool:
        return FactKind.TICKETS in feed.provides and feed.covers(account_id)

    def _has_none(self, feed: Feed, account_id: str) -> bool:
        """Whether a feed in trouble is known to have nothing of the account."""
        return self._is_silent(feed) and account_id not in self.reaches[feed.name]

    def _is_silent(self, feed: Feed) -> bool:
        """Whether a feed is in trouble, and what it had not when it was last read still counts."""
        if feed.name not in self.reaches or feed.last_ok_at is None:
            return False
        is_in_trouble = feed.state(self.now) is not FeedState.FRESH
        return is_in_trouble and self.now - feed.last_ok_at <= ABSENCE_HOLDS
