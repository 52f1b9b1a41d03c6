"""When health has fallen far enough to tell somebody: one rule for both agents.

It knows a score, a band and a threshold; whose they are is told to it.
"""

from __future__ import annotations

from app.domain.assessment import Assessment
from app.domain.band import Band
from app.domain.incident import Finding, IncidentKind

SEVERITY = {Band.GREEN: 0, Band.AMBER: 1, Band.RED: 3, Band.UNKNOWN: 0}
"""Red counts more than Amber below the threshold, which one point more makes 2."""


def has_fallen(score: int, band: str, previous_band: str | None, *, threshold: int) -> bool:
    """Whether the score is below the threshold or the band is worse than it was.

    Worse: Red that was not Red (no history counts as not Red), or Amber that was Green.
    """
    is_new_red = band == Band.RED and previous_band != Band.RED
    is_new_amber = band == Band.AMBER and previous_band == Band.GREEN
    return score < threshold or is_new_red or is_new_amber


def fall_finding(
    kind: IncidentKind, assessment: Assessment, previous_band: Band | None, *, threshold: int
) -> Finding:
    """Fires while `has_fallen` holds; an assessment without a score neither fires nor recovers.

    Severity: Green 0, Amber 1, Red 3, one more below the threshold. Recovered: at or above it.
    """
    score, band = assessment.score, assessment.band
    is_below = score is not None and score < threshold
    return Finding(
        kind=kind,
        subject=assessment.account_id,
        fires=score is not None and has_fallen(score, band, previous_band, threshold=threshold),
        severity=SEVERITY[band] + is_below,
        band=band,
        recovered=score is not None and not is_below,
        score=score,
        previous_band=previous_band,
        reasons=assessment.reasons(),
    )
