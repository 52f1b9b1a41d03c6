"""What operators have done to events, so that the audit log is true whenever the process dies.

Where the events are in the store, the act and its line are one transaction. Where they are not,
the log says first what was asked for, and then what came of it: a line that has no other after it
means that nobody knows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from app.domain.act import Act
from app.ports.bus import EventDesk
from app.ports.store import Store, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Events of one stream, as one group has or had them."""

    stream: str
    group: str
    event_ids: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What the log says of an act."""

    asked: Act
    done: Callable[[int], Act]
    """Of how many events it was done to; never of none."""
    left: Act
    """There was nothing to do it to any more."""


class EventHands(Protocol):
    """One tenant's parked and settled events, changed with a line in the log each time.

    Methods return how many events there were, and raise as those of `EventDesk` do.
    """

    async def replay(self, chosen: Chosen, lines: Lines, *, anew: bool = False) -> int:
        """Give them to their group again; `anew` takes the group's marks off them before."""
        ...

    async def drop(self, chosen: Chosen, lines: Lines) -> int:
        """Take dead letters away for good."""
        ...


@dataclass(frozen=True, slots=True)
class StoreHands:
    """`EventHands` where the events are in the store."""

    store: Store
    tenant_id: str

    async def replay(self, chosen: Chosen, lines: Lines, *, anew: bool = False) -> int:
        """The act and its line at once."""
        ids = chosen.event_ids

        def work(unit: Unit) -> int:
            if anew:
                unit.handled.forget(chosen.group, ids)
            return _told(unit, unit.event_shelf.replay(chosen.stream, chosen.group, ids), lines)

        return await self.store.write(self.tenant_id, work)

    async def drop(self, chosen: Chosen, lines: Lines) -> int:
        """The act and its line at once."""

        def work(unit: Unit) -> int:
            dropped = unit.event_shelf.drop(chosen.stream, chosen.group, chosen.event_ids)
            return _told(unit, dropped, lines)

        return await self.store.write(self.tenant_id, work)


@dataclass(frozen=True, slots=True)
class CarrierHands:
    """`EventHands` where another system carries the events."""

    desk: EventDesk
    store: Store
    tenant_id: str

    async def replay(self, chosen: Chosen, lines: Lines, *, anew: bool = False) -> int:
        """What was asked for, the act, what came of it."""

        def ask(unit: Unit) -> None:
            unit.diary.add_act(lines.asked)
            if anew:
                unit.handled.forget(chosen.group, chosen.event_ids)

        await self.store.write(self.tenant_id, ask)
        ids = chosen.event_ids
        return await self._came_of(self.desk.replay(chosen.stream, chosen.group, ids), lines)

    async def drop(self, chosen: Chosen, lines: Lines) -> int:
        """What was asked for, the act, what came of it."""
        await self.store.write(self.tenant_id, lambda unit: unit.diary.add_act(lines.asked))
        ids = chosen.event_ids
        return await self._came_of(self.desk.drop(chosen.stream, chosen.group, ids), lines)

    async def _came_of(self, act: Awaitable[int], lines: Lines) -> int:
        many = await act
        line = lines.done(many) if many else lines.left
        await self.store.write(self.tenant_id, lambda unit: unit.diary.add_act(line))
        return many


def _told(unit: Unit, many: int, lines: Lines) -> int:
    if many:
        unit.diary.add_act(lines.done(many))
    return many
