"""The TAM's clockwork: a daily scan and a daily look for check-ins, in each tenant's own zone.

It starts work and never does any; what is started twice for a day is done once by its flow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from app.agents.technical_account_manager.ports import CheckinTurn, ScheduledWork
from app.clock import Clock, local_day, system_clock

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import (  # type: ignore[import-untyped]  # ships no types
        AsyncIOScheduler,
    )

DAILY_SCAN = "tam_daily_health_scan"
CHECKINS = "tam_monthly_health_checkins"
SCAN_GRACE_SECONDS = 3600
CHECKINS_GRACE_SECONDS = 7200

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantZone:
    """A tenant and the IANA zone its days are in."""

    tenant_id: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledJob:
    """One job as it stands in the schedule."""

    name: str
    tenant_id: str
    next_run_at: datetime
    misfire_grace_seconds: int


def accounts_due_for_checkin(day: date, turns: Iterable[CheckinTurn]) -> tuple[str, ...]:
    """The accounts whose turn it is on `day` (the tenant's local day), in the order given.

    With an interval: never checked in with, or that many days ago. Without one: on the 1st, and
    later in the month where the 1st was missed. Nobody is checked in with twice on a day.
    """
    return tuple(turn.account_id for turn in turns if _is_due(day, turn))


def _is_due(day: date, turn: CheckinTurn) -> bool:
    last = turn.last_checkin_on
    if last is not None and last >= day:
        return False
    if turn.interval_days is not None:
        return last is None or (day - last).days >= turn.interval_days
    return day.day == 1 or (last is not None and last < day.replace(day=1))


class TAMScheduler:
    """Starts each tenant's slots. One tenant's or account's failure never stops the others."""

    def __init__(
        self,
        *,
        work: ScheduledWork,
        tenants: Sequence[TenantZone],
        clock: Clock = system_clock,
        scan_at: time = time(7),
        checkins_at: time = time(10),
    ) -> None:
        self._work = work
        self._tenants = tuple(tenants)
        self._clock = clock
        self._scan_at = scan_at
        self._checkins_at = checkins_at
        self._scheduler: AsyncIOScheduler | None = None

    def start(self) -> bool:
        """Begin, on the running event loop; False when the scheduler library is missing.

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
        for tenant in self._tenants:
            self._add_jobs(self._scheduler, tenant)
        self._scheduler.start()
        return True

    def stop(self) -> None:
        """End; work under way is the flows' own and goes on. Stopping twice changes nothing."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def jobs(self) -> tuple[ScheduledJob, ...]:
        """What is scheduled, soonest first; empty when not started."""
        if self._scheduler is None:
            return ()
        return tuple(
            ScheduledJob(
                name=job.name,
                tenant_id=job.args[0].tenant_id,
                next_run_at=job.next_run_time,
                misfire_grace_seconds=job.misfire_grace_time,
            )
            for job in self._scheduler.get_jobs()
        )

    async def run_daily_scan(self, tenant: TenantZone) -> None:
        """Start the scan of the tenant's local day."""
        await self._work.daily_health_scan(tenant.tenant_id, self._today(tenant))

    async def run_checkins(self, tenant: TenantZone) -> None:
        """Start a check-in for every account whose turn it is today, one after the other."""
        day = self._today(tenant)
        turns = await self._work.checkin_turns(tenant.tenant_id)
        for account_id in accounts_due_for_checkin(day, turns):
            # gathered, so that an account's failure of any kind is reported, not raised
            (failure,) = await asyncio.gather(
                self._work.health_checkin(tenant.tenant_id, account_id, day),
                return_exceptions=True,
            )
            if failure is not None:
                _log.error(
                    "checkin.start_failed",
                    tenant_id=tenant.tenant_id,
                    account_id=account_id,
                    error=repr(failure),
                )

    def _today(self, tenant: TenantZone) -> date:
        return local_day(self._clock(), tenant.zone)

    def _add_jobs(self, scheduler: AsyncIOScheduler, tenant: TenantZone) -> None:
        slots = (
            (DAILY_SCAN, self.run_daily_scan, self._scan_at, SCAN_GRACE_SECONDS),
            (CHECKINS, self.run_checkins, self._checkins_at, CHECKINS_GRACE_SECONDS),
        )
        for name, run, at, grace in slots:
            scheduler.add_job(
                run,
                "cron",
                hour=at.hour,
                minute=at.minute,
                second=at.second,
                timezone=ZoneInfo(tenant.zone),
                args=[tenant],
                id=f"{name}:{tenant.tenant_id}",
                name=name,
                misfire_grace_time=grace,
                coalesce=True,
                max_instances=1,
                replace_existing=True,
            )
