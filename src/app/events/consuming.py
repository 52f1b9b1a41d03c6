"""Consumers: events taken from the bus, handled one after the other, and settled.

What becomes of an event is its handler's to say. That a bad one neither blocks its neighbours nor
is dropped in silence is decided here.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import structlog

from app.domain.event import AgentEvent
from app.errors import AppError, ServiceError, TransientServiceError
from app.ports.bus import Delivery, EventBus, PutOff
from app.ports.store import Store, Unit

MOST_AT_ONCE = 32
"""Events in hand, at most."""
WAIT_SECONDS = 60.0
FIRST_RETRY_SECONDS = 5.0
RETRY_FACTOR = 6
"""5 s, 30 s, 3 min, 18 min: an event is parked after twenty minutes of trying."""
LONGEST_PAUSE_SECONDS = 60.0
"""While the bus or the store is out of reach."""
_STORE = "store"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """It is handled."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """It is none of ours, or was handled before."""

    reason: str


@dataclass(frozen=True, slots=True)
class Retry:
    """It cannot be handled now. Each try counts; after the last the event is parked."""

    reason: str
    after_seconds: float | None = None
    """None: a wait that grows with each delivery."""


@dataclass(frozen=True, slots=True)
class Parked:
    """Trying again cannot help: a person must look."""

    error: str


Outcome: TypeAlias = Done | Ignored | Retry | Parked


class Handler(Protocol):
    """Handles events of one group. It is given an event again after a crash: see `handle_once`."""

    def __call__(self, event: AgentEvent, /) -> Awaitable[Outcome]:
        """What became of it.

        A TransientServiceError is as good as `Retry`, any other AppError as `Parked`; what nobody
        thought of is a `Retry` too. It is cut off after a third of the bus's `idle_seconds`.
        """
        ...


async def handle_once(
    store: Store, group: str, event: AgentEvent, effect: Callable[[Unit], None]
) -> Done | Ignored:
    """Have an event take effect in the store once for this group, however often it is given.

    The mark and the effect are one transaction: both are there, or neither is.
    """

    def work(unit: Unit) -> bool:
        is_new = unit.handled.once(group, event.event_id)
        if is_new:
            effect(unit)
        return is_new

    is_new = await store.write(event.tenant_id, work)
    return Done() if is_new else Ignored("handled before")


class Consumer:
    """One member of a group: takes its streams' events in their order and has them handled.

    Sequential, so that events keep the order of their stream, but for those that are tried again.
    """

    def __init__(
        self,
        *,
        bus: EventBus,
        group: str,
        streams: Sequence[str],
        handler: Handler,
        name: str,
        first_retry_seconds: float = FIRST_RETRY_SECONDS,
    ) -> None:
        """`name`: this process's own, never used before."""
        self._bus = bus
        self._group = group
        self._streams = tuple(streams)
        self._handler = handler
        self._name = name
        self._first_retry_seconds = first_retry_seconds
        self._young_seconds = bus.rules.idle_seconds / 3
        self._stop = asyncio.Event()
        self._failures = 0

    async def run(self) -> None:
        """Handle events until `stop`; a bus or store out of reach is waited for."""
        while not self._stop.is_set():
            try:
                if not await self._turn():
                    await self._or_stop(
                        self._bus.wait(self._streams, self._group, seconds=WAIT_SECONDS)
                    )
            except ServiceError as exc:
                await self._pause(exc)
            else:
                self._recovered()

    def stop(self) -> None:
        """Have `run` end after the event in hand; the others are given back."""
        self._stop.set()

    async def drain(self) -> Mapping[type[Outcome], int]:
        """Handle what there is to take now; how many ended how. Raises ServiceError."""
        outcomes: Counter[type[Outcome]] = Counter()
        while ended := await self._turn():
            outcomes.update(ended)
        return outcomes

    async def _turn(self) -> list[type[Outcome]]:
        """Take from each stream once and handle it; how each ended."""
        ended: list[type[Outcome]] = []
        for stream in self._streams:
            taken = await self._bus.take(
                stream, self._group, consumer=self._name, most=MOST_AT_ONCE
            )
            ended += await self._handle_all(deque(taken))
        return ended

    async def _handle_all(self, left: deque[Delivery]) -> list[type[Outcome]]:
        held_at = time.monotonic()
        ended: list[type[Outcome]] = []
        try:
            while left and not self._stop.is_set():
                if time.monotonic() - held_at > self._young_seconds:
                    held_at = time.monotonic()
                    await self._hold(left)
                    if not left:
                        break
                outcome = await self._outcome_of(left[0])
                await self._settle(left[0], outcome)
                left.popleft()
                ended.append(type(outcome))
        finally:
            await self._give_back(left)
        return ended

    async def _hold(self, left: deque[Delivery]) -> None:
        """Keep in hand what waits here for its turn; what somebody else has by now is his."""
        for _ in range(len(left)):
            delivery = left.popleft()
            if await self._bus.hold(delivery):
                left.append(delivery)

    async def _outcome_of(self, delivery: Delivery) -> Outcome:
        """How handling it ended. Raises TransientServiceError where the store is out of reach."""
        try:
            async with asyncio.timeout(self._young_seconds):
                return await self._handler(delivery.event)
        except TimeoutError:
            return Retry(f"it was not handled within {self._young_seconds:g} s")
        except TransientServiceError as exc:
            if exc.system == _STORE:  # nothing goes on without it: not this event's doing
                raise
            return Retry(str(exc), exc.retry_after)
        except AppError as exc:
            return Parked(str(exc))
        except Exception as exc:
            log.exception("event.handler_crashed", **self._about(delivery))
            return Retry(f"{type(exc).__name__}: {exc}")

    async def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        match outcome:
            case Done():
                await self._bus.acknowledge(delivery)
            case Ignored(reason):
                await self._bus.acknowledge(delivery)
                log.info("event.ignored", **self._about(delivery), reason=reason)
            case Retry(reason, after_seconds):
                wait = after_seconds
                if wait is None:
                    wait = self._first_retry_seconds * RETRY_FACTOR ** (delivery.receipt.count - 1)
                what = await self._bus.put_off(delivery, seconds=wait, error=reason)
                if what is PutOff.LATER:
                    log.warning("event.put_off", **self._about(delivery), seconds=wait)
            case Parked(error):
                await self._bus.park(delivery, error=error)

    async def _give_back(self, left: Sequence[Delivery]) -> None:
        """What was not tried goes to whoever takes next."""
        for delivery in left:
            try:
                await self._bus.put_off(delivery, seconds=0, error="", tried=False)
            except ServiceError:
                return  # given again once they were silent for too long

    async def _pause(self, trouble: ServiceError) -> None:
        self._failures += 1
        if self._failures == 1:
            log.warning("consumer.waits", group=self._group, reason=str(trouble))
        seconds = min(LONGEST_PAUSE_SECONDS, 2.0 ** min(self._failures, 10))
        await self._or_stop(asyncio.sleep(seconds))

    def _recovered(self) -> None:
        if self._failures:
            log.info("consumer.recovered", group=self._group)
        self._failures = 0

    async def _or_stop(self, work: Coroutine[None, None, None]) -> None:
        """Wait for `work`, or for being stopped."""
        tasks = (asyncio.create_task(work), asyncio.create_task(self._stop.wait()))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[0].done():
                tasks[0].result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _about(self, delivery: Delivery) -> dict[str, str | int]:
        receipt = delivery.receipt
        return {
            "tenant_id": self._bus.tenant_id,
            "group": receipt.group,
            "stream": receipt.stream,
            "event_id": delivery.event.event_id,
            "delivery": receipt.count,
        }
