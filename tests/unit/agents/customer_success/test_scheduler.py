"""The CSM's clockwork: reviews, looks for growth, and no scan of its own."""

from __future__ import annotations

import asyncio

from app.agents.customer_success.scheduler import CSMScheduler
from app.domain.schedule import CSM_JOBS
from tests.fakes.schedule import ScheduleInMemory


def test_it_keeps_reviews_and_looks_for_growth_and_leaves_the_scan_to_the_tams() -> None:
    async def scenario() -> None:
        schedule = ScheduleInMemory()
        scheduler = CSMScheduler(schedule=schedule)
        assert scheduler.start()
        assert {job.name for job in scheduler.jobs()} == {
            "csm_quarterly_qbrs",
            "csm_contract_qbrs",
            "csm_expansion_looks",
        }
        async with asyncio.timeout(10):
            while len(schedule.ticks) < len(CSM_JOBS):
                await schedule.ticked.wait()
                schedule.ticked.clear()
        scheduler.stop()
        assert sorted(schedule.ticks) == sorted(("main", job) for job in CSM_JOBS)

    asyncio.run(scenario())
