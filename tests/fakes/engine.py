"""An engine's outside and a mark among the living, both to be told how they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from app.domain.flow import FlowAsk, FlowRow, FlowState
from app.errors import NotFound


@dataclass
class EngineInMemory:
    """`Engine` that runs nothing and remembers what it was asked."""

    busy: frozenset[str] = frozenset()
    """Workers with flows in hand."""
    broken: Exception | None = None
    asked: dict[str, FlowAsk] = field(default_factory=dict)
    recovered: list[str] = field(default_factory=list)
    forgot_before: list[datetime] = field(default_factory=list)
    rows: list[FlowRow] = field(default_factory=list)
    """Flows that are not at their end."""

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self, *, grace_seconds: float) -> None:
        """Nothing to end."""

    async def workers(self) -> frozenset[str]:
        if self.broken is not None:
            raise self.broken
        return self.busy

    async def recover(self, workers: Collection[str]) -> int:
        self.recovered.extend(workers)
        self.busy -= frozenset(workers)
        return len(workers)

    async def forget(self, before: datetime) -> int:
        self.forgot_before.append(before)
        return 0

    async def enqueue(self, ask: FlowAsk) -> None:
        if self.broken is not None:
            raise self.broken
        self.asked.setdefault(ask.flow_id, ask)

    async def result(self, tenant_id: str, flow_id: str, *, timeout_seconds: float) -> JsonValue:
        raise TimeoutError if flow_id in self.asked else NotFound(flow_id)

    async def flow(self, tenant_id: str, flow_id: str) -> FlowRow | None:
        return None

    async def flows(
        self, tenant_id: str, *, states: Collection[FlowState] = (), most: int = 50
    ) -> tuple[FlowRow, ...]:
        return ()

    async def unsettled(self, tenant_id: str, *, most: int) -> tuple[FlowRow, ...]:
        return tuple(row for row in self.rows if row.flow_id.startswith(f"{tenant_id}:"))[:most]


@dataclass
class MarkInMemory:
    """`Liveness` of one process."""

    is_there: bool = True
    others: frozenset[str] = frozenset()

    def hold(self, worker: str) -> None:
        self.is_there = True

    def living(self) -> frozenset[str]:
        return self.others

    def is_held(self) -> bool:
        return self.is_there

    def let_go(self) -> None:
        self.is_there = False
