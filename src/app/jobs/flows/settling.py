"""The scan's last transaction: feed incidents, the alert budget, the work owed.

After it the scan is recorded and everything that must happen stands in the effects ledger; nothing
has happened yet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.account import UNASSIGNED, Account, Contract
from app.domain.alert_budget import AlertCandidate, allocate
from app.domain.assessment import Agent
from app.domain.effect import WorkOwed
from app.domain.feed_finding import feed_finding
from app.domain.incident import Change, IncidentKind
from app.domain.incident_rules import retire
from app.domain.scan import Scan
from app.domain.tenant_settings import TenantSettings
from app.domain.worth import comparable_arr
from app.jobs.flows import owing
from app.jobs.flows.assessing import Reading
from app.jobs.flows.deciding import decide_findings
from app.jobs.flows.rewording import reword_overtaken
from app.ports.rows import Delivery, RecordedRevision
from app.ports.store import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What the budget and the texts need to know of the accounts concerned."""

    accounts: Mapping[str, Account]
    contracts: Mapping[str, Contract]
    escalated: frozenset[str]
    """Accounts with a live technical escalation: its letter speaks for both agents."""
    unwell: Mapping[str, str]
    """Accounts with a live incident of composite health, to its id: churn's letter replaces it."""
    default_owner: str

    def subject(self, recorded: RecordedRevision, day: date) -> owing.Subject:
        finding = recorded.revision.finding
        doubles = finding.kind is IncidentKind.CSM_HEALTH and finding.subject in self.escalated
        return owing.Subject(
            revision=recorded.revision,
            account=self.accounts.get(finding.subject),
            contract=self.contracts.get(finding.subject),
            rep_email=self.owner(recorded),
            day=day,
            replaces=self.unwell.get(finding.subject)
            if finding.kind is IncidentKind.CSM_CHURN
            else None,
            letter=None if doubles else owing.LETTERS.get(finding.kind),
        )

    def owner(self, recorded: RecordedRevision) -> str:
        account = self.accounts.get(recorded.revision.finding.subject)
        return (account.owner_email if account else None) or self.default_owner or UNASSIGNED


def settle(unit: Unit, scan: Scan, reading: Reading, *, is_complete: bool) -> int:
    """Decide how each revision is told and write the work owed; returns how much is new.

    `is_complete`: the scan went through the whole book, so that an account it did not meet has left
    it. Safe to repeat: deliveries are decided once, effects have keys.
    """
    if scan.is_daily:
        _decide_feeds(unit, scan, reading)
        if is_complete:
            _retire_gone(unit, scan)
    owed = tell(unit, scan, reading.settings) + reword_overtaken(unit, scan)
    if scan.is_baseline and scan.is_daily:
        owed += unit.effects.owe(_baseline_summaries(unit, scan, reading.settings.default_owner))
    unit.scans.finish(scan.scan_id)
    return owed


def tell(unit: Unit, scan: Scan, settings: TenantSettings) -> int:
    """Decide how each revision under the scan's id is told, and owe its effects."""
    undelivered = unit.incidents.undelivered(scan.scan_id)
    subjects = {recorded.revision.finding.subject for recorded in undelivered}
    standing = _Standing(
        accounts=unit.book.accounts(subjects),
        contracts=unit.book.contracts(subjects, scan.local_day),
        escalated=frozenset(_live(unit, IncidentKind.TAM_ESCALATION, subjects)),
        unwell=_live(unit, IncidentKind.CSM_HEALTH, subjects),
        default_owner=settings.default_owner,
    )
    return _deliver(unit, scan, undelivered, standing, settings.alerts.per_rep_per_day)


def _decide_feeds(unit: Unit, scan: Scan, reading: Reading) -> None:
    findings = [feed_finding(feed, scan.now) for feed in reading.feeds.feeds]
    decide_findings(unit, scan, [IncidentKind.FEED], findings, reading.settings)


def _retire_gone(unit: Unit, scan: Scan) -> None:
    """Close the incidents of accounts whose contract has ended: no scan meets them again."""
    for agent in Agent:
        kinds = [kind for kind, whose in owing.AGENT_OF.items() if whose is agent]
        live = unit.incidents.live(kinds)
        records = unit.health.records(agent, {incident.subject for incident in live})
        decisions = [
            retire(incident, now=scan.now)
            for incident in live
            if incident.subject not in records or records[incident.subject].checked_at < scan.now
        ]
        unit.incidents.save([d.incident for d in decisions if d.incident is not None])
        unit.incidents.add_revisions(
            scan.scan_id, [d.revision for d in decisions if d.revision is not None]
        )


def _deliver(
    unit: Unit,
    scan: Scan,
    revisions: Sequence[RecordedRevision],
    standing: _Standing,
    limit: int,
) -> int:
    """Split loud revisions into alerts and digests, and owe the effects of every revision."""
    loud = [recorded for recorded in revisions if recorded.revision.is_loud]
    told = _told(unit, scan, loud, standing, limit)
    deliveries: list[Delivery] = []
    work: list[WorkOwed] = []
    digests: dict[str, list[RecordedRevision]] = {}
    for recorded in revisions:
        revision = recorded.revision
        rep = standing.owner(recorded)
        how = told.get((revision.incident_id, revision.revision), "quiet")
        deliveries.append(
            Delivery(
                incident_id=revision.incident_id,
                revision=revision.revision,
                delivery=how,
                rep_email=rep,
                day=scan.local_day,
            )
        )
        subject = standing.subject(recorded, scan.local_day)
        if revision.change is Change.CLOSED:
            work.extend(owing.closing(unit.tenant_id, subject))
        elif revision.is_loud:
            work.extend(owing.telling(unit.tenant_id, subject, alone=how == "alert"))
        else:
            work.extend(owing.remembering(unit.tenant_id, subject))
        if how == "digest":
            digests.setdefault(rep, []).append(recorded)
    for rep, several in sorted(digests.items()):
        work.extend(owing.digest(unit.tenant_id, scan, rep, several, standing.accounts))
    unit.incidents.set_deliveries(deliveries)
    return unit.effects.owe(work)


def _live(unit: Unit, kind: IncidentKind, subjects: Collection[str]) -> Mapping[str, str]:
    """The subjects with a live incident of the kind, to its id."""
    latest = unit.incidents.latest([kind], subjects)
    return {
        subject: incident.incident_id
        for (_, subject), incident in latest.items()
        if incident.is_live
    }


def _told(
    unit: Unit, scan: Scan, loud: Sequence[RecordedRevision], standing: _Standing, limit: int
) -> Mapping[tuple[str, int], str]:
    """Alert or digest, per loud revision."""
    worth = comparable_arr(standing.contracts)
    candidates = [
        AlertCandidate(
            incident_id=recorded.revision.incident_id,
            revision=recorded.revision.revision,
            rep_email=standing.owner(recorded),
            severity=recorded.revision.finding.severity,
            arr=worth.get(recorded.revision.finding.subject),
            days_to_renewal=_days_to_renewal(recorded, standing, scan),
        )
        for recorded in loud
    ]
    allotment = allocate(
        candidates, unit.incidents.alerts_spent(scan.local_day), limit, typical_arr=Decimal(1)
    )
    return {
        **{(one.incident_id, one.revision): "alert" for one in allotment.alerts},
        **{
            (one.incident_id, one.revision): "digest"
            for several in allotment.digests.values()
            for one in several
        },
    }


def _days_to_renewal(recorded: RecordedRevision, standing: _Standing, scan: Scan) -> int | None:
    contract = standing.contracts.get(recorded.revision.finding.subject)
    if contract is None or contract.renews_on is None:
        return None
    return (contract.renews_on - scan.local_day).days


def _baseline_summaries(unit: Unit, scan: Scan, default_owner: str) -> list[WorkOwed]:
    """One summary per rep, once per tenant: what was known when Tend began."""
    known = [
        incident for incident in unit.incidents.live() if incident.kind is not IncidentKind.FEED
    ]
    accounts = unit.book.accounts({incident.subject for incident in known})
    by_rep: dict[str, list[str]] = {rep: [] for rep in unit.people.reps()}
    for incident in known:
        account = accounts.get(incident.subject)
        rep = (account.owner_email if account else None) or default_owner or UNASSIGNED
        name = account.name if account else incident.subject
        by_rep.setdefault(rep, []).append(f"{name}: {owing.TITLES[incident.kind]}")
    return [
        owing.baseline_summary(unit.tenant_id, scan, rep, sorted(lines))
        for rep, lines in sorted(by_rep.items())
    ]
