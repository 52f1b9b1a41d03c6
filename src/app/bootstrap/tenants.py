"""One tenant's parts put together: its effects, and the words they need."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from uuid import uuid4

from app.bootstrap.channels import connected_sinks
from app.bootstrap.limits import limiter_of
from app.bootstrap.writers import writers_of
from app.clock import Clock
from app.domain.effect import EffectKind
from app.jobs.effects import Performer
from app.jobs.flows.wording import Wording
from app.jobs.quiet import QuietHours
from app.ports.effects import Sink
from app.ports.store import Store
from app.ports.writer import Writer
from app.settings import Settings


def performer_of(store: Store, settings: Settings, clock: Clock) -> Performer:
    """What performs the work owed by the settings' own tenant, in a command of its own."""
    tenant, limiter = settings.tenant, limiter_of(settings)
    return performer_with(
        store,
        clock,
        tenant=tenant,
        worker=worker_name(),
        sinks=connected_sinks(store, settings, tenant, limiter),
        writer=writers_of(store, settings, limiter, clock)(tenant),
    )


def performer_with(
    store: Store,
    clock: Clock,
    *,
    tenant: str,
    worker: str,
    sinks: Mapping[EffectKind, Sink],
    writer: Writer,
) -> Performer:
    """What performs a tenant's work owed, into these sinks and in this writer's words."""
    return Performer(
        store=store,
        tenant_id=tenant,
        owner=worker,
        sinks=sinks,
        prepare=Wording(store=store, tenant_id=tenant, writer=writer, clock=clock),
        quiet=QuietHours(store=store, tenant_id=tenant, clock=clock),
        clock=clock,
    )


def worker_name() -> str:
    """A name that no other process has, nor ever had; at most 63 bytes of plain text."""
    host = "".join(c if c.isascii() and c.isalnum() else "-" for c in socket.gethostname())
    return f"{host[:32]}.{os.getpid()}.{uuid4().hex[:8]}"
