"""The account record in our own store: which live incident an account is flagged with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from app.domain.assessment import Agent
from app.domain.effect import WorkOwed
from app.ports.store import Store, Unit
from app.services.keyed import KeyedSink
from app.services.work_payload import payload_of


class _FlagWork(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    agent: Agent
    account_id: str
    incident_id: str
    flagged: bool = True
    """False takes this incident's flag off; another one's stays."""


@dataclass(frozen=True, slots=True)
class FlagAccount(KeyedSink):
    """Flags account records; doing it again changes nothing."""

    store: Store
    tenant_id: str

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Put the flag on or take it off, and return its agent and id, such as `tam:acme`.

        Raises PermanentServiceError for a payload that is no flag.
        """
        del at, repeat
        flag = payload_of(work, _FlagWork, system="account record")
        await self.store.write(self.tenant_id, lambda unit: _apply(unit, flag))
        return f"{flag.agent}:{flag.account_id}"


def _apply(unit: Unit, flag: _FlagWork) -> None:
    if flag.flagged:
        unit.health.flag(flag.agent, flag.account_id, flag.incident_id)
        return
    record = unit.health.records(flag.agent, [flag.account_id]).get(flag.account_id)
    if record is not None and record.incident_id == flag.incident_id:
        unit.health.flag(flag.agent, flag.account_id, "")
