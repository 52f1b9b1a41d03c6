"""Dead workers' flows are taken up: nobody else does it, for a flow belongs to who began it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from app.ports.engine import Engine, Liveness

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeper:
    """Finds workers that died with flows in their hands. Safe in every process at once."""

    engine: Engine
    liveness: Liveness

    async def sweep(self) -> Sequence[str]:
        """Have the flows of the dead taken up; returns who was dead.

        Whose mark is held is asked after the flows were read, so that a worker that begins in
        between is never taken for dead.
        """
        busy = await self.engine.workers()
        if not busy:
            return ()
        dead = sorted(busy - await asyncio.to_thread(self.liveness.living))
        if dead:
            await self.engine.recover(dead)
            log.warning("flows.taken_over", workers=dead)
        return dead
