"""Puts everything together. The one place that knows which technology stands behind a port."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias
from uuid import uuid4

from app.clock import Clock, system_clock
from app.domain.effect import EffectKind
from app.errors import ConfigurationError
from app.events.embedded import EmbeddedEventBus, EmbeddedEventDesk
from app.events.publishing import PublishEvents
from app.jobs.effects import Performer
from app.jobs.flows.feed import FeedFlow
from app.jobs.flows.shapes import flow_shapes
from app.jobs.flows.starting import Starter
from app.jobs.flows.wording import Wording
from app.jobs.quiet import QuietHours
from app.jobs.sweeper import Sweeper
from app.ports.bus import EventBus, EventDesk
from app.ports.effects import Sink
from app.ports.engine import Engine, Liveness
from app.ports.limits import Limiter
from app.ports.store import Store
from app.services.account_flag import FlagAccount
from app.services.budgets import budgets_of
from app.services.draft_sinks import DraftSink, RewordDrafts, WithdrawDrafts
from app.services.file_box import FileBox
from app.services.inbox import InboxAlerts
from app.services.limiter import LocalLimiter
from app.services.writing import writer_with
from app.settings import Settings
from app.storage.liveness import liveness_of
from app.storage.sql_store import SqlStore, open_store

if TYPE_CHECKING:
    from app.jobs.dbos_client import DbosClient
    from app.jobs.service import Service

SinksOf: TypeAlias = Callable[[Store, Settings, str], Mapping[EffectKind, Sink]]
"""Where a tenant's effects go."""

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


def embedded_sinks(store: Store, settings: Settings, tenant: str) -> Mapping[EffectKind, Sink]:
    """Where effects go with nothing connected: outbox, inbox list, the tenant's bus."""
    boxes = [FileBox(settings.outbox_of(tenant))]
    return {
        EffectKind.DRAFT: DraftSink(store=store, tenant_id=tenant, boxes=boxes),
        EffectKind.WITHDRAW: WithdrawDrafts(store=store, tenant_id=tenant, boxes=boxes),
        EffectKind.REWORD: RewordDrafts(store=store, tenant_id=tenant, boxes=boxes),
        EffectKind.RECORD: FlagAccount(store, tenant),
        EffectKind.EVENT: PublishEvents(lambda: bus_of(store, settings, tenant)),
        EffectKind.EMAIL: InboxAlerts(store, tenant, "email"),
        EffectKind.CHAT: InboxAlerts(store, tenant, "chat"),
    }


def performer_of(
    store: Store,
    settings: Settings,
    clock: Clock,
    *,
    tenant: str = "",
    worker: str = "",
    sinks_of: SinksOf = embedded_sinks,
) -> Performer:
    """What performs a tenant's work owed in this process; the settings' own tenant by default."""
    tenant = tenant or settings.tenant
    return Performer(
        store=store,
        tenant_id=tenant,
        owner=worker or worker_name(),
        sinks=sinks_of(store, settings, tenant),
        prepare=Wording(store=store, tenant_id=tenant, writer=writer_with(None), clock=clock),
        quiet=QuietHours(store=store, tenant_id=tenant, clock=clock),
        clock=clock,
    )


def bus_of(store: Store, settings: Settings, tenant: str) -> EventBus:
    """A tenant's events: in the store, or on Redis where all processes share one.

    Close it when done. Raises ConfigurationError naming TEND_REDIS_URL.
    """
    if not settings.redis_url:
        return EmbeddedEventBus(store, tenant)
    from app.events.bus import TenantEventBus  # slow to import

    return TenantEventBus(settings.redis_url, tenant)


def event_desk_of(store: Store, settings: Settings, tenant: str) -> EventDesk:
    """The same bus for operators. Close it when done."""
    if not settings.redis_url:
        return EmbeddedEventDesk(store, tenant)
    from app.events.redis_desk import TenantEventDesk  # slow to import

    return TenantEventDesk(settings.redis_url, tenant)


def worker_name() -> str:
    """A name that no other process has, nor ever had; at most 63 bytes of plain text."""
    host = "".join(c if c.isascii() and c.isalnum() else "-" for c in socket.gethostname())
    return f"{host[:32]}.{os.getpid()}.{uuid4().hex[:8]}"


def liveness_for(settings: Settings) -> Liveness:
    """The marks of those who work on these settings' store."""
    return liveness_of(settings.store_url, settings.home)


def limiter_of(settings: Settings) -> Limiter:
    """Who counts calls to outside systems: this process, or Redis for all of them.

    Close it when done. Raises ConfigurationError naming TEND_LIMITS or TEND_REDIS_URL.
    """
    budgets = budgets_of(settings.limits)
    if not settings.redis_url:
        return LocalLimiter(budgets)
    try:
        from app.services.redis_limiter import RedisLimiter  # an extra
    except ImportError as exc:
        msg = "TEND_REDIS_URL: Redis needs the extra: pip install 'tend[redis]'"
        raise ConfigurationError(msg) from exc
    return RedisLimiter(settings.redis_url, budgets)


def open_client(settings: Settings) -> DbosClient:
    """Flows asked for from beside a running service. Close it when done."""
    from app.jobs.dbos_client import DbosClient  # slow to import

    return DbosClient(settings.engine_url)


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    sinks_of: SinksOf = embedded_sinks,
    look_seconds: float = LOOK_SECONDS,
    grace_seconds: float = 0,
) -> AsyncIterator[App]:
    """A process that runs flows, from its mark among the living to its end.

    What dead processes left in hand, and work owed that has no flow, is taken up at once. On
    leaving, flows that run have `grace_seconds` to end. Raises ConfigurationError.
    """
    app = _put_together(settings, clock, sinks_of, look_seconds)
    try:
        await asyncio.to_thread(app.liveness.hold, app.worker)
        await app.engine.start()
        await take_up(app)
        yield app
    finally:
        await app.engine.stop(grace_seconds=grace_seconds)
        app.liveness.let_go()
        await app.limiter.aclose()
        app.store.close()


def _put_together(settings: Settings, clock: Clock, sinks_of: SinksOf, look_seconds: float) -> App:
    from app.jobs.dbos_engine import DbosEngine  # slow to import
    from app.jobs.planning import Planners

    store, worker = open_store_of(settings), worker_name()
    liveness = liveness_for(settings)

    @cache
    def effects_of(tenant: str) -> Performer:
        return performer_of(store, settings, clock, tenant=tenant, worker=worker, sinks_of=sinks_of)

    shapes = flow_shapes(
        store=store,
        effects_of=effects_of,
        planner_of=Planners(store=store, writer_of=lambda _: writer_with(None), clock=clock),
        clock=clock,
        feed=_feed_flow(store, settings, clock),
    )
    engine = DbosEngine(
        shapes=shapes, url=settings.engine_url, worker=worker, look_seconds=look_seconds
    )
    stale_after_seconds = effects_of(settings.tenant).stale_after_seconds
    return App(
        settings=settings,
        store=store,
        clock=clock,
        worker=worker,
        engine=engine,
        liveness=liveness,
        starter=Starter(
            store=store, desk=engine, clock=clock, stale_after_seconds=stale_after_seconds
        ),
        sweeper=Sweeper(engine=engine, liveness=liveness),
        effects_of=effects_of,
        limiter=limiter_of(settings),
    )


def _feed_flow(store: Store, settings: Settings, clock: Clock) -> FeedFlow:
    return FeedFlow(
        store=store,
        clock=clock,
        folder_of=settings.feed_folder_of,
        rejects_of=settings.rejects_of,
    )


async def take_up(app: App) -> None:
    """Flows of the dead, and work owed without a flow: found at start, and looked for later."""
    await app.sweeper.sweep()
    for tenant in await app.store.tenants():
        await app.starter.start_unstarted(tenant)


def service_of(app: App) -> Service:
    """What goes on in a process for as long as it runs: chores, the schedule, the feed's folder."""
    from app.agents.customer_success.scheduler import CSMScheduler
    from app.agents.technical_account_manager.scheduler import TAMScheduler
    from app.feeds.folder import FOLDER
    from app.jobs.access import regained
    from app.jobs.folder_watch import FolderWatch
    from app.jobs.sales_listener import SalesListener
    from app.jobs.schedule import ScheduleStarter
    from app.jobs.service import Service

    settings, folder = app.settings, app.settings.feed_folder
    schedule = ScheduleStarter(
        store=app.store,
        desk=app.engine,
        clock=app.clock,
        feeds=() if folder is None else (FOLDER,),
    )
    watched = () if folder is None else (folder,)
    ears = SalesListener(
        store=app.store,
        desk=app.engine,
        bus_of=lambda tenant: bus_of(app.store, settings, tenant),
        clock=app.clock,
        name=app.worker,
    )
    return Service(
        tenant_id=settings.tenant,
        store=app.store,
        engine=app.engine,
        liveness=app.liveness,
        sweeper=app.sweeper,
        starter=app.starter,
        clock=app.clock,
        regain=lambda tenant: regained(app.store, tenant, app.effects_of(tenant).sinks),
        clockworks=(TAMScheduler(schedule=schedule), CSMScheduler(schedule=schedule), ears),
        watches=[
            FolderWatch(tenant_id=settings.tenant, folder=path, desk=app.engine, clock=app.clock)
            for path in watched
        ],
    )
