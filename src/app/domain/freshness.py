"""What becomes of a score whose feeds are in trouble: the last one is kept, and said to be stale.

It knows no feeds by name; whether there is trouble is told to it.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.assessment import Assessment, LedgerRow
from app.domain.band import Band
from app.domain.health_record import HealthRecord


def kept(record: HealthRecord | None, assessment: Assessment, trouble: str | None) -> Assessment:
    """Today's assessment, unless `trouble` says why its facts cannot be trusted.

    Then the score, band, coverage and risk of the account record stand, of their own moment, with
    the trouble as `stale_reason`; without a last score the account is Unknown for that reason. A
    kept assessment has one row, and no inputs: nothing was computed.
    """
    if trouble is None:
        return assessment
    if record is None or record.score is None:
        return _unknown(assessment, trouble)
    # An account record that did not change is not written anew: its last look dates the score.
    scored_at = record.assessed_at if record.stale_reason is not None else record.checked_at
    row = LedgerRow(
        factor="kept",
        raw=f"score of {scored_at:%Y-%m-%d}",
        points=record.score,
        points_lost=100 - record.score,
        reason=f"score of {scored_at:%Y-%m-%d} kept: {trouble}",
    )
    return replace(
        assessment,
        assessed_at=scored_at,
        score=record.score,
        band=record.band,
        ledger=(row,),
        coverage=record.coverage,
        at_risk=record.at_risk,
        inputs={},
        stale_reason=trouble,
    )


def _unknown(assessment: Assessment, trouble: str) -> Assessment:
    row = LedgerRow(
        factor="kept",
        raw="no earlier score",
        points=0,
        points_lost=100,
        reason=f"no score yet: {trouble}",
    )
    return replace(
        assessment,
        score=None,
        band=Band.UNKNOWN,
        ledger=(row,),
        coverage=0,
        at_risk=False,
        inputs={},
        stale_reason=trouble,
    )
