"""Slots whose flow failed: asked for again, every ten minutes at most and twenty times at most.

A failed flow keeps its id for ever, so each further try has one of its own: the slot's with a
number behind it. What was superseded by a newer slot is let go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from app.domain.flow import FlowAsk, FlowRow, FlowState
from app.domain.schedule import TASKS, Job, Slot
from app.ports.engine import FlowDesk
from app.ports.rows import SlotStart
from app.ports.store import Store, Unit

EVERY = timedelta(minutes=10)
MOST_TRIES = 21
"""The first try and twenty more."""
LOOK_BACK = timedelta(days=1)
"""Twenty tries take some three hours; what failed earlier is nobody's any more."""
MOST_FAILED = 5000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRetries:
    """Asks again for slots whose flow failed, of any tenant."""

    store: Store
    desk: FlowDesk
    ask_of: Callable[[str, Slot], FlowAsk]
    _asked: set[str] = field(default_factory=set, repr=False)
    """Tries asked for by this process already: asking again would change nothing, but cost."""

    async def ask_again(self, tenant_id: str, jobs: Collection[Job], now: datetime) -> int:
        """Ask for the next try of each failed slot of these jobs; returns how many."""
        failed = await self.desk.flows(tenant_id, states=(FlowState.FAILED,), most=MOST_FAILED)
        recent = [row for row in failed if row.updated_at > now - LOOK_BACK]
        if not recent:
            return 0
        tries = tries_of(recent)
        slots = await self.store.read(tenant_id, lambda unit: _newest_slots(unit, tries, jobs, now))
        again = 0
        for flow_id, slot in slots.items():
            number, row = tries[flow_id]
            next_id = f"{flow_id}:{number + 1}"
            is_soon = row.updated_at > now - EVERY
            if number >= MOST_TRIES or is_soon or next_id in self._asked:
                continue
            await self.desk.enqueue(replace(self.ask_of(tenant_id, slot), flow_id=next_id))
            self._asked.add(next_id)
            again += 1
            log.warning("slot.asked_again", tenant_id=tenant_id, flow_id=next_id, why=row.error)
        return again


def tries_of(failed: Iterable[FlowRow]) -> Mapping[str, tuple[int, FlowRow]]:
    """The newest failed try by the first try's id, with its number.

    A number at an id's end may be a try's or the id's own, so a flow is filed under both readings.
    """
    tries: dict[str, tuple[int, FlowRow]] = {}
    for row in failed:
        base, _, end = row.flow_id.rpartition(":")
        readings = [(row.flow_id, 1)]
        if end.isascii() and end.isdigit() and 2 <= int(end) <= MOST_TRIES:
            readings.append((base, int(end)))
        for flow_id, number in readings:
            if flow_id not in tries or tries[flow_id][0] < number:
                tries[flow_id] = (number, row)
    return tries


_JOBS: Mapping[str, Job] = {Job.SCAN.value: Job.SCAN} | {
    task.value: job for job, task in TASKS.items()
}
"""Jobs by the name that their slots are remembered by."""


def _newest_slots(
    unit: Unit, flow_ids: Collection[str], jobs: Collection[Job], now: datetime
) -> Mapping[str, Slot]:
    """The slots that these flows were started for, unless a newer one of the subject was since."""
    starts = unit.slots.of_flows(flow_ids, since=now - 2 * LOOK_BACK)
    wanted = {flow_id: start for flow_id, start in starts.items() if _JOBS.get(start.job) in jobs}
    last = {name: unit.slots.last(name) for name in {start.job for start in wanted.values()}}
    return {
        flow_id: _slot_of(start)
        for flow_id, start in wanted.items()
        if last[start.job][start.subject] == start.slot
    }


def _slot_of(start: SlotStart) -> Slot:
    return Slot(job=_JOBS[start.job], slot=start.slot, subject=start.subject)
