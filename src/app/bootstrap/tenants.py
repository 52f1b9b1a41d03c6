"""One tenant's parts put together: its effects, and the words they need."""

from __future__ import annotations

import os
import socket
from uuid import uuid4

from app.bootstrap.channels import SinksOf, connected_sinks
from app.bootstrap.limits import limiter_of
from app.clock import Clock
from app.jobs.effects import Performer
from app.jobs.flows.wording import Wording
from app.jobs.quiet import QuietHours
from app.ports.limits import Limiter
from app.ports.store import Store
from app.services.checked_writer import NoModel
from app.services.writing import writer_with
from app.settings import Settings


def performer_of(store: Store, settings: Settings, clock: Clock) -> Performer:
    """What performs the work owed by the settings' own tenant, in a command of its own."""
    return performer_with(
        store,
        settings,
        clock,
        tenant=settings.tenant,
        worker=worker_name(),
        sinks_of=connected_sinks,
        limiter=limiter_of(settings),
    )


def performer_with(
    store: Store,
    settings: Settings,
    clock: Clock,
    *,
    tenant: str,
    worker: str,
    sinks_of: SinksOf,
    limiter: Limiter,
) -> Performer:
    """What performs a tenant's work owed in a process that has others too."""
    return Performer(
        store=store,
        tenant_id=tenant,
        owner=worker,
        sinks=sinks_of(store, settings, tenant, limiter),
        prepare=Wording(store=store, tenant_id=tenant, writer=writer_with(NoModel()), clock=clock),
        quiet=QuietHours(store=store, tenant_id=tenant, clock=clock),
        clock=clock,
    )


def worker_name() -> str:
    """A name that no other process has, nor ever had; at most 63 bytes of plain text."""
    host = "".join(c if c.isascii() and c.isalnum() else "-" for c in socket.gethostname())
    return f"{host[:32]}.{os.getpid()}.{uuid4().hex[:8]}"
