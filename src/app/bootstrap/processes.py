"""A process put together: the store, the engine that runs its flows, and its mark among others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from app.bootstrap.channels import SinksOf, connected_sinks
from app.bootstrap.feeds import feed_flow
from app.bootstrap.limits import limiter_of
from app.bootstrap.surfaces import Surfaces
from app.bootstrap.tenants import performer_with, worker_name
from app.bootstrap.writers import writers_of
from app.clock import Clock, system_clock
from app.domain.effect import EffectKind
from app.errors import ConfigurationError
from app.jobs.effects import Performer
from app.jobs.flows.shapes import flow_shapes
from app.jobs.flows.starting import Starter
from app.jobs.sweeper import Sweeper
from app.ports.effects import Sink
from app.ports.engine import Engine, Liveness
from app.ports.limits import Limiter
from app.ports.store import Store
from app.services.closing import close_all
from app.settings import Settings
from app.storage.liveness import liveness_of
from app.storage.sql_store import SqlStore, open_store

if TYPE_CHECKING:
    from app.jobs.dbos_client import DbosClient

LOOK_SECONDS = 2.0
"""How often a service looks for flows to run."""
SOON_SECONDS = 0.1
"""How often a command does that runs its own flows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A process that runs flows, put together and started."""

    settings: Settings
    store: SqlStore
    clock: Clock
    worker: str
    """This process's own name among workers."""
    engine: Engine
    liveness: Liveness
    starter: Starter
    sweeper: Sweeper
    effects_of: Callable[[str], Performer]
    """A tenant's effects."""
    limiter: Limiter
    surfaces: Surfaces
    """Where what is known is shown."""


def open_store_of(settings: Settings) -> SqlStore:
    """Open the store of these settings, migrated; the data folder is made where it is missing.

    Raises ConfigurationError naming TEND_HOME or TEND_DATABASE_URL.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        msg = f"TEND_HOME: the data folder {settings.home} cannot be made: {exc.strerror}"
        raise ConfigurationError(msg) from exc
    return open_store(settings.store_url)


def liveness_for(settings: Settings) -> Liveness:
    """The marks of those who work on these settings' store."""
    return liveness_of(settings.store_url, settings.home)


def open_client(settings: Settings) -> DbosClient:
    """Flows asked for from beside a running service. Close it when done."""
    from app.jobs.dbos_client import DbosClient  # slow to import

    return DbosClient(settings.engine_url)


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    sinks_of: SinksOf = connected_sinks,
    look_seconds: float = LOOK_SECONDS,
    grace_seconds: float = 0,
) -> AsyncIterator[App]:
    """A process that runs flows, from its mark among the living to its end.

    What dead processes left in hand, and work owed that has no flow, is taken up at once. On
    leaving, flows that run have `grace_seconds` to end. Raises ConfigurationError.
    """
    connected: list[Mapping[EffectKind, Sink]] = []

    def kept_sinks(
        store: Store, settings: Settings, tenant: str, limiter: Limiter
    ) -> Mapping[EffectKind, Sink]:
        connected.append(sinks_of(store, settings, tenant, limiter))
        return connected[-1]

    app = _put_together(settings, clock, kept_sinks, look_seconds)
    try:
        await asyncio.to_thread(app.liveness.hold, app.worker)
        await app.engine.start()
        await take_up(app)
        yield app
    finally:
        await app.engine.stop(grace_seconds=grace_seconds)
        app.liveness.let_go()
        for sinks in connected:
            await close_all(sinks.values())
        await app.surfaces.aclose()
        await app.limiter.aclose()
        app.store.close()


def _put_together(settings: Settings, clock: Clock, sinks_of: SinksOf, look_seconds: float) -> App:
    from app.jobs.dbos_engine import DbosEngine  # slow to import
    from app.jobs.planning import Planners

    store, worker = open_store_of(settings), worker_name()
    liveness, limiter = liveness_for(settings), limiter_of(settings)
    writer_of = writers_of(store, settings, limiter, clock)
    surfaces = Surfaces(settings=settings, store=store, limiter=limiter, clock=clock)

    @cache
    def effects_of(tenant: str) -> Performer:
        sinks = sinks_of(store, settings, tenant, limiter)
        return performer_with(
            store, clock, tenant=tenant, worker=worker, sinks=sinks, writer=writer_of(tenant)
        )

    shapes = flow_shapes(
        store=store,
        effects_of=effects_of,
        planner_of=Planners(store=store, writer_of=writer_of, clock=clock),
        clock=clock,
        feed=feed_flow(store, settings, clock, surfaces),
        surfaces=surfaces,
    )
    engine = DbosEngine(
        shapes=shapes, url=settings.engine_url, worker=worker, look_seconds=look_seconds
    )
    return App(
        settings=settings,
        store=store,
        clock=clock,
        worker=worker,
        engine=engine,
        liveness=liveness,
        starter=_starter(store, engine, clock, effects_of(settings.tenant)),
        sweeper=Sweeper(engine=engine, liveness=liveness),
        effects_of=effects_of,
        limiter=limiter,
        surfaces=surfaces,
    )


def _starter(store: Store, engine: Engine, clock: Clock, effects: Performer) -> Starter:
    stale = effects.stale_after_seconds
    return Starter(store=store, desk=engine, clock=clock, stale_after_seconds=stale)


async def take_up(app: App) -> None:
    """Flows of the dead, and work owed without a flow: found at start, and looked for later."""
    await app.sweeper.sweep()
    for tenant in await app.store.tenants():
        await app.starter.start_unstarted(tenant)
