"""A score's course over time: its points, the stretches in which none was computed, its turns.

Pure; it knows no store, no settings and no drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from app.domain.assessment import Agent
from app.domain.band import Band


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePoint:
    """What one scan found for one agent, without the reasons."""

    agent: Agent
    taken_at: datetime
    local_day: date
    score: int | None
    band: Band
    coverage: int
    stale_reason: str | None
    """Why the score was kept and not computed; None: it was computed."""
    settings_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Days in a row for which a score was kept, or could not be given, for want of facts."""

    agent: Agent
    first: date
    last: date
    reason: str
    """As the last of these days had it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BandTurn:
    """A day on which the band was another than before."""

    agent: Agent
    at: datetime
    day: date
    before: Band
    after: Band
    score: int | None


def of_agent(points: Iterable[ScorePoint], agent: Agent) -> tuple[ScorePoint, ...]:
    """One agent's points, in their order."""
    return tuple([point for point in points if point.agent is agent])


def daily(points: Iterable[ScorePoint]) -> tuple[ScorePoint, ...]:
    """The last point of each day; `points` are one agent's, oldest first."""
    return tuple({point.local_day: point for point in points}.values())


def gaps(points: Sequence[ScorePoint]) -> tuple[Gap, ...]:
    """The stretches of one agent's daily points (oldest first) that were not computed."""
    found: list[Gap] = []
    is_open = False
    for point in points:
        if point.stale_reason is None:
            is_open = False
            continue
        first = found.pop().first if is_open else point.local_day
        found.append(
            Gap(agent=point.agent, first=first, last=point.local_day, reason=point.stale_reason)
        )
        is_open = True
    return tuple(found)


def band_turns(points: Sequence[ScorePoint]) -> tuple[BandTurn, ...]:
    """Where the band changed along one agent's points, oldest first."""
    return tuple(
        [
            BandTurn(
                agent=after.agent,
                at=after.taken_at,
                day=after.local_day,
                before=before.band,
                after=after.band,
                score=after.score,
            )
            for before, after in pairwise(points)
            if before.band is not after.band
        ]
    )
