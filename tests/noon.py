"""A zone in which it is noon, so that what is due each morning is due at any hour of the tests."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain.tenant_settings import TenantSettings
from app.ports.store import Unit

NOON = 12


def zone_at_noon() -> str:
    """A zone of whole hours in which it is between twelve and one now."""
    ahead = NOON - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}"  # whose names count westwards


def lives_at_noon(unit: Unit) -> None:
    """Have the tenant live there."""
    settings = TenantSettings(zone=zone_at_noon())
    unit.tenant.apply_settings(settings, at=datetime.now(UTC), by="test")
