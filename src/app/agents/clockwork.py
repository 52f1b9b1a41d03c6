"""The clockwork of the agents' schedulers: every minute it asks the schedule to start what is due.

It starts work and never does any. Each process has one of its own, kept in memory: what several
start at once is started once, since a slot is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from app.domain.schedule import Job
from app.ports.schedule import Schedule

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import (  # type: ignore[import-untyped]  # ships no types
        AsyncIOScheduler,
    )

EVERY_SECONDS = 60.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TickingJob:
    """One job as it stands in the clockwork."""

    name: str
    next_tick_at: datetime
    misfire_grace_seconds: int


class Clockwork:
    """Ticks some jobs. One tenant's failure never stops the others."""

    def __init__(
        self,
        *,
        schedule: Schedule,
        grace_seconds: Mapping[Job, int],
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        """`grace_seconds`: the jobs, and how late each one's tick may come."""
        self._schedule = schedule
        self._grace_seconds = dict(grace_seconds)
        self._every_seconds = every_seconds
        self._scheduler: AsyncIOScheduler | None = None

    def start(self) -> bool:
        """Begin, on the running event loop, with a tick at once; False: no scheduler library.

        Starting twice changes nothing.
        """
        if self._scheduler is not None:
            return True
        try:
            from apscheduler.schedulers.asyncio import AsyncIOScheduler
        except ImportError:
            _log.warning("scheduler.library_missing", library="apscheduler")
            return False
        self._scheduler = AsyncIOScheduler(timezone=ZoneInfo("UTC"))
        for job in self._grace_seconds:
            self._add(self._scheduler, job)
        self._scheduler.start()
        return True

    def stop(self) -> None:
        """End; work under way is the flows' own and goes on. Stopping twice changes nothing."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def jobs(self) -> tuple[TickingJob, ...]:
        """What ticks, soonest first; empty when not started."""
        if self._scheduler is None:
            return ()
        return tuple(
            TickingJob(
                name=job.name,
                next_tick_at=job.next_run_time,
                misfire_grace_seconds=job.misfire_grace_time,
            )
            for job in self._scheduler.get_jobs()
        )

    async def tick(self, job: Job) -> None:
        """Have every tenant's due slots of a job started, one tenant after the other."""
        # gathered, so that a failure of any kind is reported, not raised
        (tenants,) = await asyncio.gather(self._schedule.tenants(), return_exceptions=True)
        if isinstance(tenants, BaseException):
            _log.error("schedule.tick_failed", job=job.value, error=repr(tenants))
            return
        for tenant_id in tenants:
            (started,) = await asyncio.gather(
                self._schedule.tick(tenant_id, [job]), return_exceptions=True
            )
            if isinstance(started, BaseException):
                _log.error(
                    "schedule.tick_failed",
                    job=job.value,
                    tenant_id=tenant_id,
                    error=repr(started),
                )

    def _add(self, scheduler: AsyncIOScheduler, job: Job) -> None:
        scheduler.add_job(
            self.tick,
            "interval",
            seconds=self._every_seconds,
            args=[job],
            id=job.value,
            name=job.value,
            next_run_time=datetime.now(UTC),
            misfire_grace_time=self._grace_seconds[job],
            coalesce=True,
            max_instances=1,
        )
