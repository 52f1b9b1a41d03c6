"""Effects: sinks, the places they go to, and the guard that makes each happen once.

One sink speaks to one system.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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
        """The longest that `create` may take; it is cut off then."""
        ...

    @property
    def lag_seconds(self) -> float:
        """How long after a call was cut off its result may still appear, for `find` to see it."""
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
        later, PermanentServiceError to be parked, AccessExpired to be parked until access is back.
        """
        ...

    async def check(self) -> None:
        """Whether an effect would go through now, without making one.

        Raises ServiceError whose message says what to mend, AccessExpired among them.
        """
        ...


class Outcome(StrEnum):
    """How one try at an effect ended."""

    DONE = "done"
    FOUND = "found"
    """An earlier try had succeeded without being able to say so."""
    TAKEN = "taken"
    """Somebody else has it, or had it when a crash came."""
    LATER = "later"
    PARKED = "parked"
    SETTLED = "settled"
    """There was nothing left to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of one try."""

    outcome: Outcome
    wait_seconds: float | None = None
    """When it should be tried again; None: never by itself."""


class Effects(Protocol):
    """The guard around one tenant's effects: taken once, looked for, made, fenced at the end."""

    @property
    def tenant_id(self) -> str:
        """Whose effects they are."""
        ...

    async def owed(self, group: str) -> Sequence[str]:
        """The keys of a group's effects, in the order of being owed."""
        ...

    async def perform(self, key: str) -> Tried:
        """Try one effect once. The ledger tells what became of it, also after a crash.

        Raises NotFound, CrossTenant, TransientServiceError when the ledger itself cannot be had.
        """
        ...
