"""The TAM's clockwork, on the real scheduler library."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.technical_account_manager.ports import CheckinTurn
from app.agents.technical_account_manager.scheduler import (
    TAMScheduler,
    TenantZone,
    accounts_due_for_checkin,
)
from app.errors import TransientServiceError

BERLIN = TenantZone(tenant_id="main", zone="Europe/Berlin")
AUCKLAND = TenantZone(tenant_id="kiwi", zone="Pacific/Auckland")


class WorkInMemory:
    """Keeps what was started; the accounts of `broken` fail, each in its own way."""

    def __init__(
        self, turns: Sequence[CheckinTurn] = (), broken: dict[str, Exception] | None = None
    ) -> None:
        self.scans: list[tuple[str, date]] = []
        self.checkins: list[tuple[str, str, date]] = []
        self.started = asyncio.Event()
        self._turns = turns
        self._broken = broken or {}

    async def daily_health_scan(self, tenant_id: str, day: date) -> None:
        self.scans.append((tenant_id, day))
        self.started.set()

    async def checkin_turns(self, tenant_id: str) -> Sequence[CheckinTurn]:
        return self._turns

    async def health_checkin(self, tenant_id: str, account_id: str, day: date) -> None:
        if account_id in self._broken:
            raise self._broken[account_id]
        self.checkins.append((tenant_id, account_id, day))


def turn(
    account_id: str = "acme", *, every: int | None = None, last: date | None = None
) -> CheckinTurn:
    return CheckinTurn(account_id=account_id, interval_days=every, last_checkin_on=last)


def test_every_tenant_has_its_two_jobs_at_its_own_hours() -> None:
    async def scenario() -> None:
        scheduler = TAMScheduler(work=WorkInMemory(), tenants=[BERLIN, AUCKLAND])
        assert scheduler.start()
        jobs = {(job.name, job.tenant_id): job for job in scheduler.jobs()}
        scheduler.stop()

        zones = {tenant.tenant_id: ZoneInfo(tenant.zone) for tenant in (BERLIN, AUCKLAND)}
        told = {
            key: (
                job.next_run_at.astimezone(zones[job.tenant_id]).time(),
                job.misfire_grace_seconds,
            )
            for key, job in jobs.items()
        }
        assert told == {
            ("tam_daily_health_scan", "main"): (time(7), 3600),
            ("tam_daily_health_scan", "kiwi"): (time(7), 3600),
            ("tam_monthly_health_checkins", "main"): (time(10), 7200),
            ("tam_monthly_health_checkins", "kiwi"): (time(10), 7200),
        }

    asyncio.run(scenario())


def test_a_slot_whose_time_comes_is_started() -> None:
    async def scenario() -> None:
        work = WorkInMemory()
        soon = datetime.now(UTC) + timedelta(seconds=2.2)
        at = soon.time().replace(microsecond=0)
        utc = TenantZone(tenant_id="main", zone="UTC")
        scheduler = TAMScheduler(work=work, tenants=[utc], scan_at=at)
        scheduler.start()
        await asyncio.wait_for(work.started.wait(), timeout=10)
        scheduler.stop()
        assert work.scans == [("main", soon.date())]

    asyncio.run(scenario())


def test_starting_and_stopping_twice_changes_nothing() -> None:
    async def scenario() -> None:
        scheduler = TAMScheduler(work=WorkInMemory(), tenants=[BERLIN])
        assert scheduler.start()
        assert scheduler.start()
        assert len(scheduler.jobs()) == 2
        scheduler.stop()
        scheduler.stop()
        assert scheduler.jobs() == ()

    asyncio.run(scenario())


def test_without_the_scheduler_library_it_says_that_it_did_not_start() -> None:
    script = (
        "import sys; sys.modules['apscheduler'] = None\n"
        "from app.agents.technical_account_manager.scheduler import TAMScheduler\n"
        "scheduler = TAMScheduler(work=None, tenants=[])\n"
        "print(scheduler.start(), scheduler.jobs()); scheduler.stop()\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "False ()"


def test_the_scan_is_of_the_tenants_own_day() -> None:
    work = WorkInMemory()
    evening = datetime(2026, 3, 10, 20, 30, tzinfo=UTC)
    scheduler = TAMScheduler(work=work, tenants=[], clock=lambda: evening)

    asyncio.run(scheduler.run_daily_scan(AUCKLAND))

    assert work.scans == [("kiwi", date(2026, 3, 11))]


@pytest.mark.parametrize(
    "failure", [TransientServiceError("store", "write", "locked"), KeyError("a bug")]
)
def test_an_account_that_fails_never_stops_the_others(failure: Exception) -> None:
    turns = [turn("a"), turn("b"), turn("c")]
    work = WorkInMemory(turns, broken={"b": failure})
    first = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
    scheduler = TAMScheduler(work=work, tenants=[], clock=lambda: first)

    asyncio.run(scheduler.run_checkins(BERLIN))

    assert [account for _, account, _ in work.checkins] == ["a", "c"]


@pytest.mark.parametrize(
    "today, asked",
    [
        (date(2026, 4, 1), turn()),
        (date(2026, 4, 1), turn(last=date(2026, 3, 31))),
        (date(2026, 4, 7), turn(last=date(2026, 3, 2))),
        (date(2026, 4, 7), turn(every=14)),
        (date(2026, 4, 7), turn(every=14, last=date(2026, 3, 24))),
        (date(2026, 4, 7), turn(every=14, last=date(2026, 1, 1))),
    ],
)
def test_an_account_whose_turn_it_is_is_due(today: date, asked: CheckinTurn) -> None:
    assert accounts_due_for_checkin(today, [asked]) == ("acme",)


@pytest.mark.parametrize(
    "today, asked",
    [
        (date(2026, 4, 2), turn()),
        (date(2026, 4, 2), turn(last=date(2026, 4, 1))),
        (date(2026, 4, 1), turn(last=date(2026, 4, 1))),
        (date(2026, 4, 1), turn(every=14, last=date(2026, 3, 20))),
        (date(2026, 4, 1), turn(every=0, last=date(2026, 4, 1))),
    ],
)
def test_an_account_whose_turn_is_still_to_come_is_left_alone(
    today: date, asked: CheckinTurn
) -> None:
    assert accounts_due_for_checkin(today, [asked]) == ()


@given(start=st.dates(date(2025, 1, 1), date(2027, 1, 1)), every=st.none() | st.integers(1, 60))
def test_a_quarter_of_daily_looks_meets_every_turn_once(start: date, every: int | None) -> None:
    last: date | None = None
    done: list[date] = []
    for day in (start + timedelta(days=n) for n in range(92)):
        if accounts_due_for_checkin(day, [turn(every=every, last=last)]):
            done.append(day)
            last = day

    if every is None:
        assert all(day.day == 1 for day in done)
        assert len(done) in (3, 4)
    else:
        assert {(later - day).days for day, later in pairwise(done)} <= {every}
        assert done[0] == start
