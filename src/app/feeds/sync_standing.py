"""How a feed of tickets stands after a reading, and what went wrong in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.feed import FactKind, Feed
from app.errors import AccessExpired, AppError, RemoteRefused
from app.feeds.feed_delivery import GRACE
from app.ports.store import Unit

EVERY_HOURS = 24.0
"""It is read before each day's scan."""


def after_reading(unit: Unit, name: str, now: datetime, remarks: str) -> Feed:
    """The feed after a reading that came to its end; a failure before it is over."""
    return replace(
        _stored(unit, name),
        last_ok_at=now,
        late_after_hours=EVERY_HOURS * GRACE,
        failed_since=None,
        reason=remarks,
    )


def after_failure(unit: Unit, name: str, now: datetime, reason: str) -> Feed:
    """The feed after a reading that broke off: it is not trusted until one does not."""
    stored = _stored(unit, name)
    return replace(
        stored,
        late_after_hours=EVERY_HOURS * GRACE,
        failed_since=stored.failed_since or now,
        reason=reason,
    )


def why(error: AppError, name: str) -> str:
    """Why a reading broke off, and what mends it."""
    if isinstance(error, AccessExpired):
        return f"{error}; put a new one into [tickets.{name}], and try it with tend sync {name}"
    if isinstance(error, RemoteRefused):
        return f"{error}; check the address and what is asked for in [tickets.{name}]"
    return str(error)


def _stored(unit: Unit, name: str) -> Feed:
    found = next((feed for feed in unit.feeds.all() if feed.name == name), None)
    return found or Feed(name=name, provides=frozenset({FactKind.TICKETS}))
