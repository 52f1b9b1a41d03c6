"""What becomes of a page's findings: incidents moved on, revisions recorded. No effects."""

from __future__ import annotations

from collections.abc import Sequence

from app.agents.customer_success.alerting import without_doubles
from app.domain.incident import Finding, Incident, IncidentKind, Revision
from app.domain.incident_rules import decide
from app.domain.scan import Scan
from app.domain.tenant_settings import TenantSettings
from app.jobs.flows.assessing import AssessedAccount
from app.ports.store import Unit


def decide_page(
    unit: Unit,
    scan: Scan,
    kinds: Sequence[IncidentKind],
    assessed: Sequence[AssessedAccount],
    settings: TenantSettings,
) -> None:
    """Move the incidents of a page's accounts on, inside the transaction that records the page.

    Incidents are read here, not with the page's facts: a rep may have acknowledged one meanwhile.
    """
    findings = [finding for account in assessed for finding in account.findings]
    decide_findings(unit, scan, kinds, findings, settings)


def decide_findings(
    unit: Unit,
    scan: Scan,
    kinds: Sequence[IncidentKind],
    findings: Sequence[Finding],
    settings: TenantSettings,
) -> None:
    """Decide for each finding, and write the incidents and revisions that moved."""
    latest = unit.incidents.latest(kinds, [finding.subject for finding in findings])
    churn_live = {
        subject
        for (kind, subject), incident in latest.items()
        if kind is IncidentKind.CSM_CHURN and incident.is_live
    }
    moved: list[Incident] = []
    revisions: list[Revision] = []
    for finding in without_doubles(findings, churn_live=churn_live):
        before = latest.get((finding.kind, finding.subject))
        if before is None and finding.severity == 0:
            continue
        decision = decide(
            before,
            finding,
            now=scan.now,
            day=scan.local_day,
            is_daily=scan.is_daily,
            is_baseline=scan.is_baseline,
            settings=settings.incidents,
        )
        if decision.incident is not None and decision.incident != before:
            moved.append(decision.incident)
        if decision.revision is not None:
            revisions.append(decision.revision)
    unit.incidents.save(moved)
    unit.incidents.add_revisions(scan.scan_id, revisions)
