"""Effects through the real guard: owed, then tried again and again until there is nothing left."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from app.domain.effect import EffectKind, EffectState, WorkOwed
from app.jobs.effects import Performer
from app.ports.effects import Outcome, Sink
from app.storage.sql_store import SqlStore
from tests.builders import NOW


class AsGiven:
    """Work that is worded already."""

    async def __call__(self, work: WorkOwed) -> WorkOwed:
        return work


class NeverQuiet:
    """No hour is a quiet one."""

    async def __call__(self, key: str) -> float:
        return 0.0


def guard(
    store: SqlStore, sinks: Mapping[EffectKind, Sink], *, owner: str = "one", tenant: str = "main"
) -> Performer:
    """The guard of one process."""
    return Performer(
        store=store,
        tenant_id=tenant,
        owner=owner,
        sinks=sinks,
        prepare=AsGiven(),
        quiet=NeverQuiet(),
        clock=lambda: NOW,
    )


def owe(store: SqlStore, works: Sequence[WorkOwed], *, tenant: str = "main") -> None:
    """Write down that these are owed."""
    store.write_now(tenant, lambda unit: unit.effects.owe(works))


async def settled(performer: Performer, key: str) -> Outcome:
    """Try an effect until it is done, found or parked."""
    while True:
        tried = await performer.perform(key)
        if tried.outcome not in {Outcome.LATER, Outcome.TAKEN}:
            return tried.outcome
        await asyncio.sleep(tried.wait_seconds or 0)


def is_done(store: SqlStore, key: str, *, tenant: str = "main") -> bool:
    """Whether the ledger says so."""
    row = store.read_now(tenant, lambda unit: unit.effects.get(key))
    return row is not None and row.state is EffectState.DONE
