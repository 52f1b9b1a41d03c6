"""Who was told of a scan's finding: what of the telling is done, for any agent that asks."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.effect import EffectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of telling people of one account."""

    account_id: str
    done: frozenset[EffectKind]
    is_under_way: bool
    """Something of it is still to be done, or waits for a person."""
    draft_id: str | None
    """Where the letter is; None: not yet, or none was called for."""
