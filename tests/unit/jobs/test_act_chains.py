"""An effect that fails goes on in flows of its own, one after another, until it is settled."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from app.domain.flow import FlowName
from app.jobs.flows.act import act, act_ask, channel, released_ask
from app.jobs.inline import InlineEngine
from app.ports.effects import Outcome, Tried
from tests.builders import NOW

KEY = "main:i:1:email"
LATER = Tried(outcome=Outcome.LATER, wait_seconds=1)
TAKEN = Tried(outcome=Outcome.TAKEN, wait_seconds=1)
DONE, PARKED = Tried(outcome=Outcome.DONE), Tried(outcome=Outcome.PARKED)


@dataclass
class ToldEffects:
    """Effects that come out as they are told to; afterwards there is nothing left to do."""

    coming: list[Tried] = field(default_factory=list)
    tenant_id: str = "main"

    async def owed(self, group: str) -> Sequence[str]:
        return [KEY]

    async def perform(self, key: str) -> Tried:
        return self.coming.pop(0) if self.coming else Tried(outcome=Outcome.SETTLED)


def engine_on(effects: ToldEffects) -> InlineEngine:
    shapes = {FlowName.ACT: partial(act, effects), FlowName.CHANNEL: partial(channel, effects)}
    return InlineEngine(shapes=shapes, clock=lambda: NOW)


async def run_out(engine: InlineEngine) -> int:
    """Runs what was delayed until nothing is; how many rounds that took."""
    rounds = 0
    while await engine.run_delayed():
        rounds += 1
    return rounds


def test_each_failure_has_a_flow_of_its_own() -> None:
    effects = ToldEffects([LATER, TAKEN, LATER, DONE])
    engine = engine_on(effects)

    async def all_of_it() -> int:
        await engine.enqueue(act_ask("main", "main:i:1"))
        return await run_out(engine)

    assert asyncio.run(all_of_it()) == 3
    assert effects.coming == []


def test_a_released_effect_goes_on_however_many_flows_it_had_before() -> None:
    effects = ToldEffects([TAKEN, TAKEN, TAKEN, PARKED])
    engine = engine_on(effects)

    async def all_of_it() -> None:
        await engine.enqueue(act_ask("main", "main:i:1"))
        await run_out(engine)
        effects.coming += [LATER, LATER, PARKED]
        await engine.enqueue(released_ask("main", KEY, 1))
        await run_out(engine)
        effects.coming += [LATER, DONE]
        await engine.enqueue(released_ask("main", KEY, 2))
        await run_out(engine)

    asyncio.run(all_of_it())
    assert effects.coming == []
