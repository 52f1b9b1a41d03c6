"""The embedded bus: events kept in the store, in streams of one tenant; it survives a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from app.domain.effect import WorkOwed
from app.events.schemas import AgentEvent
from app.ports.rows import StoredEvent
from app.ports.store import Store
from app.services.keyed import KeyedSink
from app.services.work_payload import payload_of


class _EventWork(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    stream: str
    event: AgentEvent


@dataclass(frozen=True, slots=True)
class EmbeddedEvents(KeyedSink):
    """Publishes events of one tenant into the store: one per event id."""

    store: Store
    tenant_id: str

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Publish `payload["event"]` on `payload["stream"]` and return the event's id.

        Raises ValueError for another tenant's event, PermanentServiceError for what is no event.
        """
        del repeat  # the event's id refuses a second one
        told = payload_of(work, _EventWork, system="event bus")
        event = told.event
        if event.tenant_id != self.tenant_id:
            msg = f"event {event.event_id} is of tenant {event.tenant_id}, not {self.tenant_id}"
            raise ValueError(msg)
        stored = StoredEvent(
            event_id=event.event_id,
            stream=told.stream,
            published_at=at,
            body=event.model_dump(mode="json"),
        )
        await self.store.write(self.tenant_id, lambda unit: unit.events.add(stored))
        return event.event_id
