"""Effects parked because our key was refused: released once their channel's check is green."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

import structlog

from app.domain.effect import EffectKind, EffectRow, EffectState, ParkReason
from app.errors import AppError
from app.ports.effects import Sink
from app.ports.store import Store, Unit

MOST = 100_000
"""Parked effects looked at in one go; more than a person could ever be asked about."""
CHECK_SECONDS = 30.0
"""The longest that a channel's check may take."""

log = structlog.get_logger(__name__)


async def release_where_access_is_back(
    store: Store, tenant_id: str, sinks: Mapping[EffectKind, Sink]
) -> Mapping[EffectKind, int]:
    """Release what waits for access, where the channel's check is green; how many, by kind.

    Only channels that something waits for are checked. Released effects have no flow yet: start
    one for each with `Starter.start_unstarted`. Safe to call at any time.
    """
    waiting = await store.read(tenant_id, waiting_for_access)
    if not waiting:
        return {}
    troubles = await check_all({kind: sinks[kind] for kind in waiting if kind in sinks})
    green = [kind for kind, trouble in troubles.items() if not trouble]
    return await release_kinds(store, tenant_id, green)


async def regained(store: Store, tenant_id: str, sinks: Mapping[EffectKind, Sink]) -> int:
    """As `release_where_access_is_back`; how many in all."""
    return sum((await release_where_access_is_back(store, tenant_id, sinks)).values())


async def release_kinds(
    store: Store, tenant_id: str, green: Collection[EffectKind]
) -> Mapping[EffectKind, int]:
    """Release what waits for access on these channels, whose checks were green just now."""
    released = await store.write(tenant_id, lambda unit: _release(unit, green))
    for kind, count in released.items():
        log.info("access.is_back", tenant_id=tenant_id, channel=kind.value, released=count)
    return released


async def check_all(sinks: Mapping[EffectKind, Sink]) -> Mapping[EffectKind, str]:
    """What is wrong with each channel, in words; empty: nothing is."""
    troubles = await asyncio.gather(*(_trouble(sink) for sink in sinks.values()))
    return dict(zip(sinks, troubles, strict=True))


async def _trouble(sink: Sink) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await sink.check()
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:g} s"
    except AppError as exc:
        return str(exc) or type(exc).__name__
    return ""


def waiting_for_access(unit: Unit) -> frozenset[EffectKind]:
    """The channels that something waits for access on."""
    return frozenset(row.work.kind for row in _parked_for_access(unit))


def _release(unit: Unit, kinds: Collection[EffectKind]) -> dict[EffectKind, int]:
    released: dict[EffectKind, int] = {}
    for kind in sorted(kinds):
        keys = [row.work.key for row in _parked_for_access(unit) if row.work.kind is kind]
        if keys:
            released[kind] = unit.work.release(keys)
    return released


def _parked_for_access(unit: Unit) -> tuple[EffectRow, ...]:
    parked = unit.work.open(states={EffectState.PARKED}, most=MOST)
    return tuple(row for row in parked if row.parked_for is ParkReason.ACCESS)
