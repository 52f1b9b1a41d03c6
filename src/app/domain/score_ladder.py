"""How a ledger leads from 100 down to its score: one rung for each factor that took points.

Pure; it knows no scorer and no drawing. Every ledger says what each factor could have won at best
and what it did, so 100 less what was lost is the score, for both agents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.assessment import LedgerRow
from app.domain.heartbeat_finding import FINDING_FACTORS
from app.domain.unread import UNREAD_FACTOR

FULL_SCORE = 100
_OF_THE_SUM = ("tam_band", "clamp")
"""Factors that take of what the others left, or give back to it: they come last, in this order."""
_START = "base"
_UNREAD = frozenset({"unknown", "never set"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One factor's step."""

    row: LedgerRow
    before: int
    after: int
    """What was left of 100 before it and after; below 0 until the last rung gives back."""

    @property
    def lost(self) -> int:
        """Points it took; negative: it gave back."""
        return self.before - self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """A ledger in the order of being read: what took points, then what did not."""

    score: int | None
    rungs: tuple[Rung, ...]
    """The dearest first; none where there is no score."""
    whole: tuple[LedgerRow, ...]
    """Known, and nothing lost."""
    unread: tuple[LedgerRow, ...]
    """Unknown or not monitored: neither lost nor won, but not there."""
    noted: tuple[LedgerRow, ...]
    """Findings, which cost nothing; without a score everything that is said to be lost."""

    @property
    def lowest(self) -> int:
        """The lowest that the way leads to: 0, or below it before points are given back."""
        return min([0, *[rung.after for rung in self.rungs]])


def ladder(rows: Sequence[LedgerRow], score: int | None) -> Ladder:
    """The ledger's rows as a way down from 100 to `score`; without one, without rungs."""
    told = [row for row in rows if row.factor != _START]
    unread = tuple([row for row in told if _is_unread(row)])
    known = [row for row in told if not _is_unread(row)]
    taking = [row for row in known if row.points_lost != 0]
    whole = [row for row in known if row.points_lost == 0 and row.factor not in FINDING_FACTORS]
    noted = [row for row in known if row.factor in FINDING_FACTORS]
    rungs: list[Rung] = []
    if score is not None:
        left = FULL_SCORE
        for row in sorted(taking, key=_order):
            rungs.append(Rung(row=row, before=left, after=left - row.points_lost))
            left -= row.points_lost
    else:
        noted = [*taking, *noted]
    return Ladder(
        score=score,
        rungs=tuple(rungs),
        whole=tuple(whole),
        unread=unread,
        noted=tuple(noted),
    )


def _is_unread(row: LedgerRow) -> bool:
    if row.factor == UNREAD_FACTOR:
        return True
    return row.points_lost == 0 and row.points == 0 and row.raw.lower() in _UNREAD


def _order(row: LedgerRow) -> tuple[int, int]:
    place = _OF_THE_SUM.index(row.factor) + 1 if row.factor in _OF_THE_SUM else 0
    return place, -row.points_lost
