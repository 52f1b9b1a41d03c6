"""The embedded bus: streams, groups and dead letters in the store; it survives a restart.

Nothing is pushed: who waits looks every two seconds. It does not know what is done with an event.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from datetime import datetime

from app.clock import Clock, system_clock
from app.domain.event import AgentEvent
from app.events.checked import CheckedBus, checked_name
from app.ports.bus import (
    BusRules,
    GroupState,
    ParkedEvent,
    PutOff,
    Receipt,
    StreamState,
    Trimmed,
)
from app.ports.event_store import Taken
from app.ports.rows import StoredEvent
from app.ports.store import Store, Unit

LOOK_SECONDS = 2.0
DEFAULT_RULES = BusRules()


class EmbeddedEventBus(CheckedBus):
    """`EventBus` of one tenant in the store."""

    def __init__(
        self,
        store: Store,
        tenant_id: str,
        *,
        rules: BusRules = DEFAULT_RULES,
        clock: Clock = system_clock,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        super().__init__(tenant_id, rules, clock)
        self._store = store
        self._look_seconds = look_seconds

    async def _wait(self, streams: Sequence[str], group: str, *, seconds: float) -> None:
        until = time.monotonic() + seconds

        def is_ready(unit: Unit) -> bool:
            return any(unit.deliveries.is_ready(stream, group) for stream in streams)

        while not await self._store.read(self._tenant_id, is_ready):
            left = until - time.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(min(left, self._look_seconds))

    async def check(self) -> None:
        """Whether the store can be had. Raises ServiceError."""
        await self._store.read(self._tenant_id, lambda unit: unit.event_shelf.streams())

    async def aclose(self) -> None:
        """There is nothing to let go of: the store is its owner's."""

    async def _append(self, stream: str, event: AgentEvent, text: str) -> tuple[bool, Trimmed]:
        del text
        stored = StoredEvent(
            event_id=event.event_id,
            stream=stream,
            published_at=self._clock(),
            body=event.model_dump(mode="json"),
        )
        rules = self._rules

        def append(unit: Unit) -> tuple[bool, Trimmed]:
            if not unit.events.add(stored):
                return False, Trimmed()
            trimmed = unit.event_shelf.trim(
                stream, most=rules.most_kept, slack=rules.most_kept // 10
            )
            if trimmed.dropped:
                unit.event_shelf.forget_ids(older_than=rules.remembered)
            return True, trimmed

        return await self._store.write(self._tenant_id, append)

    async def _take(self, stream: str, group: str, *, consumer: str, most: int) -> Taken:
        return await self._store.write(
            self._tenant_id,
            lambda unit: unit.deliveries.take(
                stream, group, consumer=consumer, most=most, rules=self._rules
            ),
        )

    async def _hold(self, receipt: Receipt) -> bool:
        return await self._store.write(
            self._tenant_id,
            lambda unit: unit.deliveries.hold(receipt, seconds=self._rules.idle_seconds),
        )

    async def _acknowledge(self, receipt: Receipt) -> bool:
        return await self._store.write(
            self._tenant_id, lambda unit: unit.deliveries.acknowledge(receipt)
        )

    async def _put_off(
        self, receipt: Receipt, *, seconds: float, error: str, tried: bool
    ) -> PutOff:
        return await self._store.write(
            self._tenant_id,
            lambda unit: unit.deliveries.put_off(
                receipt,
                seconds=seconds,
                error=error,
                tried=tried,
                most_deliveries=self._rules.most_deliveries,
            ),
        )

    async def _park(self, receipt: Receipt, error: str) -> bool:
        return await self._store.write(
            self._tenant_id, lambda unit: unit.deliveries.park(receipt, error=error)
        )


class EmbeddedEventDesk:
    """`EventDesk` of one tenant in the store."""

    def __init__(self, store: Store, tenant_id: str) -> None:
        self._store = store
        self._tenant_id = tenant_id

    async def streams(self) -> Sequence[StreamState]:
        """All streams, by name."""
        return await self._store.read(self._tenant_id, lambda unit: unit.event_shelf.streams())

    async def groups(self) -> Sequence[GroupState]:
        """All groups of all streams, by stream and name."""
        return await self._store.read(self._tenant_id, lambda unit: unit.event_shelf.groups())

    async def events(
        self,
        stream: str,
        *,
        most: int,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[StoredEvent]:
        """The newest `most` events that are kept, oldest first; published between, ends included.

        Raises InvalidInput for what is no stream's name.
        """
        checked_name(stream)
        return await self._store.read(
            self._tenant_id,
            lambda unit: unit.event_shelf.between(stream, most=most, since=since, until=until),
        )

    async def parked(self, *, most: int) -> Sequence[ParkedEvent]:
        """Dead letters of all groups, those parked first first."""
        return await self._store.read(
            self._tenant_id, lambda unit: unit.event_shelf.parked(most=most)
        )

    async def parked_mark(self) -> str:
        """Another text whenever what is parked has changed."""
        return await self._store.read(self._tenant_id, lambda unit: unit.event_shelf.parked_mark())

    async def replay(self, stream: str, group: str, event_ids: Collection[str]) -> int:
        """Give these events to the group again; returns how many. Raises InvalidInput."""
        checked_name(stream)
        checked_name(group, "group")
        return await self._store.write(
            self._tenant_id, lambda unit: unit.event_shelf.replay(stream, group, event_ids)
        )

    async def drop(self, stream: str, group: str, event_ids: Collection[str]) -> int:
        """Take dead letters of the group away for good. Raises InvalidInput."""
        checked_name(stream)
        checked_name(group, "group")
        return await self._store.write(
            self._tenant_id, lambda unit: unit.event_shelf.drop(stream, group, event_ids)
        )

    async def trim(self, stream: str, *, most: int) -> Trimmed:
        """Drop the oldest events beyond `most`. Raises InvalidInput."""
        checked_name(stream)
        return await self._store.write(
            self._tenant_id, lambda unit: unit.event_shelf.trim(stream, most=most)
        )

    async def aclose(self) -> None:
        """There is nothing to let go of: the store is its owner's."""
