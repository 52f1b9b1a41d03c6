"""A source of tickets as a feed, read in a step of a durable flow that bears being run again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pydantic import JsonValue

from app.clock import Clock
from app.feeds.sync import TicketSync
from app.ports.engine import Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFeed:
    """`FeedBody` over one name in the settings."""

    clock: Clock
    sync_of: Callable[[str], TicketSync | None]
    """A tenant's source of this name; None: it has none."""

    async def __call__(self, steps: Steps, account_id: str | None) -> JsonValue:
        """Read what is due, whoever is asked for; the result is figures."""
        del account_id
        sync = self.sync_of(steps.tenant_id)
        if sync is None:
            return {}
        return await steps.run("read", partial(self._read, sync))

    async def _read(self, sync: TicketSync) -> JsonValue:
        try:
            return await sync.run(self.clock())
        finally:
            await sync.system.aclose()
