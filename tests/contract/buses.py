"""What the suites of the event bus share: lines to it, and short words for what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from app.domain.event import AgentEvent, EventType
from app.ports.bus import BusRules, Delivery, EventBus, EventDesk, GroupState
from tests.builders import NOW

STREAM, OTHER_STREAM = "escalations", "opportunities"
SALES, SUCCESS = "sales", "customer_success"
PATIENT = BusRules(idle_seconds=3600)
HASTY = BusRules(idle_seconds=0.05)
"""Falls silent at once: what is taken can be taken by the next who asks."""
SOON_SECONDS = 20.0
"""Long enough for a machine that is busy with other things."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Opens buses and desks of any tenant onto the same carrier."""

    stack: AsyncExitStack
    open_bus: Callable[[str, BusRules], EventBus]
    open_desk: Callable[[str], EventDesk]

    async def bus(self, tenant: str = "main", rules: BusRules = PATIENT) -> EventBus:
        return await self.stack.enter_async_context(aclosing(self.open_bus(tenant, rules)))

    async def desk(self, tenant: str = "main") -> EventDesk:
        return await self.stack.enter_async_context(aclosing(self.open_desk(tenant)))


Story: TypeAlias = Callable[[Lines], Awaitable[None]]
Play: TypeAlias = Callable[[Story], None]


event = partial(
    AgentEvent,
    event_type=EventType.TASK_COMPLETED,
    tenant_id="main",
    source_agent_id="sales",
    timestamp=NOW,
)


def told(number: int, tenant: str = "main") -> AgentEvent:
    return event(event_id=f"{tenant}:e{number}", tenant_id=tenant, data={"number": number})


async def publish(bus: EventBus, *numbers: int, stream: str = STREAM) -> None:
    for number in numbers:
        assert await bus.publish(stream, told(number, bus.tenant_id))


async def take(
    bus: EventBus,
    group: str = SALES,
    *,
    consumer: str = "one",
    most: int = 100,
    stream: str = STREAM,
) -> Sequence[Delivery]:
    return await bus.take(stream, group, consumer=consumer, most=most)


async def take_soon(
    bus: EventBus, *, consumer: str = "one", group: str = SALES
) -> Sequence[Delivery]:
    """What there is as soon as there is something."""
    await bus.wait([STREAM], group, seconds=SOON_SECONDS)
    taken = await take(bus, group, consumer=consumer)
    assert taken
    return taken


def numbers(deliveries: Sequence[Delivery]) -> list[int]:
    return [int(one.event.event_id.split(":e")[1]) for one in deliveries]


async def only_group(desk: EventDesk) -> GroupState:
    (state,) = await desk.groups()
    return state
