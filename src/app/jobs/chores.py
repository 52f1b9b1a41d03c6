"""Chores: small pieces of work done again and again beside the flows, each on its own.

One that fails is logged once, and once more when it works again; it never stops another.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

import structlog

from app.errors import AppError

NOT_BEGUN = "not begun yet"

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Chore:
    """One piece of work, and how it goes."""

    name: str
    every_seconds: float
    work: Callable[[], Awaitable[None]]
    limit_seconds: float = 600
    """A turn that takes longer has failed."""
    trouble: str = field(default=NOT_BEGUN, init=False)
    """Why its last turn failed; empty: it did not."""
    _ended_at: float = field(default=0, init=False)

    async def run(self) -> None:
        """Do it at once, then again and again, until cancelled."""
        while True:
            await self.turn()
            await asyncio.sleep(self.every_seconds)

    async def turn(self) -> None:
        """Do it once. Raises nothing."""
        # gathered, so that a failure of any kind is handed over, not raised
        (failure,) = await asyncio.gather(self._within_limit(), return_exceptions=True)
        self._ended_at = time.monotonic()
        self._tell(failure)

    def is_late(self, *, after_seconds: float) -> bool:
        """Whether no turn ended for so long."""
        return time.monotonic() - self._ended_at > after_seconds

    async def _within_limit(self) -> None:
        async with asyncio.timeout(self.limit_seconds):
            await self.work()

    def _tell(self, failure: BaseException | None) -> None:
        was, self.trouble = self.trouble, "" if failure is None else _reason(failure)
        if failure is None:
            if was not in {"", NOT_BEGUN}:
                log.info("chore.recovered", chore=self.name)
        elif was != self.trouble and isinstance(failure, AppError | TimeoutError):
            log.warning("chore.failed", chore=self.name, reason=self.trouble)
        elif was != self.trouble:
            log.error("chore.crashed", chore=self.name, exc_info=failure)


def _reason(failure: BaseException) -> str:
    return str(failure) or type(failure).__name__


async def keep_doing(chores: Collection[Chore]) -> None:
    """Run all of them side by side until cancelled."""
    async with asyncio.TaskGroup() as group:
        for chore in chores:
            group.create_task(chore.run(), name=f"chore {chore.name}")
