"""Limits: how often a tenant may call an outside system, and when it must not.

One budget per tenant and system, whoever calls: two tenants never slow each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

MAX_HOLD_OFF_SECONDS = 3600.0
"""A remote's longest wait that is believed: after an hour one call may ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """In no stretch of `per_seconds` more than `calls`, and at most `burst` of them at once.

    Calls beyond the burst go evenly spaced. Raises ValueError for figures that make no budget.
    """

    calls: int
    per_seconds: float
    burst: int = 1

    def __post_init__(self) -> None:
        if self.calls < 1 or not 0 < self.per_seconds < math.inf:
            raise ValueError("a budget has at least one call in some seconds")
        if not 1 <= self.burst <= self.calls:
            raise ValueError(f"burst must be from 1 to calls ({self.calls}), not {self.burst}")

    @property
    def interval_seconds(self) -> float:
        """The wait between calls once the burst is spent.

        Longer than per_seconds / calls where a burst is allowed: a burst followed by the even pace
        must still keep to `calls` in any stretch.
        """
        return self.per_seconds / (self.calls + 1 - self.burst)


class Limiter(Protocol):
    """Says when a call may be made. `system` is a name such as `notion`, `gmail` or `chat`."""

    async def acquire(
        self, tenant_id: str, system: str, *, within_seconds: float = math.inf
    ) -> None:
        """Wait until this tenant may make one call to this system, first come first served.

        A caller that is cancelled while waiting uses up nothing. Raises TransientServiceError as
        soon as it is clear that the wait would be longer than `within_seconds`; its `retry_after`
        spreads those who come back. Also where the count cannot be had.
        """
        ...

    async def hold_off(self, tenant_id: str, system: str, seconds: float) -> None:
        """Let nobody of this tenant call this system before `seconds` from now, in any process.

        What the remote asked for with 429, 503 or 529. It only ever lengthens a wait; an hour is
        the most. Raises TransientServiceError where it cannot be written down.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...
