"""A schedule that keeps what it was asked for; some tenants may fail, each in its own way."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.schedule import Job


@dataclass
class ScheduleInMemory:
    """`Schedule` without slots."""

    names: Sequence[str] = ("main",)
    broken: Mapping[str, Exception] = field(default_factory=dict)
    """By tenant; under the empty name: the list of tenants itself."""
    ticks: list[tuple[str, Job]] = field(default_factory=list)
    ticked: asyncio.Event = field(default_factory=asyncio.Event)

    async def tenants(self) -> Sequence[str]:
        if "" in self.broken:
            raise self.broken[""]
        return self.names

    async def tick(self, tenant_id: str, jobs: Collection[Job]) -> int:
        if tenant_id in self.broken:
            raise self.broken[tenant_id]
        self.ticks.extend((tenant_id, job) for job in jobs)
        self.ticked.set()
        return 0
