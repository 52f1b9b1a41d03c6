"""When an account's composite health or its churn risk calls for an alert, and how bad it is.

It reads an assessment and a churn level and knows no signals, channels or words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from app.agents.customer_success.churn import ChurnLevel, ChurnRisk
from app.domain.assessment import Assessment
from app.domain.band import Band
from app.domain.health_fall import fall_finding
from app.domain.incident import Finding, IncidentKind
from app.domain.tenant_settings import CsmSettings

_CHURN_SEVERITY = {
    ChurnLevel.LOW: 1,
    ChurnLevel.MEDIUM: 2,
    ChurnLevel.HIGH: 3,
    ChurnLevel.CRITICAL: 4,
}


def health_finding(
    assessment: Assessment, previous_band: Band | None, settings: CsmSettings
) -> Finding:
    """Fires when the score is below the alert threshold or the band got worse."""
    return fall_finding(
        IncidentKind.CSM_HEALTH, assessment, previous_band, threshold=settings.alert_threshold
    )


def churn_finding(assessment: Assessment, churn: ChurnRisk, previous_band: Band | None) -> Finding:
    """Fires while a churn trigger holds, as severely as the level: low 1 to critical 4.

    Without a trigger the severity is 0 and the account has recovered, unless its band is Unknown:
    too little is known then to take anything back.
    """
    is_triggered = churn.triggered_by is not None
    return Finding(
        kind=IncidentKind.CSM_CHURN,
        subject=assessment.account_id,
        fires=is_triggered,
        severity=_CHURN_SEVERITY[churn.level] if is_triggered else 0,
        band=assessment.band,
        recovered=not is_triggered and assessment.band is not Band.UNKNOWN,
        score=assessment.score,
        previous_band=previous_band,
        reasons=churn.reasons or assessment.reasons(),
    )


def is_no_higher(level: ChurnLevel, before: str) -> bool:
    """Whether churn is no likelier than at an earlier level; "": it was never assessed then."""
    levels = tuple(ChurnLevel)
    return before in levels and levels.index(level) <= levels.index(ChurnLevel(before))


def without_doubles(
    findings: Iterable[Finding], *, churn_live: Collection[str]
) -> tuple[Finding, ...]:
    """The findings, in order, with health silenced where churn speaks for the same account.

    Churn speaks where its finding fires among these, or its incident is live (`churn_live`, ids of
    accounts). A silenced health finding neither fires nor worsens or wakes an incident; one that is
    live goes on counting its good days.
    """
    given = tuple(findings)
    firing = {f.subject for f in given if f.kind is IncidentKind.CSM_CHURN and f.fires}
    spoken_for = firing | set(churn_live)
    return tuple(_silenced(f) if _is_double(f, spoken_for) else f for f in given)


def _is_double(finding: Finding, spoken_for: Collection[str]) -> bool:
    return finding.kind is IncidentKind.CSM_HEALTH and finding.subject in spoken_for


def _silenced(finding: Finding) -> Finding:
    """A firing one is not a good day even so."""
    return replace(
        finding, fires=False, severity=0, recovered=finding.recovered and not finding.fires
    )
