"""The account record in our own store: which live incident an account is flagged with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from app.domain.assessment import Agent
from app.domain.effect import EffectClass, WorkOwed
from app.ports.store import Store
from app.services.work_payload import payload_of


class _FlagWork(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    agent: Agent
    account_id: str
    incident_id: str
    """Empty takes the flag off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagAccount:
    """Flags account records; doing it again changes nothing."""

    store: Store
    tenant_id: str
    timeout_seconds: float = 30.0

    @property
    def effect_class(self) -> EffectClass:
        """Keyed: a flag is set to a value."""
        return EffectClass.KEYED

    async def find(self, key: str) -> str | None:
        """Never told: flagging again is safe."""
        del key
        return None

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Flag the account, and return its agent and id, such as `tam:acme`.

        Raises PermanentServiceError for a payload that is no flag.
        """
        del at, repeat
        flag = payload_of(work, _FlagWork, system="account record")
        await self.store.write(
            self.tenant_id,
            lambda unit: unit.health.flag(flag.agent, flag.account_id, flag.incident_id),
        )
        return f"{flag.agent}:{flag.account_id}"
