"""Acting on the work owed: written, then handed to its sink, each effect once.

Started from the ledger, never from memory, so that a crash between recording and acting loses
nothing: whoever comes next finds what is still owed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from pydantic import BaseModel, ConfigDict, JsonValue

from app.domain.effect import EffectState
from app.domain.flow import Argument, FlowAsk, FlowName, Urgency
from app.jobs.effects import Performer
from app.jobs.flows.pages import Progress
from app.ports.effects import Effects, Outcome, Tried
from app.ports.engine import Steps

BATCH = 200
LOOK_AGAIN_SECONDS = 0.2


class ActArgument(BaseModel):
    """What an act flow is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    group: str


class ChannelArgument(BaseModel):
    """What a channel flow is given: one effect that an earlier flow could not finish."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    turn: int
    """Counts the flows of a chain, so that each has an id of its own."""
    mark: str = ""
    """Tells the chain apart from others of the same effect."""


def act_ask(tenant_id: str, group: str) -> FlowAsk:
    """The flow that acts on a group of effects; once for ever."""
    return FlowAsk(
        tenant_id=tenant_id,
        flow=FlowName.ACT,
        flow_id=f"{tenant_id}:act:{_own_part(tenant_id, group)}",
        argument={"group": group},
    )


def channel_ask(
    tenant_id: str, key: str, turn: int, *, delay_seconds: float = 0, mark: str = ""
) -> FlowAsk:
    """The flow that tries one effect again; `mark` begins a chain of its own."""
    return FlowAsk(
        tenant_id=tenant_id,
        flow=FlowName.CHANNEL,
        flow_id=f"{tenant_id}:channel:{_own_part(tenant_id, key)}:{mark}{turn}",
        argument={"key": key, "turn": turn, "mark": mark},
        urgency=Urgency.RETRY,
        delay_seconds=delay_seconds,
    )


def released_ask(tenant_id: str, key: str, attempt: int) -> FlowAsk:
    """The first flow of an effect that was parked after so many tries, and released."""
    return channel_ask(tenant_id, key, 1, mark=f"released-{attempt}-")


def _own_part(tenant_id: str, key: str) -> str:
    return key.removeprefix(f"{tenant_id}:")


async def act(effects: Effects, steps: Steps, argument: Argument) -> JsonValue:
    """Try each effect of a group once; what failed gets a flow of its own. Always ends well."""
    group = ActArgument.model_validate(argument).group
    keys = await steps.run("owed", partial(_owed, effects, group))
    outcomes: dict[str, JsonValue] = {}
    for key in _texts(keys):
        name = key.rpartition(":")[2]
        outcomes[name] = await _try_once(effects, steps, key, turn=1)
    return outcomes


async def channel(effects: Effects, steps: Steps, argument: Argument) -> JsonValue:
    """Try one effect again; where it fails again, the next flow has the next turn."""
    given = ChannelArgument.model_validate(argument)
    return await _try_once(effects, steps, given.key, turn=given.turn + 1, mark=given.mark)


async def _try_once(effects: Effects, steps: Steps, key: str, *, turn: int, mark: str = "") -> str:
    """One try as a step; `turn` is the next flow's, should it need one."""
    name = key.rpartition(":")[2]
    tried = _tried(await steps.run(f"perform {name}", partial(_perform, effects, key)))
    if tried.wait_seconds is not None:
        wait = tried.wait_seconds
        await steps.start(channel_ask(steps.tenant_id, key, turn, delay_seconds=wait, mark=mark))
    return tried.outcome.value


async def _owed(effects: Effects, group: str) -> JsonValue:
    return list(await effects.owed(group))


async def _perform(effects: Effects, key: str) -> JsonValue:
    tried = await effects.perform(key)
    return {"outcome": tried.outcome.value, "wait_seconds": tried.wait_seconds}


class _TriedAsRecorded(BaseModel):
    outcome: Outcome
    wait_seconds: float | None


def _tried(recorded: JsonValue) -> Tried:
    read = _TriedAsRecorded.model_validate(recorded)
    return Tried(outcome=read.outcome, wait_seconds=read.wait_seconds)


def _texts(recorded: JsonValue) -> list[str]:
    return (
        [text for text in recorded if isinstance(text, str)] if isinstance(recorded, list) else []
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOutcome:
    """What became of the work owed."""

    outcomes: Mapping[Outcome, int]
    left: Mapping[EffectState, int]
    """The ledger afterwards, all effects ever."""


async def act_on_work_owed(performer: Performer, progress: Progress) -> ActOutcome:
    """Perform everything that is due, without flows: a replay's way, in one go.

    Waits out intents that a dead process left behind. Returns when nothing is owed that could be
    done now: effects put off for later stay owed.
    """
    outcomes: Counter[Outcome] = Counter()
    done = 0
    while True:
        rows = await performer.store.read(
            performer.tenant_id,
            lambda unit: unit.work.due(
                most=BATCH, stale_after_seconds=performer.stale_after_seconds
            ),
        )
        total = done + len(rows)
        for row in rows:
            outcomes[(await performer.perform(row.work.key)).outcome] += 1
            done += 1
            progress(done, total)
        left = await performer.store.read(performer.tenant_id, lambda unit: unit.work.counts())
        if not rows and not left[EffectState.INTENT]:
            return ActOutcome(outcomes=outcomes, left=left)
        if not rows:  # another process began these: finished by it, or stale soon
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
