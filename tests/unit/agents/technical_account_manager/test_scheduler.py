"""The TAM's clockwork, on the real scheduler library."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from app.agents.technical_account_manager.scheduler import TAMScheduler
from app.domain.schedule import TAM_JOBS, Job
from app.errors import TransientServiceError
from tests.fakes.schedule import ScheduleInMemory


def test_the_jobs_keep_their_names_and_how_late_they_may_come() -> None:
    async def scenario() -> None:
        scheduler = TAMScheduler(schedule=ScheduleInMemory())
        assert scheduler.start()
        jobs = scheduler.jobs()
        scheduler.stop()
        assert {job.name: job.misfire_grace_seconds for job in jobs} == {
            "tam_daily_health_scan": 3600,
            "tam_monthly_health_checkins": 7200,
            "tam_quarterly_success_reviews": 7200,
        }

    asyncio.run(scenario())


def test_it_ticks_once_at_its_start_and_then_every_minute() -> None:
    async def scenario() -> None:
        schedule = ScheduleInMemory(names=["main", "kiwi"])
        scheduler = TAMScheduler(schedule=schedule)
        scheduler.start()
        while len(schedule.ticks) < 2 * len(TAM_JOBS):
            await asyncio.wait_for(schedule.ticked.wait(), timeout=10)
            schedule.ticked.clear()
        nexts = [job.next_tick_at - datetime.now(UTC) for job in scheduler.jobs()]
        scheduler.stop()
        assert sorted(schedule.ticks) == sorted((t, j) for t in schedule.names for j in TAM_JOBS)
        assert all(timedelta(seconds=45) < until < timedelta(seconds=61) for until in nexts)

    asyncio.run(scenario())


def test_it_goes_on_ticking() -> None:
    async def scenario() -> None:
        schedule = ScheduleInMemory()
        scheduler = TAMScheduler(schedule=schedule, every_seconds=0.05)
        scheduler.start()
        async with asyncio.timeout(10):
            while schedule.ticks.count(("main", Job.SCAN)) < 3:
                await schedule.ticked.wait()
                schedule.ticked.clear()
        scheduler.stop()

    asyncio.run(scenario())


def test_starting_and_stopping_twice_changes_nothing() -> None:
    async def scenario() -> None:
        scheduler = TAMScheduler(schedule=ScheduleInMemory())
        assert scheduler.start()
        assert scheduler.start()
        assert len(scheduler.jobs()) == 3
        scheduler.stop()
        scheduler.stop()
        assert scheduler.jobs() == ()

    asyncio.run(scenario())


def test_without_the_scheduler_library_it_says_that_it_did_not_start() -> None:
    script = (
        "import sys; sys.modules['apscheduler'] = None\n"
        "from app.agents.technical_account_manager.scheduler import TAMScheduler\n"
        "scheduler = TAMScheduler(schedule=None)\n"
        "print(scheduler.start(), scheduler.jobs()); scheduler.stop()\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "False ()"


@pytest.mark.parametrize(
    "failure", [TransientServiceError("store", "write", "locked"), KeyError("a bug")]
)
def test_a_tenant_that_fails_never_stops_the_others(failure: Exception) -> None:
    schedule = ScheduleInMemory(names=["a", "b", "c"], broken={"b": failure})
    scheduler = TAMScheduler(schedule=schedule)

    asyncio.run(scheduler.tick(Job.CHECKINS))

    assert schedule.ticks == [("a", Job.CHECKINS), ("c", Job.CHECKINS)]


def test_a_store_that_cannot_be_read_is_asked_again_at_the_next_tick() -> None:
    schedule = ScheduleInMemory(broken={"": TransientServiceError("store", "read", "locked")})

    asyncio.run(TAMScheduler(schedule=schedule).tick(Job.SCAN))

    assert schedule.ticks == []
