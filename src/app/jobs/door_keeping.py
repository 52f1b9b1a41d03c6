"""What the HTTP door leaves to be done later: heartbeats whose account came, answers grown old."""

from __future__ import annotations

from datetime import timedelta

from app.clock import Clock
from app.jobs.incoming import resolved, take_in_parked
from app.ports.store import Store, Unit

ANSWERS_KEPT = timedelta(hours=25)
"""A little longer than an answer is given again."""
LASTING = ("github",)
"""Askers whose deliveries are known for good: a signed one never works twice."""


async def look_after_door(store: Store, tenant_id: str, clock: Clock) -> int:
    """Do what there is to do for a tenant; returns how many heartbeats were taken in."""
    now = clock()

    def has_work(unit: Unit) -> bool:
        waiting = unit.parked_heartbeats.waiting().keys()
        return bool(waiting) and bool(resolved(unit, waiting))

    def work(unit: Unit) -> int:
        unit.given_answers.forget(now - ANSWERS_KEPT, keeping=LASTING)
        return take_in_parked(unit, at=now)

    is_hour = now.minute == 0
    if is_hour or await store.read(tenant_id, has_work):
        return await store.write(tenant_id, work)
    return 0
