"""The service: what goes on beside the flows of a process for as long as it runs.

Dead workers' flows are taken up, work owed gets its flows, old flows are forgotten, the schedule
ticks, the feed's folder is watched. It knows what may be told of its own health, not who asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol

import structlog

from app.clock import Clock
from app.jobs.chores import Chore, keep_doing
from app.jobs.flows.starting import Starter
from app.jobs.folder_watch import FolderWatch
from app.jobs.sweeper import Sweeper
from app.ports.engine import Engine, Liveness
from app.ports.store import Store

SWEEP_SECONDS = 5.0
UNSTARTED_SECONDS = 10.0
LEFT_SECONDS = 60.0
WATCH_SECONDS = 10.0
FORGET_SECONDS = 3600.0
FLOWS_KEPT = timedelta(days=35)
"""How long an ended flow is remembered; what must stay once for longer stands in rows of ours."""
HANDLED_KEPT = timedelta(days=180)
"""How long it is known that an event was handled; nobody gives one again so late."""
ANSWER_SECONDS = 3.0
"""How long the store may take to answer the smallest question."""
MARK_SECONDS = 30.0
"""A mark that cannot be looked at for so long is taken for lost."""
LATE_SECONDS = 60.0
"""A sweep that did not end for so long: the engine does not answer."""

log = structlog.get_logger(__name__)


class Part(StrEnum):
    """What must be well for the service to be ready."""

    STORE = "store"
    ENGINE = "engine"
    MARK = "mark"


class Ticking(Protocol):
    """A clockwork that starts what is due."""

    def start(self) -> bool:
        """Begin, on the running event loop; False: it cannot."""
        ...

    def stop(self) -> None:
        """End."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantChore:
    """Something done again and again for each tenant in turn."""

    name: str
    every_seconds: float
    work: Callable[[str], Awaitable[int]]
    """Does it for a tenant; returns how much there was to do."""


class Service:
    """Runs until it is told to stop, or its mark among the living is lost."""

    def __init__(
        self,
        *,
        tenant_id: str,
        store: Store,
        engine: Engine,
        liveness: Liveness,
        sweeper: Sweeper,
        starter: Starter,
        clock: Clock,
        clockworks: Sequence[Ticking],
        watches: Sequence[FolderWatch],
        tenant_chores: Sequence[TenantChore],
    ) -> None:
        """`tenant_id`: whose rows are read to see whether the store answers."""
        self._tenant_id = tenant_id
        self._store = store
        self._engine = engine
        self._liveness = liveness
        self._sweeper = sweeper
        self._clock = clock
        self._clockworks = tuple(clockworks)
        self._is_lost = False
        self._is_stopping = False
        self._stop = asyncio.Event()
        self._asking = Chore(name="ask the store", every_seconds=SWEEP_SECONDS, work=self._ask)
        self._sweeping = Chore(
            name="sweep", every_seconds=SWEEP_SECONDS, work=self._sweep, limit_seconds=LATE_SECONDS
        )
        self._chores = (
            self._asking,
            self._sweeping,
            self._of_all("start work", UNSTARTED_SECONDS, starter.start_unstarted),
            self._of_all("start what is left", LEFT_SECONDS, starter.start_left),
            self._of_all("forget handled events", FORGET_SECONDS, self._forget_handled),
            *(self._of_all(one.name, one.every_seconds, one.work) for one in tenant_chores),
            Chore(name="forget old flows", every_seconds=FORGET_SECONDS, work=self._forget),
            *(_watching(watch) for watch in watches),
        )

    async def run(self) -> bool:
        """Run until `stop`; False: the mark was lost, and others may have taken up our flows."""
        ticking = [clockwork for clockwork in self._clockworks if clockwork.start()]
        chores = asyncio.create_task(keep_doing(self._chores))
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait((chores, stop), return_when=asyncio.FIRST_COMPLETED)
            if chores.done():
                chores.result()  # raises: chores never end by themselves
        finally:
            self._is_stopping = True
            for clockwork in ticking:
                clockwork.stop()
            stop.cancel()
            chores.cancel()
            await asyncio.gather(chores, stop, return_exceptions=True)
        return not self._is_lost

    def stop(self) -> None:
        """Have `run` end. Stopping twice changes nothing."""
        self._is_stopping = True
        self._stop.set()

    def troubles(self) -> Mapping[Part, str]:
        """Why it is not ready, by part; empty: it is. In words that tell nothing of where."""
        if self._is_stopping:
            return {Part.ENGINE: "the service is stopping: it takes up nothing more"}
        found: dict[Part, str] = {}
        if self._asking.trouble:
            found[Part.STORE] = "the store does not answer"
        if self._sweeping.trouble or self._sweeping.is_late(after_seconds=LATE_SECONDS):
            found[Part.ENGINE] = "the engine does not answer"
        if self._is_lost:
            found[Part.MARK] = "this worker's mark is lost: others may have taken up its flows"
        return found

    async def _ask(self) -> None:
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._store.read(self._tenant_id, lambda unit: unit.tenant.live_since())

    async def _sweep(self) -> None:
        if not await self._holds_mark():
            self._is_lost = True
            log.error("worker.mark_lost", mend="the process ends, to be started anew")
            self._stop.set()
            return
        await self._sweeper.sweep()

    async def _holds_mark(self) -> bool:
        try:
            async with asyncio.timeout(MARK_SECONDS):
                return await asyncio.to_thread(self._liveness.is_held)
        except TimeoutError:
            return False

    async def _forget(self) -> None:
        forgotten = await self._engine.forget(self._clock() - FLOWS_KEPT)
        if forgotten:
            log.info("flows.forgotten", flows=forgotten)

    async def _forget_handled(self, tenant_id: str) -> int:
        return await self._store.write(
            tenant_id, lambda unit: unit.handled.forget_older(than=HANDLED_KEPT)
        )

    def _of_all(self, name: str, seconds: float, work: Callable[[str], Awaitable[int]]) -> Chore:
        return Chore(name=name, every_seconds=seconds, work=partial(self._each_tenant, work))

    async def _each_tenant(self, work: Callable[[str], Awaitable[int]]) -> None:
        """One tenant after the other; a failure is raised once all had their turn."""
        failures: list[BaseException] = []
        for tenant_id in await self._store.tenants():
            # gathered, so that one tenant's failure of any kind waits for the others
            (outcome,) = await asyncio.gather(
                _as_coroutine(work, tenant_id), return_exceptions=True
            )
            if isinstance(outcome, BaseException):
                failures.append(outcome)
        if failures:
            raise failures[0]


async def _as_coroutine(work: Callable[[str], Awaitable[int]], tenant_id: str) -> int:
    return await work(tenant_id)


def _watching(watch: FolderWatch) -> Chore:
    async def look() -> None:
        await watch.look()

    return Chore(name="watch the folder", every_seconds=WATCH_SECONDS, work=look)
