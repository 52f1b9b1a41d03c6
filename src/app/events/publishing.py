"""Effects that are events: published on the tenant's bus, once by their id."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from app.domain.effect import WorkOwed
from app.events.schemas import AgentEvent
from app.ports.bus import EventPublisher
from app.services.keyed import KeyedSink
from app.services.work_payload import payload_of


class _EventWork(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    stream: str
    event: AgentEvent


@dataclass(frozen=True, slots=True)
class PublishEvents(KeyedSink):
    """Publishes events of the bus's tenant: one per event id, for as long as the bus knows ids.

    Each time on a line of its own: a sink outlives event loops, and nobody closes it.
    """

    open_bus: Callable[[], EventPublisher]

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Publish `payload["event"]` on `payload["stream"]` and return the event's id.

        Raises ValueError for another tenant's event, PermanentServiceError for what is no event,
        TransientServiceError where the bus is out of reach.
        """
        del at, repeat  # the event's id refuses a second one
        told = payload_of(work, _EventWork, system="event bus")
        async with aclosing(self.open_bus()) as bus:
            await bus.publish(told.stream, told.event)
        return told.event.event_id

    async def check(self) -> None:
        """Whether the bus can be had. Raises ServiceError."""
        async with aclosing(self.open_bus()) as bus:
            await bus.check()
