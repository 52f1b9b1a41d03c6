"""What moved a score: the tenant's settings, what is known, or the customer. Sums, never guesses.

It compares ledgers that were recomputed in between and knows no scorer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pydantic import JsonValue

from app.domain.assessment import LedgerRow


class Cause(StrEnum):
    """Whose doing a part of the move is, in the order in which they are told apart."""

    SETTINGS = "settings"
    """The old facts under the new thresholds and weights, and under a newer scorer."""
    DATA = "data"
    """Signals that became known or unknown, and scores that were kept."""
    CUSTOMER = "customer"
    """Everything else, time passing included."""


class Recorded(Protocol):
    """A score as it was found or recorded: an assessment, or a full snapshot."""

    @property
    def score(self) -> int | None:
        """0-100; None: Unknown."""
        ...

    @property
    def ledger(self) -> tuple[LedgerRow, ...] | None:
        """Rows that sum to the score."""
        ...

    @property
    def inputs(self) -> Mapping[str, JsonValue] | None:
        """What it was computed from; empty or None: it was not computed but kept."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRow:
    """One factor whose points moved, and why."""

    cause: Cause
    factor: str
    before: int
    after: int
    """Points, signed."""
    reason: str
    """The later row's words; the earlier one's where the factor is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A score's move in three parts, which sum to the total; so do the rows of each part."""

    total: int | None
    """Points, signed; None: there was no score at one end, and the parts are 0."""
    settings: int = 0
    data: int = 0
    customer: int = 0
    rows: tuple[MovedRow, ...] = ()
    note: str = ""
    """What stands in the way of numbers, in words; empty: nothing."""


def explain_move(
    before: Recorded, between: Sequence[tuple[Cause, Recorded]], after: Recorded
) -> Move:
    """The move from `before` to `after`, by way of what was recomputed in between.

    `between` holds, in order, the cause that each recomputed score isolates; what is left up to
    `after` is the customer's. One without a score isolates nothing: the next cause carries it.
    """
    if before.score is None or after.score is None:
        return Move(total=None, note=_no_number(before, after))
    rows: list[MovedRow] = []
    parts = dict.fromkeys(Cause, 0)
    last, last_score = before, before.score
    for cause, point in (*between, (Cause.CUSTOMER, after)):
        if point.score is not None:
            parts[cause] += point.score - last_score
            rows += _moved(cause, last.ledger or (), point.ledger or ())
            last, last_score = point, point.score
    return Move(
        total=after.score - before.score,
        settings=parts[Cause.SETTINGS],
        data=parts[Cause.DATA],
        customer=parts[Cause.CUSTOMER],
        rows=tuple(rows),
    )


def kept_move(before: Recorded, after: Recorded) -> Move:
    """The move where a score was kept, so that nothing can be recomputed: all of it is data."""
    if before.score is None or after.score is None:
        return Move(total=None, note=_no_number(before, after))
    total = after.score - before.score
    rows = _moved(Cause.DATA, before.ledger or (), after.ledger or ())
    return Move(
        total=total, data=total, rows=tuple(rows), note="a score was kept, not computed, in between"
    )


def _no_number(before: Recorded, after: Recorded) -> str:
    if before.score is None and after.score is None:
        return f"no score then, and none now: {_why(after)}"
    if before.score is None:
        return f"no score then: {_why(before)}"
    return f"no score now: {_why(after)}"


def _why(point: Recorded) -> str:
    """The first row of a ledger without a score says why."""
    return point.ledger[0].reason if point.ledger else "no reason kept"


def _moved(cause: Cause, before: Sequence[LedgerRow], after: Sequence[LedgerRow]) -> list[MovedRow]:
    earlier = {row.factor: row for row in before}
    later = {row.factor: row for row in after}
    moved = []
    for factor, row in {**earlier, **later}.items():
        was = earlier[factor].points if factor in earlier else 0
        now = later[factor].points if factor in later else 0
        if was != now:
            moved.append(
                MovedRow(cause=cause, factor=factor, before=was, after=now, reason=row.reason)
            )
    return moved
