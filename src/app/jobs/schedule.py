"""Keeping the schedule: what is due gets its flow first and is remembered then, in that order.

A crash in between asks for the same flow again, which changes nothing. It decides nothing itself:
`app.domain.schedule` says what is due.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

import structlog

from app.agents.customer_success.gate import accounts_kept_back
from app.clock import Clock
from app.domain.flow import FlowAsk
from app.domain.opportunity import OpportunityState
from app.domain.schedule import ALL_JOBS, TASKS, Job, Look, Slot, Started, due_looks, due_slots
from app.domain.turns import AccountTurn
from app.domain.worth import comparable_arr
from app.errors import AppError
from app.jobs.flows.scan_flow import scan_ask
from app.jobs.flows.slot_task import slot_ask
from app.jobs.slot_retries import SlotRetries
from app.ports.engine import FlowDesk
from app.ports.rows import SlotStart
from app.ports.store import Store, Unit

BATCH = 100
"""Flows asked for before they are remembered."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleStarter:
    """`Schedule` over the store and the flows; one per process, and as many processes as you like.

    `ScheduleStarter(store=store, desk=engine, clock=clock).tick(tenant_id)` starts whatever is due.
    A service hands it to `TAMScheduler(schedule=starter)` and `CSMScheduler(schedule=starter)`,
    whose `start()` ticks at once and every minute until `stop()`.
    """

    store: Store
    desk: FlowDesk
    clock: Clock
    feeds: Sequence[str] = ()
    """What is brought up to date before each scan."""
    _retries: SlotRetries = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ask = partial(ask_of, feeds=self.feeds)
        retries = SlotRetries(store=self.store, desk=self.desk, ask_of=ask)
        object.__setattr__(self, "_retries", retries)

    async def tenants(self) -> Sequence[str]:
        """The ids of all tenants that have accounts."""
        return await self.store.tenants()

    async def tick(self, tenant_id: str, jobs: Collection[Job] = ALL_JOBS) -> int:
        """Start what is due of these jobs, each slot once; returns how many flows were asked for.

        A slot whose flow failed is asked for again. Raises TransientServiceError when the store or
        the flows cannot be reached; the next tick goes on.
        """
        now = self.clock()
        looks = await self.store.read(tenant_id, lambda unit: looks_due(unit, now, jobs))
        started = 0
        for look in looks:
            started += await self._take(tenant_id, look, now)
        return started + await self._retries.ask_again(tenant_id, jobs, now)

    async def _take(self, tenant_id: str, look: Look, now: datetime) -> int:
        """Start a look's slots in batches; the look is remembered once all of them are."""
        slots = await self.store.read(tenant_id, lambda unit: slots_due(unit, look))
        done: list[SlotStart] = []
        for first in range(0, len(slots), BATCH):
            asked = await self._ask(tenant_id, slots[first : first + BATCH], now)
            await self.store.write(tenant_id, partial(_remember, starts=asked))
            done.extend(asked)
            if not asked:
                break  # nobody takes flows at the moment
        if len(done) == len(slots):
            await self.store.write(tenant_id, partial(_remember, starts=[_taken(look, now)]))
        log.info(
            "schedule.look_taken",
            tenant_id=tenant_id,
            job=look.job.value,
            slot=look.slot,
            started=len(done),
            failed=len(slots) - len(done),
        )
        return len(done)

    async def _ask(
        self, tenant_id: str, slots: Sequence[Slot], now: datetime
    ) -> Sequence[SlotStart]:
        """Ask for each slot's flow; one that cannot be asked for is left for the next tick."""
        asked = []
        for slot in slots:
            ask = ask_of(tenant_id, slot, feeds=self.feeds)
            try:
                await self.desk.enqueue(ask)
            except AppError as exc:
                log.warning(
                    "slot.start_failed",
                    tenant_id=tenant_id,
                    flow_id=ask.flow_id,
                    error=str(exc),
                )
                continue
            asked.append(
                SlotStart(
                    job=_remembered_as(slot.job),
                    slot=slot.slot,
                    subject=slot.subject,
                    flow_id=ask.flow_id,
                    started_at=now,
                )
            )
        return asked


def ask_of(tenant_id: str, slot: Slot, *, feeds: Sequence[str] = ()) -> FlowAsk:
    """The flow of a slot, the same for the same slot; a scan brings `feeds` up to date first."""
    if slot.job is Job.SCAN:
        return scan_ask(tenant_id, slot.slot, feeds=feeds)
    return slot_ask(tenant_id, slot)


def looks_due(unit: Unit, now: datetime, jobs: Collection[Job]) -> tuple[Look, ...]:
    """The looks that are due: a row or so per job is read.

    Before going live, scans alone: no draft comes unasked while nobody has said so.
    """
    if unit.tenant.live_since() is None:
        jobs = [job for job in jobs if job is Job.SCAN]
    zone = unit.tenant.settings().settings.zone
    return due_looks(now, zone, last_looks(unit, jobs), jobs)


def last_looks(unit: Unit, jobs: Collection[Job]) -> dict[Job, str]:
    """The newest slot looked at, by job; those never taken are left out."""
    found = {job: unit.slots.last(job.value).get("") for job in jobs}
    return {job: slot for job, slot in found.items() if slot is not None}


def slots_due(unit: Unit, look: Look) -> tuple[Slot, ...]:
    """What a look starts; the whole book is read, in bulk."""
    if look.job is Job.SCAN:
        return due_slots(look, (), {})
    book = book_on(unit, look.day)
    return due_slots(look, book, unit.slots.last(TASKS[look.job].value))


def book_on(unit: Unit, day: date) -> tuple[AccountTurn, ...]:
    """What the schedule needs to know of every account active on a day, in order of id."""
    accounts = unit.book.active(day)
    contracts = unit.book.contracts([account.account_id for account in accounts], day)
    worth = comparable_arr(contracts)
    held = unit.opportunities.in_state([OpportunityState.HELD])
    kept_back = accounts_kept_back(held)
    return tuple(
        AccountTurn(
            account_id=account.account_id,
            checkin_every_days=account.checkin_interval_days,
            contract=contracts.get(account.account_id),
            worth=worth.get(account.account_id),
            keeps_back=account.account_id in kept_back,
        )
        for account in accounts
    )


def started_before(unit: Unit) -> Started:
    """All that was started before, as far as the schedule needs it."""
    return Started(
        looks=last_looks(unit, ALL_JOBS),
        accounts={job: unit.slots.last(task.value) for job, task in TASKS.items()},
    )


def _remembered_as(job: Job) -> str:
    """Starts for an account go by the task's name, so that a look finds its own in one row."""
    return TASKS[job].value if job in TASKS else job.value


def _taken(look: Look, now: datetime) -> SlotStart:
    return SlotStart(job=look.job.value, slot=look.slot, subject="", flow_id="", started_at=now)


def _remember(unit: Unit, starts: Sequence[SlotStart]) -> None:
    for start in starts:
        unit.slots.started(start)
