"""The guard around every effect: taken once, looked for before being made again, fenced at the end.

An engine alone does not make effects exact; this ledger does. It knows no texts and no systems.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import structlog

from app.clock import Clock
from app.domain.effect import EffectClass, EffectKind, EffectRow, EffectState, WorkOwed
from app.errors import AppError, TransientServiceError
from app.ports.effects import Sink
from app.ports.store import Store, Unit

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 600.0
MOST_TRIES = 8
"""After these the effect is parked for a person: about 4 minutes of trying."""

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """How one try at an effect ended."""

    DONE = "done"
    FOUND = "found"
    """An earlier try had succeeded without being able to say so."""
    TAKEN = "taken"
    """Somebody else has it."""
    LATER = "later"
    PARKED = "parked"


class Preparer(Protocol):
    """Puts the words into work owed, just before it is performed."""

    async def __call__(self, work: WorkOwed) -> WorkOwed:
        """The same work with its text in the payload. Raises AppError when it cannot be worded."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """Performs effects of one tenant; one per process."""

    store: Store
    tenant_id: str
    owner: str
    """Unique per process: never shared, never reused."""
    sinks: Mapping[EffectKind, Sink]
    prepare: Preparer
    clock: Clock

    async def perform(self, row: EffectRow) -> Outcome:
        """Try one effect once. The ledger tells what became of it, also after a crash."""
        key, attempt = row.work.key, row.attempt + 1
        owner = self.owner
        if not await self._write(
            lambda unit: unit.effects.take(key, owner=owner, attempt=row.attempt)
        ):
            return Outcome.TAKEN
        try:
            return await self._make(row, attempt)
        except TransientServiceError as exc:
            return await self._put_off(key, attempt, exc)
        except AppError as exc:
            error = str(exc)
            await self._write(lambda unit: unit.effects.park(key, attempt=attempt, error=error))
            log.exception("effect.parked", key=key, reason=error)
            return Outcome.PARKED

    async def _make(self, row: EffectRow, attempt: int) -> Outcome:
        key = row.work.key
        sink = self.sinks[row.work.kind]
        may_exist = row.state is EffectState.INTENT or row.attempt > 0
        if may_exist and sink.effect_class is EffectClass.FINDABLE:
            found = await sink.find(key)
            if found is not None:
                await self._finish(key, attempt, found)
                return Outcome.FOUND
        work = await self.prepare(row.work)
        owner = self.owner
        mine = await self._write(
            lambda unit: unit.effects.still_mine(key, owner=owner, attempt=attempt)
        )
        if not mine:
            return Outcome.TAKEN
        remote_id = await sink.create(work, at=self.clock(), repeat=may_exist)
        await self._finish(key, attempt, remote_id)
        return Outcome.DONE

    async def _finish(self, key: str, attempt: int, remote_id: str) -> None:
        fenced = await self._write(
            lambda unit: unit.effects.finish(key, attempt=attempt, remote_id=remote_id)
        )
        if not fenced:
            log.warning("effect.finished_by_another", key=key)

    async def _put_off(self, key: str, attempt: int, exc: TransientServiceError) -> Outcome:
        error = str(exc)
        if attempt >= MOST_TRIES:
            await self._write(lambda unit: unit.effects.park(key, attempt=attempt, error=error))
            log.error("effect.parked", key=key, reason=error)
            return Outcome.PARKED
        backed_off = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (attempt - 1))
        wait = backed_off if exc.retry_after is None else exc.retry_after
        await self._write(
            lambda unit: unit.effects.retry_later(key, attempt=attempt, seconds=wait, error=error)
        )
        log.warning("effect.put_off", key=key, seconds=wait, reason=error)
        return Outcome.LATER

    async def _write(self, work: Callable[[Unit], bool]) -> bool:
        return await self.store.write(self.tenant_id, work)
