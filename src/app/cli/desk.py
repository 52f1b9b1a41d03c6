"""Where a command's flows run: in the service where one runs, else in the command itself.

Whoever works holds a mark. A service that dies while a command waits for it is noticed, and the
command takes the flow up itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pydantic import JsonValue

from app.bootstrap import SOON_SECONDS, liveness_for, open_app, open_client
from app.cli.context import CliContext
from app.domain.effect import EffectState
from app.domain.flow import ENDED, FlowAsk, FlowState
from app.jobs.flows.starting import Starter
from app.jobs.task_desk import not_failed

if TYPE_CHECKING:
    from app.ports.engine import FlowDesk
    from app.ports.store import Unit

LOOK_SECONDS = 0.1
WATCHES_PER_LIVING = 20
"""How many looks at a flow for one at who works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A desk to ask flows of, and whether it is another process that runs them."""

    flows: FlowDesk
    starter: Starter
    is_elsewhere: bool


class NobodyWorks(Exception):
    """The service that a flow was asked of is gone."""


async def run_flow(
    cli: CliContext, ask: FlowAsk, watch: Callable[[], Awaitable[None]]
) -> JsonValue:
    """Have a flow run to its end, and the work that it owes done as far as it can be now.

    `watch` is called again and again meanwhile. Returns the flow's result. Raises FlowFailed.
    """
    return (await run_with_its_own(cli, ask, (), watch))[0]


async def run_with_its_own(
    cli: CliContext,
    ask: FlowAsk,
    own: Sequence[FlowAsk],
    watch: Callable[[], Awaitable[None]],
) -> list[JsonValue]:
    """The same, and flows that it starts waited for as well where nobody else would run them.

    Returns the results; of a flow that was not waited for there is none. Raises FlowFailed.
    """
    while True:
        try:
            async with open_desk(cli) as desk:
                results = [await _run_at(cli, desk, ask, watch)]
                if not desk.is_elsewhere:
                    results += [await _run_at(cli, desk, one, watch) for one in own]
                return results
        except NobodyWorks:
            continue  # our turn


async def run_task(
    cli: CliContext, ask: FlowAsk, watch: Callable[[], Awaitable[None]]
) -> JsonValue:
    """Have a task's flow run to its end, as `run_flow` does; a try that failed before is gone past.

    Where nobody else works, what the flow starts is waited for as well: tasks of single accounts,
    and what is handed to other agents. Returns the flow's result. Raises FlowFailed.
    """
    while True:
        try:
            async with open_desk(cli) as desk:
                asked = await not_failed(desk.flows, ask)
                result = await _run_at(cli, desk, asked, watch)
                if not desk.is_elsewhere:
                    await _until(cli, desk, partial(_is_quiet, cli, desk), watch)
                return result
        except NobodyWorks:
            continue  # our turn


async def run_all(
    cli: CliContext, asks: Sequence[FlowAsk], watch: Callable[[], Awaitable[None]]
) -> None:
    """Have flows run side by side to their ends, and all that they start in turn."""
    while True:
        try:
            async with open_desk(cli) as desk:
                for ask in asks:
                    await desk.flows.enqueue(ask)
                for ask in asks:
                    await _until(cli, desk, partial(_has_ended, cli, desk, ask.flow_id), watch)
                await _until(cli, desk, partial(_is_quiet, cli, desk), watch)
                return
        except NobodyWorks:
            continue  # our turn


async def _run_at(
    cli: CliContext, desk: Desk, ask: FlowAsk, watch: Callable[[], Awaitable[None]]
) -> JsonValue:
    await desk.flows.enqueue(ask)
    await _until(cli, desk, partial(_has_ended, cli, desk, ask.flow_id), watch)
    result = await desk.flows.result(cli.tenant, ask.flow_id, timeout_seconds=60)
    await _until(cli, desk, partial(_is_idle, cli), watch)
    return result


async def work_off(cli: CliContext, tell: Callable[[int, int], None]) -> int:
    """Have the work that has no flow yet done, as far as it can be now; returns how much was."""
    before = await _counts(cli)

    async def watch() -> None:
        now = await _counts(cli)
        done = now[EffectState.DONE] - before[EffectState.DONE]
        tell(done, done + now[EffectState.OWED] + now[EffectState.INTENT])

    while True:
        try:
            async with open_desk(cli) as desk:
                await desk.starter.start_unstarted(cli.tenant)
                await _until(cli, desk, lambda: _is_idle(cli), watch)
                return (await _counts(cli))[EffectState.DONE] - before[EffectState.DONE]
        except NobodyWorks:
            continue


async def _counts(cli: CliContext) -> Mapping[EffectState, int]:
    return await cli.store.read(cli.tenant, lambda unit: unit.work.counts())


@asynccontextmanager
async def open_desk(cli: CliContext) -> AsyncIterator[Desk]:
    """The running service's desk, else one of our own that runs flows while it is open."""
    if await asyncio.to_thread(lambda: liveness_for(cli.settings).living()):
        client = open_client(cli.settings)
        starter = Starter(store=cli.store, desk=client, clock=cli.clock, stale_after_seconds=0)
        try:
            yield Desk(flows=client, starter=starter, is_elsewhere=True)
        finally:
            client.close()
        return
    async with open_app(cli.settings, clock=cli.clock, look_seconds=SOON_SECONDS) as app:
        yield Desk(flows=app.engine, starter=app.starter, is_elsewhere=False)


async def _until(
    cli: CliContext,
    desk: Desk,
    holds: Callable[[], Awaitable[bool]],
    watch: Callable[[], Awaitable[None]],
) -> None:
    looks = 0
    while not await holds():
        looks += 1
        await watch()
        await asyncio.sleep(LOOK_SECONDS)
        if desk.is_elsewhere and looks % WATCHES_PER_LIVING == 0:
            living = await asyncio.to_thread(lambda: liveness_for(cli.settings).living())
            if not living:
                raise NobodyWorks
    await watch()


async def _has_ended(cli: CliContext, desk: Desk, flow_id: str) -> bool:
    row = await desk.flows.flow(cli.tenant, flow_id)
    return row is not None and row.state in ENDED


async def _is_quiet(cli: CliContext, desk: Desk) -> bool:
    """No flow is under way or about to be, and nothing is owed that could be done now."""
    under_way = (FlowState.QUEUED, FlowState.RUNNING)
    rows = await desk.flows.flows(cli.tenant, states=under_way, most=1)
    return not rows and await _is_idle(cli)


async def _is_idle(cli: CliContext) -> bool:
    """Nothing is owed that could be done now."""

    def idle(unit: Unit) -> bool:
        if unit.work.counts()[EffectState.INTENT]:
            return False
        return not unit.work.due(most=1, stale_after_seconds=0)

    return await cli.store.read(cli.tenant, idle)
