"""Starting flows from the work owed: after each scan, at start-up and every now and then.

What a crash left between recording and acting, or what a failed flow left undone, is found here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from app.clock import Clock
from app.domain.effect import EffectRow
from app.domain.flow import FlowAsk
from app.jobs.flows.act import act_ask, channel_ask, released_ask
from app.ports.engine import FlowDesk
from app.ports.store import Store, Unit

BATCH = 500
QUIET_SECONDS = 600
"""Work that has been due for this long without anybody trying lost its flow: it gets another."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """Gives the work owed of any tenant its flows. Safe to call at any time, from any process."""

    store: Store
    desk: FlowDesk
    clock: Clock
    stale_after_seconds: float

    async def start_unstarted(self, tenant_id: str) -> int:
        """Start a flow for each group of effects that has none; returns how many."""
        started = 0
        while True:
            rows = await self.store.read(tenant_id, lambda unit: unit.work.unstarted(most=BATCH))
            if not rows:
                return started
            asks = asks_for(tenant_id, rows)
            for ask in asks:
                await self.desk.enqueue(ask)
            await self.store.write(tenant_id, partial(_mark, keys=[row.work.key for row in rows]))
            started += len(asks)

    async def start_left(self, tenant_id: str) -> int:
        """Start flows for effects whose own flow failed or is forgotten; returns how many."""
        rows = await self.store.read(
            tenant_id,
            lambda unit: unit.work.left(
                most=BATCH,
                quiet_seconds=QUIET_SECONDS,
                stale_after_seconds=self.stale_after_seconds,
            ),
        )
        for row in rows:
            mark = f"left-{_stretch(self.clock())}-"
            await self.desk.enqueue(channel_ask(tenant_id, row.work.key, row.attempt, mark=mark))
        if rows:
            log.warning("work.left_taken_up", tenant_id=tenant_id, effects=len(rows))
        return len(rows)


def _mark(unit: Unit, keys: Sequence[str]) -> None:
    unit.work.mark_started(keys)


def asks_for(tenant_id: str, rows: tuple[EffectRow, ...]) -> list[FlowAsk]:
    """A flow per group that was never tried; one per effect that was, and has been released."""
    asks: dict[str, FlowAsk] = {}
    for row in rows:
        ask = (
            act_ask(tenant_id, row.group)
            if row.attempt == 0
            else released_ask(tenant_id, row.work.key, row.attempt)
        )
        asks.setdefault(ask.flow_id, ask)
    return list(asks.values())


def _stretch(now: datetime) -> int:
    """The number of the stretch of time that `now` lies in: two processes agree on it."""
    return int(now.timestamp() // QUIET_SECONDS)
