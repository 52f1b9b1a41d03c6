"""The effects ledger: what is owed to the outside, who has it in hand, what became of it.

It is opened for one tenant. Times are the database's own clock, so that takers agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.domain.effect import EffectRow, ParkReason, WorkOwed


class EffectSwaps(Protocol):
    """What compares before it swaps: each call is complete by itself, beside any other."""

    def take(self, key: str, *, owner: str, stale_after_seconds: float) -> EffectRow | None:
        """Compare and swap: an effect whose time has come becomes an intent of `owner`.

        Its time has come when it is owed and its next try is not later, or when it is an intent
        older than `stale_after_seconds`. The row as taken, `attempt` counted up; None: it is
        somebody else's, not due, done, parked or unknown.
        """
        ...

    def renew(self, key: str, *, owner: str, attempt: int) -> bool:
        """Make the intent taken as `attempt` as young as new; False when it is no longer ours."""
        ...

    def finish(self, key: str, *, attempt: int, remote_id: str) -> bool:
        """Mark done, fenced by `attempt`; False when a later taker has it."""
        ...

    def retry_later(self, key: str, *, attempt: int, seconds: float, error: str) -> bool:
        """Back to owed, next try after `seconds`; fenced."""
        ...

    def park(self, key: str, *, attempt: int, error: str, reason: ParkReason) -> bool:
        """Set aside for a person; fenced."""
        ...


class EffectLedger(EffectSwaps, Protocol):
    """The whole ledger, inside a transaction."""

    def owe(self, work: Sequence[WorkOwed]) -> int:
        """Write work owed; keys that are there stay as they are. Returns how many are new."""
        ...

    def get(self, key: str) -> EffectRow | None:
        """One row."""
        ...
