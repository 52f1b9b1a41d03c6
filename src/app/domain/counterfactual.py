"""The nearest way up: the smallest set of changes that would reach a better band, in words.

It holds the answer; each agent finds its own with its own scorer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.band import Band, rank


@dataclass(frozen=True, slots=True, kw_only=True)
class WayUp:
    """The answer for one account that is not Green."""

    target: Band | None
    """The band it reaches; None: no change of this agent's own factors reaches a better one."""
    score: int | None
    """The score it reaches; None with `target`."""
    changes: tuple[str, ...]
    """What changes, each one change: `ticket:PROD-12`, `heartbeat`, or a factor; none is idle."""
    words: str
    """What to do, or why nothing helps, in a sentence's words."""


def out_of_reach(why: str) -> WayUp:
    """No change of the agent's own factors would do."""
    return WayUp(target=None, score=None, changes=(), words=why)


def is_better(band: Band, than: Band) -> bool:
    """Whether `band` is a known band, strictly better than the known band `than`."""
    return Band.UNKNOWN not in (band, than) and rank(band) < rank(than)


def listed(parts: Sequence[str]) -> str:
    """Parts in a row: `a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
