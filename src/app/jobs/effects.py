"""The guard around every effect: taken once, looked for before being made again, fenced at the end.

An engine alone does not make effects exact; this ledger does. It knows no texts and no systems.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

import structlog

from app.clock import Clock
from app.domain.effect import EffectClass, EffectKind, EffectRow, ParkReason, WorkOwed
from app.errors import AccessExpired, AppError, NotFound, TransientServiceError
from app.jobs.turns import Line
from app.ports.effect_ledger import EffectSwaps
from app.ports.effects import Outcome, Sink, Tried
from app.ports.store import Store, Unit

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 600.0
MOST_TRIES = 200
"""After these the effect is parked for a person: a day and a half of trying."""
MARGIN_SECONDS = 1.0
"""Between the end of a call that is cut off and the moment its intent counts as stale."""
FRESH_SECONDS = MARGIN_SECONDS / 2
"""A call begun on an intent this young ends before anybody may take the intent over."""
_ASKED_AT_MOST = 5
SOON_SECONDS = 0.05

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Quiet(Protocol):
    """Tells how long an effect has to wait because it is a quiet hour."""

    async def __call__(self, key: str) -> float:
        """Seconds until the effect of this key may be made; 0: at once."""
        ...


class Preparer(Protocol):
    """Puts the words into work owed, just before it is performed."""

    async def __call__(self, work: WorkOwed) -> WorkOwed:
        """The same work with its text in the payload. Raises AppError when it cannot be worded."""
        ...


@dataclass(frozen=True, slots=True)
class _Intent:
    """An effect that this process has taken."""

    row: EffectRow
    sink: Sink
    taken_at: float
    """By the monotonic clock, just before the taking: it goes on while a process is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """`Effects` of one tenant; one per process and tenant."""

    store: Store
    tenant_id: str
    owner: str
    """Unique per process: never shared, never reused."""
    sinks: Mapping[EffectKind, Sink]
    prepare: Preparer
    quiet: Quiet
    clock: Clock
    _turns: dict[EffectKind, Line] = field(default_factory=dict, repr=False)

    @property
    def stale_after_seconds(self) -> float:
        """The age from which an intent is surely nobody's: no call is cut off later."""
        return MARGIN_SECONDS + max(
            sink.timeout_seconds + sink.lag_seconds for sink in self.sinks.values()
        )

    async def owed(self, group: str) -> Sequence[str]:
        """The keys of a group's effects, in the order of being owed."""
        return await self._read(lambda unit: unit.work.group(group))

    async def perform(self, key: str) -> Tried:
        """Try one effect once. The ledger tells what became of it, also after a crash.

        Raises NotFound for an unknown key.
        """
        seconds_of_quiet = await self.quiet(key)
        if seconds_of_quiet:
            return await self._postpone(key, seconds_of_quiet)
        async with await self._turn(key) as seconds_away:
            if seconds_away is not None:
                return await self._postpone(key, seconds_away)
            taken_at, row = await self._swap(partial(self._take, key))
            if row is None:
                return await self._not_ours(key)
            intent = _Intent(row, self.sinks[row.work.kind], taken_at)
            try:
                return await self._make(intent)
            except TransientServiceError as exc:
                return await self._put_off(intent, exc)
            except AccessExpired as exc:
                return await self._park(intent, exc, ParkReason.ACCESS)
            except AppError as exc:
                return await self._park(intent, exc, ParkReason.REFUSED)

    def _take(self, key: str, effects: EffectSwaps) -> tuple[float, EffectRow | None]:
        """The row, and when it was asked for: once its turn came, for a queue makes nothing old."""
        return time.monotonic(), effects.take(
            key, owner=self.owner, stale_after_seconds=self.stale_after_seconds
        )

    async def _turn(self, key: str) -> AbstractAsyncContextManager[float | None]:
        """At-least-once effects of a kind go one at a time: a crash can then repeat one at most."""
        if all(s.effect_class is not EffectClass.AT_LEAST_ONCE for s in self.sinks.values()):
            return nullcontext()
        row = await self._read(lambda unit: unit.effects.get(key))
        if row is None:
            raise NotFound(f"there is no effect {key!r}")
        kind = row.work.kind
        if self.sinks[kind].effect_class is not EffectClass.AT_LEAST_ONCE:
            return nullcontext()
        return self._turns.setdefault(kind, Line()).turn()

    async def _postpone(self, key: str, seconds: float) -> Tried:
        """Untried: it is a quiet hour, or the line before its channel is long."""
        await self.store.write(
            self.tenant_id, lambda unit: unit.work.postpone(key, seconds=seconds)
        )
        log.info("effect.postponed", key=key, seconds=seconds)
        return Tried(outcome=Outcome.LATER, wait_seconds=seconds + SOON_SECONDS)

    async def _not_ours(self, key: str) -> Tried:
        """Done, parked, waiting for its time, or in somebody's hands."""
        stale = self.stale_after_seconds
        row, wait = await self._read(
            lambda unit: (
                unit.effects.get(key),
                unit.work.wait_seconds(key, stale_after_seconds=stale),
            )
        )
        if row is None:
            raise NotFound(f"there is no effect {key!r}")
        if wait is None:
            return Tried(outcome=Outcome.SETTLED)
        return Tried(outcome=Outcome.TAKEN, wait_seconds=wait + SOON_SECONDS)

    async def _make(self, intent: _Intent) -> Tried:
        key, sink = intent.row.work.key, intent.sink
        may_exist = intent.row.attempt > 1
        if may_exist and sink.effect_class is EffectClass.FINDABLE:
            async with _cut_off(sink, "find"):
                found = await sink.find(key)
            if found is not None:
                await self._finish(intent, found)
                return Tried(outcome=Outcome.FOUND)
        work = await self.prepare(intent.row.work)
        asked_at = await self._last_asked(intent)
        if asked_at is None:
            return await self._not_ours(key)
        async with _cut_off(sink, "create", fresh_until=asked_at + FRESH_SECONDS):
            remote_id = await sink.create(work, at=self.clock(), repeat=may_exist)
        await self._finish(intent, remote_id)
        return Tried(outcome=Outcome.DONE)

    async def _last_asked(self, intent: _Intent) -> float | None:
        """When the ledger last said that the call is ours to make; None: it is not any more.

        Asked again where the intent is not quite fresh: a process that was stopped in between wakes
        up to find its intent old.
        """
        asked_at = intent.taken_at
        for _ in range(_ASKED_AT_MOST):
            if time.monotonic() - asked_at <= FRESH_SECONDS:
                return asked_at
            asked_at, is_ours = await self._swap(partial(self._renew, intent))
            if not is_ours:
                return None
        raise TransientServiceError("store", "renew", "it answers too slowly to act safely")

    def _renew(self, intent: _Intent, effects: EffectSwaps) -> tuple[float, bool]:
        key, attempt = intent.row.work.key, intent.row.attempt
        return time.monotonic(), effects.renew(key, owner=self.owner, attempt=attempt)

    async def _finish(self, intent: _Intent, remote_id: str) -> None:
        key, attempt = intent.row.work.key, intent.row.attempt
        fenced = await self._swap(
            lambda effects: effects.finish(key, attempt=attempt, remote_id=remote_id)
        )
        if not fenced:
            log.warning("effect.finished_by_another", key=key)

    async def _put_off(self, intent: _Intent, exc: TransientServiceError) -> Tried:
        key, attempt, error = intent.row.work.key, intent.row.attempt, str(exc)
        if attempt % MOST_TRIES == 0:
            return await self._park(intent, exc, ParkReason.TIRED)
        asked = exc.retry_after
        wait = backed_off(attempt) if asked is None else asked
        wait = max(wait, intent.sink.lag_seconds)
        await self._swap(
            lambda effects: effects.retry_later(key, attempt=attempt, seconds=wait, error=error)
        )
        log.warning("effect.put_off", key=key, seconds=wait, reason=error)
        return Tried(outcome=Outcome.LATER, wait_seconds=wait + SOON_SECONDS)

    async def _park(self, intent: _Intent, exc: AppError, reason: ParkReason) -> Tried:
        key, attempt, error = intent.row.work.key, intent.row.attempt, str(exc)
        await self._swap(
            lambda effects: effects.park(key, attempt=attempt, error=error, reason=reason)
        )
        log.error("effect.parked", key=key, reason=error, parked_for=reason.value)
        return Tried(outcome=Outcome.PARKED)

    async def _read(self, work: Callable[[Unit], T]) -> T:
        return await self.store.read(self.tenant_id, work)

    async def _swap(self, work: Callable[[EffectSwaps], T]) -> T:
        return await self.store.swap(self.tenant_id, work)


def backed_off(attempt: int) -> float:
    """Seconds to wait after this many tries: doubling, 10 minutes at most."""
    return min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** min(attempt - 1, 20))


@asynccontextmanager
async def _cut_off(
    sink: Sink, operation: str, *, fresh_until: float = math.inf
) -> AsyncIterator[None]:
    """Ends a sink's call at its time-out, as a transient failure: what it did may yet appear.

    The call's time runs from `fresh_until` at the latest, by the monotonic clock: a process that is
    stopped before the first byte wakes up to find the call over.
    """
    now, seconds = time.monotonic(), sink.timeout_seconds
    loop = asyncio.get_running_loop()
    deadline = loop.time() - time.monotonic() + min(now, fresh_until) + seconds
    try:
        if deadline <= loop.time():
            raise TimeoutError
        async with asyncio.timeout_at(deadline):
            yield
    except TimeoutError as exc:
        name = type(sink).__name__
        message = f"no answer within {seconds:g} s"
        raise TransientServiceError(name, operation, message) from exc
