"""Acting on the work owed: written, then handed to its sink, each effect once.

Started from the ledger, never from memory, so that a crash between recording and acting loses
nothing: whoever comes next finds what is still owed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.effect import EffectState
from app.jobs.effects import Outcome, Performer
from app.jobs.flows.pages import Progress

BATCH = 200
LOOK_AGAIN_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOutcome:
    """What became of the work owed."""

    outcomes: Mapping[Outcome, int]
    left: Mapping[EffectState, int]
    """The ledger afterwards, all effects ever."""


async def act_on_work_owed(performer: Performer, progress: Progress) -> ActOutcome:
    """Perform everything that is due, and wait out intents that a dead process left behind.

    Returns when nothing is owed that could be done now: effects put off for later stay owed.
    """
    stale_after = max(sink.timeout_seconds for sink in performer.sinks.values())
    outcomes: Counter[Outcome] = Counter()
    done = 0
    while True:
        rows = await performer.store.read(
            performer.tenant_id,
            lambda unit: unit.effects.due(most=BATCH, stale_after_seconds=stale_after),
        )
        total = done + len(rows)
        for row in rows:
            outcomes[await performer.perform(row)] += 1
            done += 1
            progress(done, total)
        left = await performer.store.read(performer.tenant_id, lambda unit: unit.effects.counts())
        if not rows and not left[EffectState.INTENT]:
            return ActOutcome(outcomes=outcomes, left=left)
        if not rows:  # another process began these: finished by it, or stale soon
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
