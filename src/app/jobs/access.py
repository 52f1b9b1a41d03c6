"""Effects parked because our key was refused: released once their channel's check is green."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection, Mapping, Sequence
from typing import Protocol, runtime_checkable

import structlog

from app.domain.effect import EffectKind, EffectRow, EffectState, ParkReason, WorkOwed
from app.errors import AppError
from app.ports.effects import Sink
from app.ports.store import Store, Unit

MOST = 100_000
"""Parked effects looked at in one go; more than a person could ever be asked about."""
CHECK_SECONDS = 30.0
"""The longest that a channel's check may take."""

log = structlog.get_logger(__name__)


@runtime_checkable
class ChecksEach(Protocol):
    """A channel that has an access of its own for each rep."""

    async def check_for(self, work: WorkOwed) -> None:
        """Whether this work's own access is there. Raises ServiceError."""
        ...


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
    return await release_by(store, tenant_id, sinks, troubles)


async def regained(store: Store, tenant_id: str, sinks: Mapping[EffectKind, Sink]) -> int:
    """As `release_where_access_is_back`; how many in all."""
    return sum((await release_where_access_is_back(store, tenant_id, sinks)).values())


async def release_by(
    store: Store,
    tenant_id: str,
    sinks: Mapping[EffectKind, Sink],
    troubles: Mapping[EffectKind, str],
) -> Mapping[EffectKind, int]:
    """Release what waits for access, by what the channels' checks told just now.

    Where a channel is in trouble that can be asked for each rep, those whose own access is back are
    not kept waiting by the others.
    """
    parked = await store.read(tenant_id, _parked_for_access)
    back = {row.work.key for row in parked if troubles.get(row.work.kind) == ""}
    asked = [row.work for row in parked if troubles.get(row.work.kind)]
    back.update(await _back_for(asked, sinks))
    released = await store.write(tenant_id, lambda unit: _release(unit, back))
    for kind, count in released.items():
        log.info("access.is_back", tenant_id=tenant_id, channel=kind.value, released=count)
    return released


async def check_all(sinks: Mapping[EffectKind, Sink]) -> Mapping[EffectKind, str]:
    """What is wrong with each channel, in words; empty: nothing is."""
    troubles = await asyncio.gather(*(_trouble(sink) for sink in sinks.values()))
    return dict(zip(sinks, troubles, strict=True))


async def _trouble(sink: Sink) -> str:
    return await _told(sink.check())


async def _told(check: Awaitable[None]) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:g} s"
    except AppError as exc:
        return str(exc) or type(exc).__name__
    return ""


async def _back_for(asked: Sequence[WorkOwed], sinks: Mapping[EffectKind, Sink]) -> list[str]:
    """The keys of work whose own rep can be reached; each rep is asked once."""
    by_rep: dict[tuple[EffectKind, str], list[WorkOwed]] = {}
    for work in asked:
        if isinstance(sinks[work.kind], ChecksEach):
            by_rep.setdefault((work.kind, str(work.payload.get("rep_email", work.key))), []).append(
                work
            )
    troubles = await asyncio.gather(
        *(_trouble_for(sinks[works[0].kind], works[0]) for works in by_rep.values())
    )
    groups = zip(by_rep.values(), troubles, strict=True)
    return [work.key for works, trouble in groups if not trouble for work in works]


async def _trouble_for(sink: Sink, work: WorkOwed) -> str:
    return await _told(sink.check_for(work)) if isinstance(sink, ChecksEach) else "not asked"


def waiting_for_access(unit: Unit) -> frozenset[EffectKind]:
    """The channels that something waits for access on."""
    return frozenset(row.work.kind for row in _parked_for_access(unit))


def _release(unit: Unit, wanted: Collection[str]) -> dict[EffectKind, int]:
    keys: dict[EffectKind, list[str]] = {}
    for row in _parked_for_access(unit):
        if row.work.key in wanted:
            keys.setdefault(row.work.kind, []).append(row.work.key)
    return {kind: unit.work.release(keys[kind]) for kind in sorted(keys)}


def _parked_for_access(unit: Unit) -> tuple[EffectRow, ...]:
    parked = unit.work.open(states={EffectState.PARKED}, most=MOST)
    return tuple(row for row in parked if row.parked_for is ParkReason.ACCESS)
