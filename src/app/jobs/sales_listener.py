"""The Sales Agent's ear: events of escalations and opportunities become its tasks, once each.

It looks every few seconds, for every tenant; a bus out of reach is waited for. What a task comes to
is not known here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from app.agents.sales.hearing import task_told_by
from app.clock import Clock
from app.domain.event import AgentEvent
from app.errors import ServiceError
from app.events.checked import SYSTEM
from app.events.consuming import Consumer, Done, Ignored
from app.events.escalations import ESCALATIONS
from app.events.opportunities import OPPORTUNITIES
from app.handoffs.routes import SALES
from app.jobs.bus_word import BusWord
from app.jobs.flows.agent_task import agent_task_ask
from app.ports.bus import EventBus
from app.ports.engine import FlowDesk
from app.ports.store import Store

EVERY_SECONDS = 10.0
OLD = timedelta(days=7)
"""Who begins to listen is given all that is kept; what is older is not worth a task."""

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class SalesListener:
    """Starts and stops with a service. Several processes may listen: each event goes to one."""

    store: Store
    desk: FlowDesk
    bus_of: Callable[[str], EventBus]
    """A tenant's bus, to be closed."""
    clock: Clock
    bus_word: BusWord
    """Is told whether the bus answers."""
    name: str
    """This process's own, never used before."""
    every_seconds: float = EVERY_SECONDS
    _listening: asyncio.Task[None] | None = field(default=None, repr=False)

    def start(self) -> bool:
        """Begin, on the running event loop. Starting twice changes nothing."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        return True

    def stop(self) -> None:
        """End; an event in hand is given again. Stopping twice changes nothing."""
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None

    async def hear(self, tenant_id: str) -> int:
        """Start the tasks of a tenant's events that are there now; returns how many events.

        Raises ServiceError where the bus or the flows are out of reach.
        """
        async with aclosing(self.bus_of(tenant_id)) as bus:
            consumer = Consumer(
                bus=bus,
                group=SALES,
                streams=(ESCALATIONS, OPPORTUNITIES),
                handler=self._handle,
                name=self.name,
            )
            return sum((await consumer.drain()).values())

    async def _handle(self, event: AgentEvent) -> Done | Ignored:
        if event.timestamp < self.clock() - OLD:
            return Ignored("long past: what stands of it is in the store")
        task = task_told_by(event)
        if task is None:
            return Ignored("no matter of Sales")
        request = f"event:{event.event_id}"
        await self.desk.enqueue(agent_task_ask(event.tenant_id, SALES, task, request))
        return Done()

    async def _listen(self) -> None:
        while True:
            try:
                for tenant_id in await self.store.tenants():
                    await self._hear_or_tell(tenant_id)
            except ServiceError as exc:
                log.warning("sales.waits", reason=str(exc))
            await asyncio.sleep(self.every_seconds)

    async def _hear_or_tell(self, tenant_id: str) -> None:
        """Hear a tenant's events, or note that its bus is silent. Raises ServiceError."""
        try:
            await self.hear(tenant_id)
        except ServiceError as exc:
            if exc.system != SYSTEM:
                raise
            await self.bus_word.silent(tenant_id, str(exc))
        else:
            await self.bus_word.answered(tenant_id)
