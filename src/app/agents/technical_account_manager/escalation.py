"""When an account's technical health calls for an escalation, and how bad it is.

It reads an assessment and knows no tickets, channels or words.
"""

from __future__ import annotations

from app.domain.assessment import Assessment
from app.domain.band import Band
from app.domain.incident import Finding, IncidentKind
from app.domain.tenant_settings import TamSettings

_SEVERITY = {Band.GREEN: 0, Band.AMBER: 1, Band.RED: 3, Band.UNKNOWN: 0}
"""Red counts more than Amber below the escalation threshold, which one point more makes 2."""


def escalation_finding(
    assessment: Assessment, previous_band: Band | None, settings: TamSettings
) -> Finding:
    """Fires when the score is below the escalation threshold or the band got worse.

    Got worse: Red that was not Red (no history counts as not Red), or Amber that was Green.
    Severity: Green 0, Amber 1, Red 3, one more below the threshold. Recovered: at or above the
    threshold. An assessment without a score neither fires nor has recovered.
    """
    score, band = assessment.score, assessment.band
    is_below = score is not None and score < settings.escalation_threshold
    is_new_red = band is Band.RED and previous_band is not Band.RED
    is_new_amber = band is Band.AMBER and previous_band is Band.GREEN
    return Finding(
        kind=IncidentKind.TAM_ESCALATION,
        subject=assessment.account_id,
        fires=is_below or is_new_red or is_new_amber,
        severity=_SEVERITY[band] + is_below,
        band=band,
        recovered=score is not None and not is_below,
        score=score,
        previous_band=previous_band,
        reasons=assessment.reasons(),
    )
