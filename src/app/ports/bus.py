"""The event bus: what agents tell each other, kept in streams, given out by groups of consumers.

Opened for one tenant: nothing of another's can be published, taken or looked at through it. Over
Redis Streams and in the store it behaves alike, and it does not know what is done with an event.

A *stream* keeps its events in the order of being published. A *group* is everybody who handles a
stream's events for one purpose: each event is given to one of its consumers, and groups know
nothing of each other. A new group begins with the oldest event that is kept. What was given stays
*in hand* until it is acknowledged, put off or parked; a consumer that is silent for longer than
`BusRules.idle_seconds` loses what it has in hand, and it is given again, to anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from app.domain.event import AgentEvent
from app.ports.rows import StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class BusRules:
    """How long the bus waits and how much it keeps; everybody on a bus goes by the same."""

    idle_seconds: float = 60.0
    """A consumer that is silent about an event for longer is taken for dead."""
    most_deliveries: int = 5
    """Given so many times and never acknowledged, an event is parked."""
    most_kept: int = 100_000
    """Events of a stream. A tenth more may be there before the oldest are dropped."""
    remembered: timedelta = timedelta(days=90)
    """How long an event's id is known at least, trimmed or not, so that it is refused again.

    A publisher tries by itself for a day and a half; what is parked then waits for a person, and a
    quarter is longer than anybody leaves it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Who was given which event, for the how manieth time: what settling it is fenced by."""

    stream: str
    group: str
    consumer: str
    place: int
    """Its number in the stream."""
    count: int
    """1: for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event in a consumer's hand."""

    receipt: Receipt
    event: AgentEvent


class PutOff(StrEnum):
    """What became of a delivery that could not be handled."""

    LATER = "later"
    """It is given again."""
    PARKED = "parked"
    """It was given often enough."""
    GONE = "gone"
    """It was no longer in that hand: somebody else settles it, or has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """A stream, for display."""

    stream: str
    length: int
    """Events kept."""
    trimmed: int
    """Events dropped since the stream began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """How far a group is with a stream, for display."""

    stream: str
    group: str
    lag: int
    """Events kept that it was not given yet."""
    in_hand: int
    """Given and not settled."""
    waiting: int
    """To be given again, at once or later."""
    parked: int
    missed: int
    """Events that were dropped before it was given them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedEvent:
    """A dead letter: an event that a group could not handle, kept until a person has it replayed.

    The event is kept with it, as it was stored, whatever becomes of its stream.
    """

    group: str
    stored: StoredEvent
    deliveries: int
    error: str
    parked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """What trimming dropped."""

    dropped: int = 0
    unacknowledged: int = 0
    """Of these, events that a group had not been given yet, once for each such group."""


class EventPublisher(Protocol):
    """One tenant's bus for those who only tell."""

    @property
    def tenant_id(self) -> str:
        """Whose bus it is."""
        ...

    async def publish(self, stream: str, event: AgentEvent) -> bool:
        """Append an event to a stream; False: the tenant has an event of this id, in any stream.

        Raises ValueError for an event of another tenant, InvalidInput for what is no stream's name
        (a small letter, then small letters, digits, `_`, `-` and `.`, 63 at most in all),
        PermanentServiceError for an event that cannot be written down, TransientServiceError where
        the bus is out of reach, AccessExpired where it refuses us.
        A stream that has grown too long is trimmed meanwhile, as by `EventDesk.trim`.
        """
        ...

    async def check(self) -> None:
        """Whether an event would go through now, without publishing one. Raises ServiceError."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...


class EventBus(EventPublisher, Protocol):
    """One tenant's bus for agents: tell, and be told as a member of a group.

    Methods raise TransientServiceError where the bus is out of reach, AccessExpired where it
    refuses us, ValueError for a delivery of another tenant, InvalidInput for what is no name of a
    stream, group or consumer.
    """

    @property
    def rules(self) -> BusRules:
        """What everybody on it goes by."""
        ...

    async def take(
        self, stream: str, group: str, *, consumer: str, most: int
    ) -> Sequence[Delivery]:
        """What there is to handle now, put into `consumer`'s hand; never waits.

        Either one event that is given again (the one that is due for longest: put off, replayed,
        or from the hand of a consumer that fell silent), or up to `most` new ones, in the order of
        the stream. One alone, so that an event which ends its consumer takes no other with it.
        An event that was given `most_deliveries` times is parked instead; so is, at once, one that
        cannot be read or is of another tenant. Consumers' names are their processes' own.
        """
        ...

    async def wait(self, streams: Sequence[str], group: str, *, seconds: float) -> None:
        """Return as soon as `take` may give something, at the latest after `seconds`.

        In the store it looks every two seconds; on Redis a new event ends it at once.
        """
        ...

    async def hold(self, delivery: Delivery) -> bool:
        """Keep it in hand for another `idle_seconds`; False: it is not in that hand any more."""
        ...

    async def acknowledge(self, delivery: Delivery) -> bool:
        """It is handled: never give it to this group again, in whosever hand it is.

        False: it was settled already.
        """
        ...

    async def put_off(
        self, delivery: Delivery, *, seconds: float, error: str, tried: bool = True
    ) -> PutOff:
        """Have it given again after `seconds`, or parked when this was its last delivery.

        Not `tried`: this delivery does not count, as when a consumer ends with events in hand.
        """
        ...

    async def park(self, delivery: Delivery, *, error: str) -> bool:
        """Set it aside for a person, at once; False: it is not in that hand any more."""
        ...


class EventDesk(Protocol):
    """One tenant's bus for operators. Methods raise as those of `EventBus` do."""

    async def streams(self) -> Sequence[StreamState]:
        """All streams, by name."""
        ...

    async def groups(self) -> Sequence[GroupState]:
        """All groups of all streams, by stream and name."""
        ...

    async def events(
        self,
        stream: str,
        *,
        most: int,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[StoredEvent]:
        """The newest `most` events that are kept, oldest first; published between, ends included.

        One that cannot be read as JSON shows its text under `unreadable`.
        """
        ...

    async def parked(self, *, most: int) -> Sequence[ParkedEvent]:
        """Dead letters of all groups, those parked first first."""
        ...

    async def parked_mark(self) -> str:
        """Another text whenever what is parked has changed; costs little, to be asked often."""
        ...

    async def replay(self, stream: str, group: str, event_ids: Collection[str]) -> int:
        """Give these events to the group again, its count beginning anew; returns how many.

        Parked ones are parked no longer, whether their stream still has them or not; those that
        wait to be given again are due at once; those settled before are given once more. Left
        alone, and not counted: what the group has in hand or was not given yet, and what is
        unknown. That a group *did* handle an event is remembered by its marks (`Handled`), not
        here: where they are kept, it comes to nothing again.
        """
        ...

    async def drop(self, stream: str, group: str, event_ids: Collection[str]) -> int:
        """Take dead letters of the group away for good; returns how many there were.

        What is not parked is left alone. The stream still has its events, and their ids stay known.
        """
        ...

    async def trim(self, stream: str, *, most: int) -> Trimmed:
        """Drop the oldest events beyond `most`.

        What a group has in hand, is to be given again or has parked stays with it. What a group
        was not given yet is lost to it, and counted. Ids stay known.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...
