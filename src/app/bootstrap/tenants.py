"""One tenant's parts put together: where effects go, who words them, what carries events."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from typing import TypeAlias
from uuid import uuid4

from app.clock import Clock
from app.domain.effect import EffectKind
from app.events.embedded import EmbeddedEventBus, EmbeddedEventDesk
from app.events.publishing import PublishEvents
from app.jobs.effects import Performer
from app.jobs.flows.wording import Wording
from app.jobs.quiet import QuietHours
from app.ports.bus import EventBus, EventDesk
from app.ports.effects import Sink
from app.ports.store import Store
from app.services.account_flag import FlagAccount
from app.services.checked_writer import NoModel
from app.services.draft_sinks import DraftSink, RewordDrafts, WithdrawDrafts
from app.services.file_box import FileBox
from app.services.inbox import InboxAlerts
from app.services.writing import writer_with
from app.settings import Settings

SinksOf: TypeAlias = Callable[[Store, Settings, str], Mapping[EffectKind, Sink]]
"""Where a tenant's effects go."""


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
        prepare=Wording(store=store, tenant_id=tenant, writer=writer_with(NoModel()), clock=clock),
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
