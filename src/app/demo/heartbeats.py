"""Heartbeats: one each evening from every integration that is alive."""

from __future__ import annotations

from collections.abc import Iterator

from app.demo.customers import Customer
from app.domain.activity import Heartbeat

_EVENING = 20 * 60
_SPREAD_MINUTES = 100
_FELL_TO = 0.4
_RELEASE_DAYS = 45
"""A new agent version about so often."""


def heartbeats_of(customer: Customer) -> Iterator[Heartbeat]:
    """Oldest first up to last night; none where it was never set up, nor in silences."""
    story = customer.story
    if not story.is_monitored or not story.usage:
        return
    rng = customer.rng("heartbeats")
    usual = customer.seats * rng.randrange(30, 120)
    for ago in range(customer.first_age, 0, -1):
        minutes = _EVENING + rng.randrange(_SPREAD_MINUTES)
        share = _FELL_TO if ago <= story.calls_fell else 1
        calls = round(usual * rng.uniform(0.85, 1.15) * share)
        errors = rng.randrange(max(1, calls // 400))
        if any(silence.last <= ago <= silence.first for silence in story.silences):
            continue
        yield Heartbeat(
            account_id=customer.account_id,
            seen_at=customer.calendar.moment(ago, minutes),
            api_calls=calls,
            errors=errors,
            version=f"4.{20 - ago // _RELEASE_DAYS}.{ago % _RELEASE_DAYS % 3}",
        )
