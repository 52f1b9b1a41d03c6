"""When an account's technical health calls for an escalation, and how bad it is.

It reads an assessment and knows no tickets, channels or words.
"""

from __future__ import annotations

from app.domain.assessment import Assessment
from app.domain.band import Band
from app.domain.health_fall import fall_finding
from app.domain.incident import Finding, IncidentKind
from app.domain.tenant_settings import TamSettings


def escalation_finding(
    assessment: Assessment, previous_band: Band | None, settings: TamSettings
) -> Finding:
    """Fires when the score is below the escalation threshold or the band got worse."""
    return fall_finding(
        IncidentKind.TAM_ESCALATION,
        assessment,
        previous_band,
        threshold=settings.escalation_threshold,
    )
