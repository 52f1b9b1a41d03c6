"""The embedded inbox: alerts to our own reps as a list in the store, standing in for a channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from app.domain.draft import Alert
from app.domain.effect import EffectClass, WorkOwed
from app.ports.effects import Sink
from app.ports.store import Store
from app.services.closing import close_all
from app.services.keyed import KeyedSink
from app.services.work_payload import payload_of


class _AlertWork(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    rep_email: str
    text: str
    account_id: str = ""
    incident_id: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class InboxAlerts(KeyedSink):
    """Puts alerts of one channel (`email` or `chat`) into the reps' lists: one per key."""

    store: Store
    tenant_id: str
    channel: str

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Keep the alert and return its key; one that is there already stays as it is.

        Raises PermanentServiceError for a payload that is no alert.
        """
        del repeat  # the key refuses a second one
        told = payload_of(work, _AlertWork, system=f"inbox ({self.channel})")
        alert = Alert(
            key=work.key,
            channel=self.channel,
            rep_email=told.rep_email,
            account_id=told.account_id,
            incident_id=told.incident_id,
            revision=told.revision,
            text=told.text,
            created_at=at,
        )
        await self.store.write(self.tenant_id, lambda unit: unit.outbox.add_alert(alert))
        return work.key


@dataclass(frozen=True, slots=True)
class AlsoInInbox:
    """A channel outside, with the alert in the rep's list besides: in the list first."""

    inbox: InboxAlerts
    channel: Sink

    @property
    def effect_class(self) -> EffectClass:
        """The channel's: the list keeps one per key by itself."""
        return self.channel.effect_class

    @property
    def timeout_seconds(self) -> float:
        """Both, one after the other."""
        return self.inbox.timeout_seconds + self.channel.timeout_seconds

    @property
    def lag_seconds(self) -> float:
        """The channel's."""
        return self.channel.lag_seconds

    async def check(self) -> None:
        """Whether the channel can be reached. Raises ServiceError."""
        await self.channel.check()

    async def aclose(self) -> None:
        """Let go of the channel's connections."""
        await close_all([self.channel])

    async def find(self, key: str) -> str | None:
        """What the channel knows of it."""
        return await self.channel.find(key)

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Tell it in both; returns the channel's id."""
        await self.inbox.create(work, at=at, repeat=repeat)
        return await self.channel.create(work, at=at, repeat=repeat)
