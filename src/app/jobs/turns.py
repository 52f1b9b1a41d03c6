"""The line before a channel whose effects go one at a time, and when to come back if it is long.

So that a channel that hangs delays no other: whoever waits here keeps the rest of an incident
waiting too. It knows how long the last calls took, not what they were.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE_SECONDS = 2.0
"""The longest that anybody waits for a turn."""
LONGEST_AWAY_SECONDS = 60.0
"""A channel that is back is found so within a minute, by everyone who was sent away."""


class Line:
    """One turn at a time, in one process."""

    def __init__(self, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience = patience_seconds
        self._turn = asyncio.Lock()
        self._ahead = 0
        self._last = (0.0, 0.0)
        self._free_at = 0.0
        """When the last one who was sent away comes back."""

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float | None]:
        """None: it is ours until we leave. Else how many seconds to stay away for, without it."""
        if self._ahead * self._pace > self._patience:
            yield self._away()
            return
        self._ahead += 1
        try:
            if not await self._has_come():
                yield self._away()
                return
            began = time.monotonic()
            try:
                yield None
            finally:
                self._last = (self._last[1], time.monotonic() - began)
                self._turn.release()
        finally:
            self._ahead -= 1

    @property
    def _pace(self) -> float:
        """Seconds a turn takes: the quicker of the last two, for one may have been bad luck."""
        return min(self._last)

    async def _has_come(self) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                await self._turn.acquire()
        except TimeoutError:
            return False
        return True

    def _away(self) -> float:
        """Each who is sent away gets a moment of its own, as long as there are such."""
        now = time.monotonic()
        free_at = max(self._free_at, now) + self._pace
        self._free_at = min(free_at, now + LONGEST_AWAY_SECONDS)
        return max(self._patience, self._free_at - now)
