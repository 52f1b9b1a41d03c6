"""What carries a tenant's events: the store, or Redis where all processes share one."""

from __future__ import annotations

from app.events.embedded import EmbeddedEventBus, EmbeddedEventDesk
from app.events.hands import CarrierHands, EventHands, StoreHands
from app.ports.bus import EventBus, EventDesk
from app.ports.store import Store
from app.settings import Settings


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


def event_hands_of(store: Store, settings: Settings, tenant: str, desk: EventDesk) -> EventHands:
    """What changes the events of a tenant's desk, with its lines in the audit log."""
    if not settings.redis_url:
        return StoreHands(store, tenant)
    return CarrierHands(desk, store, tenant)
