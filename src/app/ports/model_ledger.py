"""What the store holds of a model: each call with its cost, and answers that were paid for.

Opened for one tenant, inside one transaction (`app.ports.store.Unit`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.domain.model_call import (
    CallState,
    KeptAnswer,
    ModelCall,
    Spent,
    Usage,
    UsageBy,
)


class ModelCalls(Protocol):
    """Calls to models."""

    def begin(self, call: ModelCall) -> bool:
        """Write a call down before it is made; False when its id is known."""
        ...

    def end(
        self,
        call_id: str,
        *,
        state: CallState,
        cost_micros: int,
        input_tokens: int = 0,
        output_tokens: int = 0,
    ) -> bool:
        """Say what became of an open call and what it cost; False when none is open."""
        ...

    def spent(self, since: datetime) -> Spent:
        """All calls begun at or after a moment, open and failed ones too."""
        ...

    def usage(self, since: datetime, by: UsageBy) -> tuple[Usage, ...]:
        """The same by agent, account, day and so on: the dearest first, days from the newest."""
        ...


class ModelAnswers(Protocol):
    """Answers by what was asked, so that the same question is paid for once."""

    def get(self, key: str, *, since: datetime) -> KeptAnswer | None:
        """The answer kept at or after a moment; None: there is none."""
        ...

    def keep(self, key: str, answer: KeptAnswer, *, at: datetime) -> None:
        """Keep an answer under the digest of its question; a later one takes its place."""
        ...

    def forget(self, before: datetime) -> int:
        """Drop answers kept before a moment; returns how many there were."""
        ...
