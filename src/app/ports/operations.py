"""What goes on, as operators look at it: each answer is one SELECT, and bounded.

Opened for one tenant, inside one transaction (`app.ports.store.Unit`). It is for looking: what is
decided is decided by the ports whose rows these are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.effect import ChannelWork, EffectKind, ParkReason
from app.domain.feed import Feed
from app.domain.model_call import Spent
from app.domain.scan import Scan
from app.ports.rows import SlotStart


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanLook:
    """A scan with how far it got."""

    scan: Scan
    account_name: str
    """Of the one account it is of; empty: it is of all, or the account is gone."""
    pages_done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedWork:
    """An effect that waits for a person; what it would have done is left out."""

    key: str
    kind: EffectKind
    subject: str
    account_name: str
    """Empty: the subject is no account, or not one of the book."""
    reason: ParkReason | None
    error: str
    attempts: int
    tried_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLook:
    """A feed with how many accounts it speaks for."""

    feed: Feed
    """Its `accounts` are left out: they may be thousands."""
    named: int | None
    """Accounts that it names; None: it speaks for all."""
    knows_whom: bool
    """Whether it is a source of tickets that was read from end to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clockwork:
    """What the schedule goes by."""

    live_since: datetime | None
    """None: until alerts begin, scans alone are started."""
    looks: Mapping[str, SlotStart]
    """The newest look at the whole book, by job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """What an agent spent on the model on a UTC day."""

    agent: str
    day: date
    spent: Spent


class Operations(Protocol):
    """Scans, work owed, feeds, the schedule and the model, for display."""

    def scans(self, *, most: int) -> tuple[ScanLook, ...]:
        """The newest scans, newest first."""
        ...

    def channels(self, now: datetime) -> tuple[ChannelWork, ...]:
        """What each channel owes, in the order of `EffectKind`; who owes nothing is left out.

        As `app.jobs.runs.channels_of` counts.
        """
        ...

    def parked(
        self, *, most: int, kind: EffectKind | None = None, after: str = ""
    ) -> tuple[ParkedWork, ...]:
        """Parked effects in order of being owed, of one channel or of all; those behind a key."""
        ...

    def feeds(self) -> tuple[FeedLook, ...]:
        """Every feed, in order of name."""
        ...

    def clockwork(self, jobs: Collection[str]) -> Clockwork:
        """The last looks of these jobs, and since when they start more than scans."""
        ...

    def model_use(self, *, since: datetime) -> tuple[ModelUse, ...]:
        """By day and agent, in that order."""
        ...

    def digest(self, now: datetime) -> str:
        """Another text whenever scans, work, feeds, looks or the model moved."""
        ...
