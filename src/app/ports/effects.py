"""Sinks: the places effects go to. One sink speaks to one system."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.domain.effect import EffectClass, WorkOwed


class Sink(Protocol):
    """Performs one kind of effect."""

    @property
    def effect_class(self) -> EffectClass:
        """What it promises about repeats."""
        ...

    @property
    def timeout_seconds(self) -> float:
        """The longest that `create` may take, its system's look-up lag included.

        An intent older than this may be taken over.
        """
        ...

    async def find(self, key: str) -> str | None:
        """The remote id of what was made under this key; None: nothing was, as far as can be seen.

        Raises ServiceError. A sink of class at-least-once always answers None.
        """
        ...

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Perform the effect and return the remote id.

        `at` is the moment of this call; `repeat` says that an earlier try may have succeeded, so
        that an at-least-once sink can mark it. Raises TransientServiceError to be tried again
        later, PermanentServiceError to be parked.
        """
        ...
