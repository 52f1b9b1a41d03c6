"""Puts everything together. The one place that knows which technology stands behind a port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.bootstrap.buses import bus_of, event_desk_of, event_hands_of
from app.bootstrap.channels import SinksOf, connected_sinks, embedded_sinks
from app.bootstrap.feeds import feeds_asked_for
from app.bootstrap.limits import limiter_of
from app.bootstrap.processes import (
    LOOK_SECONDS,
    SOON_SECONDS,
    App,
    liveness_for,
    open_app,
    open_client,
    open_store_of,
    take_up,
)
from app.bootstrap.tenants import performer_of, worker_name

if TYPE_CHECKING:
    from app.jobs.service import Service

__all__ = [
    "LOOK_SECONDS",
    "SOON_SECONDS",
    "App",
    "SinksOf",
    "bus_of",
    "connected_sinks",
    "embedded_sinks",
    "event_desk_of",
    "event_hands_of",
    "feeds_asked_for",
    "limiter_of",
    "liveness_for",
    "open_app",
    "open_client",
    "open_store_of",
    "performer_of",
    "service_of",
    "take_up",
    "worker_name",
]


def service_of(app: App) -> Service:
    """What goes on in a process for as long as it runs: chores, the schedule, the feed's folder."""
    from app.bootstrap import services  # slow to import

    return services.service_of(app)
