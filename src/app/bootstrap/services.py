"""A service put together: what goes on in a process for as long as it runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

from app.agents.customer_success.scheduler import CSMScheduler
from app.agents.technical_account_manager.scheduler import TAMScheduler
from app.bootstrap.buses import bus_of
from app.bootstrap.feeds import feeds_of
from app.bootstrap.processes import App
from app.domain.effect import EffectKind
from app.domain.flow import FlowAsk
from app.jobs.access import regained
from app.jobs.bus_word import BusWord
from app.jobs.door_keeping import look_after_door
from app.jobs.draft_watch import DraftWatch
from app.jobs.folder_watch import FolderWatch
from app.jobs.release_letters import LettersOwed
from app.jobs.sales_listener import SalesListener
from app.jobs.schedule import ScheduleStarter
from app.jobs.service import Service, TenantChore
from app.jobs.task_desk import not_failed
from app.services.draft_boxes import BoxesOfDrafts

REGAIN_SECONDS = 3600.0
PARKED_SECONDS = 30.0
LETTERS_SECONDS = 15.0
LOOK_AFTER_SECONDS = 1800.0
"""How often it is read back what became of drafts in mailboxes."""


def service_of(app: App) -> Service:
    """What goes on in a process for as long as it runs: chores, the schedule, the feed's folder."""
    settings, folder = app.settings, app.settings.feed_folder
    schedule = ScheduleStarter(
        store=app.store,
        desk=app.engine,
        clock=app.clock,
        feeds=feeds_of(settings),
    )
    watched = () if folder is None else (folder,)
    ears = SalesListener(
        store=app.store,
        desk=app.engine,
        bus_of=lambda tenant: bus_of(app.store, settings, tenant),
        clock=app.clock,
        bus_word=BusWord(store=app.store, clock=app.clock),
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
        tenant_chores=_tenant_chores(app),
        clockworks=(TAMScheduler(schedule=schedule), CSMScheduler(schedule=schedule), ears),
        watches=[
            FolderWatch(tenant_id=settings.tenant, folder=path, desk=app.engine, clock=app.clock)
            for path in watched
        ],
    )


def _watch_of(app: App, tenant: str) -> DraftWatch:
    """All of the tenant's mailboxes but the folder of files, which cannot tell."""
    sink = app.effects_of(tenant).sinks[EffectKind.DRAFT]
    boxes = sink.boxes[:-1] if isinstance(sink, BoxesOfDrafts) else ()
    return DraftWatch(store=app.store, tenant_id=tenant, boxes=boxes, clock=app.clock)


def _letters_owed(app: App) -> LettersOwed:
    async def ask_flow(ask: FlowAsk) -> None:
        await app.engine.enqueue(await not_failed(app.engine, ask))

    return LettersOwed(store=app.store, ask_flow=ask_flow)


def _tenant_chores(app: App) -> Sequence[TenantChore]:
    watch_of = cache(partial(_watch_of, app))
    return [
        TenantChore(
            name="regain access",
            every_seconds=REGAIN_SECONDS,
            work=lambda tenant: regained(app.store, tenant, app.effects_of(tenant).sinks),
        ),
        TenantChore(
            name="ask for letters owed", every_seconds=LETTERS_SECONDS, work=_letters_owed(app).ask
        ),
        TenantChore(
            name="look after drafts",
            every_seconds=LOOK_AFTER_SECONDS,
            work=lambda tenant: watch_of(tenant).look(),
        ),
        TenantChore(
            name="take in parked heartbeats",
            every_seconds=PARKED_SECONDS,
            work=lambda tenant: look_after_door(app.store, tenant, app.clock),
        ),
    ]
