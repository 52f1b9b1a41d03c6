"""The composite score's rows. It is told shares and points and decides none of them."""

from __future__ import annotations

from collections.abc import Sequence

from app.agents.customer_success.inputs import CsmInputs
from app.agents.customer_success.reading import Reading
from app.domain.assessment import LedgerRow
from app.domain.band import Band

TAM_BAND = "tam_band"
_MOST_NAMED = 5


def signal_row(reading: Reading, at_best: int, *, counts: bool) -> LedgerRow:
    """A signal's row: whole points won of `at_best`, rounded half up.

    Without a score (`counts` False) it says what is lost and wins nothing; so does an unknown one,
    which loses nothing either.
    """
    won = at_best if reading.share is None else int(at_best * reading.share + 0.5)
    return LedgerRow(
        factor=reading.factor,
        raw=reading.raw,
        points=won if counts else 0,
        points_lost=at_best - won,
        reason=reading.reason,
        sources=reading.sources,
        age_days=reading.age_days,
    )


def tam_row(inputs: CsmInputs, *, lost: int, percent: int) -> LedgerRow:
    """What the technical band takes, as the account record has it or a rep says instead."""
    band = inputs.tam_band
    stale = ", a kept score" if inputs.tam_is_stale else ""
    if inputs.tam_computed is not None:
        stale = f" by a rep's word (computed: {inputs.tam_computed}{stale})"
    if band is Band.UNKNOWN:
        reason = "unknown: the technical side has no band"
    elif percent:
        reason = f"technical health is {band}{stale}: {percent} % of the sum is taken"
    else:
        reason = f"technical health is {band}{stale}"
    return LedgerRow(
        factor=TAM_BAND,
        raw=band.value,
        points=-lost,
        points_lost=lost,
        reason=reason,
        sources=("record:tam",),
    )


def coverage_row(coverage: int, floor: int, missing: Sequence[str]) -> LedgerRow:
    """In place of a score, where too little is known: not zero, not healthy."""
    listed = ", ".join(factor.replace("_", " ") for factor in missing[:_MOST_NAMED])
    more = len(missing) - _MOST_NAMED
    return LedgerRow(
        factor="coverage",
        raw=f"{coverage} % known",
        points=0,
        points_lost=100,
        reason=f"no score: {coverage} % of the weight is known, {floor} % are needed; "
        f"unknown: {listed}{f' and {more} more' if more > 0 else ''}",
    )
