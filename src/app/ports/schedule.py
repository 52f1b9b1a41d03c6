"""The schedule as those see it whose clockwork keeps it: asked every minute, it starts what is due.

Who asks knows nothing of slots; asking too often, or from several processes, changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from app.domain.schedule import Job


class Schedule(Protocol):
    """Every tenant's schedule."""

    async def tenants(self) -> Sequence[str]:
        """The ids of all tenants that have accounts."""
        ...

    async def tick(self, tenant_id: str, jobs: Collection[Job]) -> int:
        """Start what is due of these jobs by now, each slot once; returns how many were started.

        Raises AppError when the store or the flows cannot be reached; the next tick goes on.
        """
        ...
