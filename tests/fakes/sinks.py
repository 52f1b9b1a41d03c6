"""A sink that keeps what was made, and fails as it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.effect import EffectClass, WorkOwed
from app.errors import AppError


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One thing that was made."""

    key: str
    remote_id: str
    repeat: bool


@dataclass(slots=True, kw_only=True)
class KeptSink:
    """A remote in memory. It does not deduplicate: what is made twice is there twice."""

    effect_class: EffectClass = EffectClass.FINDABLE
    timeout_seconds: float = 1.0
    lag_seconds: float = 0.1
    made: list[Made] = field(default_factory=list)
    failures: list[AppError] = field(default_factory=list)
    """Raised by the next calls, before anything is made."""
    late_failures: list[AppError] = field(default_factory=list)
    """Raised by the next calls, after it was made."""
    slowness_seconds: float = 0.0
    """How long a call takes once it was made."""
    under_way: int = 0
    most_under_way: int = 0

    async def find(self, key: str) -> str | None:
        if self.effect_class is not EffectClass.FINDABLE:
            return None
        return next((made.remote_id for made in self.made if made.key == key), None)

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        del at
        if self.failures:
            raise self.failures.pop(0)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            made = Made(key=work.key, remote_id=f"r{len(self.made) + 1}", repeat=repeat)
            self.made.append(made)
            await asyncio.sleep(self.slowness_seconds)
            if self.late_failures:
                raise self.late_failures.pop(0)
        finally:
            self.under_way -= 1
        return made.remote_id

    async def check(self) -> None:
        if self.failures:
            raise self.failures[0]

    @property
    def keys(self) -> Sequence[str]:
        """What was made, in order."""
        return [made.key for made in self.made]
