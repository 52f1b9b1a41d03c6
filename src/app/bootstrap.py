"""Puts everything together. The one place that knows which technology stands behind a port."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from uuid import uuid4

from app.clock import Clock
from app.domain.effect import EffectKind
from app.errors import ConfigurationError
from app.events.embedded import EmbeddedEvents
from app.jobs.effects import Performer
from app.jobs.flows.wording import Wording
from app.ports.effects import Sink
from app.ports.store import Store
from app.services.account_flag import FlagAccount
from app.services.inbox import InboxAlerts
from app.services.outbox import DraftOutbox, WithdrawDrafts
from app.services.writer import TemplateWriter
from app.settings import Settings
from app.storage.sql_store import SqlStore, open_store


def open_store_of(settings: Settings) -> SqlStore:
    """Open the store of these settings, migrated; the data folder is made where it is missing.

    Raises ConfigurationError naming TEND_HOME or TEND_DATABASE_URL.
    """
    if not settings.database_url:
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            msg = f"TEND_HOME: the data folder {settings.home} cannot be made: {exc.strerror}"
            raise ConfigurationError(msg) from exc
    return open_store(settings.store_url)


def embedded_sinks(store: Store, settings: Settings) -> Mapping[EffectKind, Sink]:
    """Where effects go with nothing connected: outbox, inbox list, the store's event log."""
    tenant = settings.tenant
    return {
        EffectKind.DRAFT: DraftOutbox(store, tenant, settings.outbox),
        EffectKind.WITHDRAW: WithdrawDrafts(store, tenant, settings.outbox),
        EffectKind.RECORD: FlagAccount(store, tenant),
        EffectKind.EVENT: EmbeddedEvents(store, tenant),
        EffectKind.EMAIL: InboxAlerts(store, tenant, "email"),
        EffectKind.CHAT: InboxAlerts(store, tenant, "chat"),
    }


def performer_of(store: Store, settings: Settings, clock: Clock) -> Performer:
    """What performs the work owed in this process."""
    return Performer(
        store=store,
        tenant_id=settings.tenant,
        owner=f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}",
        sinks=embedded_sinks(store, settings),
        prepare=Wording(
            store=store, tenant_id=settings.tenant, writer=TemplateWriter(), clock=clock
        ),
        clock=clock,
    )
