"""Waiting for one's turn to call, and the count of calls kept in this process.

Who asks how often is decided here; what is called, and what it answers, is not known.
"""

from __future__ import annotations

import asyncio
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.errors import TransientServiceError
from app.ports.limits import MAX_HOLD_OFF_SECONDS, Budget
from app.services.budgets import DEFAULT_BUDGETS, budget_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the count says to one who asks."""

    wait_seconds: float
    """0: the call may be made, and is counted. Else nothing is counted; ask again after it."""
    at_seconds: float
    """When it was said, by the clock that counts."""


@dataclass(slots=True)
class _Lane:
    """Those of one tenant who wait for one system, in this process."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Whose turn it is to ask; the others wait in line without asking."""
    inside: int = 0
    called_back_at: float = 0.0
    """The last moment that somebody was sent away to come back at."""

    def send_away(
        self, system: str, *, wait_seconds: float, interval: float
    ) -> TransientServiceError:
        """Each is told a moment of its own, an interval apart: they do not return at once."""
        now = time.monotonic()
        due = max(now + wait_seconds, self.called_back_at + interval)
        self.called_back_at = min(due, now + MAX_HOLD_OFF_SECONDS)
        after = self.called_back_at - now
        told = f"its budget of calls is spent; there is room in {after:.1f} s"
        return TransientServiceError(system, "limits", told, retry_after=after)


class PacedLimiter(ABC):
    """`Limiter` over any count: one caller of a lane asks at a time, and sleeps as it is told.

    Nothing is counted before it is granted, so a caller that is cancelled takes nothing with it.
    To be used from one running event loop.
    """

    def __init__(self, budgets: Mapping[str, Budget]) -> None:
        self._budgets = budgets
        self._lanes: dict[tuple[str, str], _Lane] = {}

    async def acquire(
        self, tenant_id: str, system: str, *, within_seconds: float = math.inf
    ) -> None:
        """Wait until this tenant may make one call to this system, first come first served.

        Raises TransientServiceError as soon as the wait is clearly longer than `within_seconds`.
        """
        lane = self._lanes.setdefault((tenant_id, system), _Lane())
        budget = budget_of(self._budgets, system)
        interval = budget.interval_seconds
        ahead_seconds = max(0, lane.inside - budget.burst) * interval
        if ahead_seconds > within_seconds:
            raise lane.send_away(system, wait_seconds=ahead_seconds, interval=interval)
        deadline = time.monotonic() + within_seconds
        lane.inside += 1
        try:
            async with asyncio.timeout(None if within_seconds == math.inf else within_seconds):
                async with lane.turn:
                    while wait := (await self.ask(tenant_id, system)).wait_seconds:
                        if time.monotonic() + wait > deadline:
                            raise lane.send_away(system, wait_seconds=wait, interval=interval)
                        await asyncio.sleep(wait)
        except TimeoutError as exc:
            raise lane.send_away(system, wait_seconds=interval, interval=interval) from exc
        finally:
            lane.inside -= 1

    @abstractmethod
    async def ask(self, tenant_id: str, system: str) -> Told:
        """Whether one call may be made now; counted if so. Raises TransientServiceError."""

    @abstractmethod
    async def hold_off(self, tenant_id: str, system: str, seconds: float) -> None:
        """Let nobody of this tenant call this system before `seconds` from now."""

    @abstractmethod
    async def aclose(self) -> None:
        """Let go of connections."""


@dataclass(slots=True)
class _Count:
    """One tenant's calls to one system, by the generic cell rate algorithm."""

    spent_until: float = 0.0
    """The moment at which the calls made so far are paid for."""
    held_until: float = 0.0


class LocalLimiter(PacedLimiter):
    """Counts in this process alone; other processes have budgets of their own beside it."""

    def __init__(
        self,
        budgets: Mapping[str, Budget] = DEFAULT_BUDGETS,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(budgets)
        self._monotonic = monotonic
        self._counts: dict[tuple[str, str], _Count] = {}

    async def ask(self, tenant_id: str, system: str) -> Told:
        """Whether one call may be made now; counted if so."""
        budget = budget_of(self._budgets, system)
        count = self._count(tenant_id, system)
        now = self._monotonic()
        credit = (budget.burst - 1) * budget.interval_seconds
        wait = max(count.held_until, count.spent_until - credit) - now
        if wait > 0:
            return Told(wait_seconds=wait, at_seconds=now)
        count.spent_until = max(count.spent_until, now) + budget.interval_seconds
        return Told(wait_seconds=0, at_seconds=now)

    async def hold_off(self, tenant_id: str, system: str, seconds: float) -> None:
        """Let nobody of this tenant call this system before `seconds` from now."""
        count = self._count(tenant_id, system)
        count.held_until = max(count.held_until, self._monotonic() + believed(seconds))

    async def aclose(self) -> None:
        """There is nothing to let go of."""

    def _count(self, tenant_id: str, system: str) -> _Count:
        return self._counts.setdefault((tenant_id, system), _Count())


def believed(seconds: float) -> float:
    """As much of a remote's wait as is kept to: from none to an hour, whatever it said."""
    return min(max(0.0, seconds), MAX_HOLD_OFF_SECONDS) if not math.isnan(seconds) else 0.0
