"""What the store keeps of the embedded bus, and what every consumer marks as handled.

Every port here is opened for one tenant, inside one transaction (`app.ports.store.Unit`). What
streams, groups and hands are, `app.ports.bus` says.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.ports.bus import (
    BusRules,
    GroupState,
    ParkedEvent,
    PutOff,
    Receipt,
    StreamState,
    Trimmed,
)
from app.ports.rows import StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An event as it was stored, in a consumer's hand."""

    receipt: Receipt
    stored: StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a consumer was given, and the ids of what was parked instead."""

    given: tuple[Given, ...] = ()
    parked: tuple[str, ...] = ()


class Deliveries(Protocol):
    """What groups were given and have in hand. Times are the database's own clock."""

    def take(self, stream: str, group: str, *, consumer: str, most: int, rules: BusRules) -> Taken:
        """One event that is due to be given again, or up to `most` new ones; see `EventBus`."""
        ...

    def is_ready(self, stream: str, group: str) -> bool:
        """Whether `take` would give or park something."""
        ...

    def hold(self, receipt: Receipt, *, seconds: float) -> bool:
        """Keep it in hand for so long from now; fenced by the receipt."""
        ...

    def acknowledge(self, receipt: Receipt) -> bool:
        """Handled, in whosever hand it is; False: it was settled already."""
        ...

    def put_off(
        self, receipt: Receipt, *, seconds: float, error: str, tried: bool, most_deliveries: int
    ) -> PutOff:
        """Due again after `seconds`, or parked when it was given often enough; fenced."""
        ...

    def park(self, receipt: Receipt, *, error: str) -> bool:
        """Set it aside; fenced."""
        ...


class EventShelf(Protocol):
    """Streams, groups and dead letters as operators see and change them."""

    def streams(self) -> tuple[StreamState, ...]:
        """All streams, by name."""
        ...

    def groups(self) -> tuple[GroupState, ...]:
        """All groups of all streams, by stream and name."""
        ...

    def between(
        self, stream: str, *, most: int, since: datetime | None, until: datetime | None
    ) -> tuple[StoredEvent, ...]:
        """The newest of those published between, ends included, oldest first."""
        ...

    def parked(self, *, most: int) -> tuple[ParkedEvent, ...]:
        """Dead letters, those parked first first."""
        ...

    def parked_mark(self) -> str:
        """Another text whenever dead letters came or went."""
        ...

    def replay(self, stream: str, group: str, event_ids: Collection[str]) -> int:
        """Have these given to the group again; see `EventDesk.replay`."""
        ...

    def drop(self, stream: str, group: str, event_ids: Collection[str]) -> int:
        """Take dead letters away for good; returns how many there were."""
        ...

    def trim(self, stream: str, *, most: int, slack: int = 0) -> Trimmed:
        """Drop the oldest beyond `most`, once there are more than `slack` such; ids stay known."""
        ...

    def forget_ids(self, *, older_than: timedelta) -> int:
        """Forget the ids of events that were dropped and are older than that; returns how many."""
        ...


class Handled(Protocol):
    """Which events a group has handled: written in the transaction of the handling itself."""

    def once(self, group: str, event_id: str) -> bool:
        """Mark an event as handled by the group; False: it is, and must not take effect again."""
        ...

    def forget(self, group: str, event_ids: Collection[str]) -> int:
        """Take marks off, so that a replay takes effect; returns how many there were."""
        ...

    def forget_older(self, *, than: timedelta) -> int:
        """Take old marks off. They must outlive the bus's memory of ids (`BusRules.remembered`)."""
        ...
