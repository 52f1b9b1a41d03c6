"""What each task comes to: documents, opportunities and handoffs, and the answer.

Everything is keyed by what it is about, so that the same plan carried out again repeats nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.agents.customer_success.adoption import DOCUMENT
from app.agents.customer_success.expansion import Found
from app.agents.customer_success.gate import NOT_FOUND_ANY_MORE, OURS
from app.agents.customer_success.health_report import confidence_of, trouble_of
from app.agents.customer_success.phrases import counted, shown
from app.agents.customer_success.qbr import title_of
from app.agents.customer_success.qbr_words import refused_parts
from app.agents.customer_success.schemas import (
    ChurnRiskResult,
    CSMHealthScoreResult,
    CSMResult,
    FeatureAdoptionReport,
    QBRContent,
)
from app.agents.front_door import as_json
from app.agents.plan import Plan, PlannedDocument, PlannedEffect, PlannedHandoff, PlannedOpportunity
from app.domain.account import UNASSIGNED
from app.domain.assessment import Agent
from app.domain.document import DocumentKind
from app.domain.dossier import Dossier
from app.domain.effect import EffectKind
from app.domain.opportunity import Opportunity, OpportunityState
from app.domain.told import Told
from app.handoffs.edge import Confidence
from app.handoffs.health import EscalationNotificationResult

SALES = "sales"

_CHANNELS = {
    EffectKind.RECORD: "notion",
    EffectKind.EVENT: "event_bus",
    EffectKind.EMAIL: "email",
    EffectKind.CHAT: "chat",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which request a plan answers."""

    task_type: str
    request: str
    account_id: str = ""

    @property
    def group(self) -> str:
        """What the plan's effects are about; one of its own for each request."""
        return ":".join(part for part in ("task", self.task_type, self.account_id) if part) + (
            f":{self.request}"
        )


def scan_plan(asked: Asked, health: Sequence[CSMHealthScoreResult], *, unscored: int) -> Plan:
    """The answer of a scan of the whole book; `unscored`: active accounts without a score."""
    without = f"{counted(unscored, 'active account', 'active accounts')} without a score"
    reasons = [without] if unscored else []
    result = CSMResult(
        task_type=asked.task_type,
        health_scores=list(health),
        confidence="medium" if unscored else "high",
        reasons=reasons,
    )
    return Plan(group=asked.group, result=as_json(result))


def health_plan(
    asked: Asked,
    dossier: Dossier,
    health: CSMHealthScoreResult | None,
    churn: ChurnRiskResult | None,
    alerted: Told | None,
) -> Plan:
    """The answer of a scan of one account."""
    reasons = _troubles(dossier)
    if health is None:
        reasons.append("there is no score: too little is known of this account")
    result = CSMResult(
        task_type=asked.task_type,
        health_score=health,
        churn_risk=churn,
        escalation_result=None if alerted is None else told(alerted),
        draft_id=None if alerted is None else alerted.draft_id,
        confidence=_confidence(dossier),
        partial=health is None or (alerted is not None and alerted.is_under_way),
        reasons=reasons,
    )
    return Plan(group=asked.group, result=as_json(result))


def told(alerted: Told) -> EscalationNotificationResult:
    """Which channels an alert reached so far."""
    reached = {name: kind in alerted.done for kind, name in _CHANNELS.items()}
    return EscalationNotificationResult(
        account_id=alerted.account_id,
        channels=reached,
        draft_id=alerted.draft_id,
        alerts_sent=reached["email"] + reached["chat"],
    )


def churn_plan(asked: Asked, dossier: Dossier, churn: ChurnRiskResult | None) -> Plan:
    """The answer of a churn assessment. It writes nothing: a letter is a scan's affair."""
    result = CSMResult(
        task_type=asked.task_type,
        churn_risk=churn,
        confidence=_confidence(dossier),
        partial=churn is None,
        reasons=_troubles(dossier),
    )
    return Plan(group=asked.group, result=as_json(result))


def adoption_plan(asked: Asked, dossier: Dossier, report: FeatureAdoptionReport) -> Plan:
    """The report kept, in place of the last one."""
    reasons = _troubles(dossier)
    if report.adoption_rate is None:
        reasons.append("nobody tells which of its features are in use")
    result = CSMResult(
        task_type=asked.task_type,
        feature_adoption=report,
        confidence="low" if report.adoption_rate is None else _confidence(dossier),
        partial=report.adoption_rate is None,
        reasons=reasons,
    )
    kept = PlannedDocument(
        kind=DOCUMENT,
        subject=dossier.account_id,
        title=f"{shown(dossier.facts.account.name)}: feature adoption",
        body=as_json(report),
    )
    return Plan(group=asked.group, documents=[kept], result=as_json(result))


def expansion_plan(
    asked: Asked, dossier: Dossier, found: Sequence[Found], *, why_held: str
) -> Plan:
    """Opportunities remembered; those that may go are handed to Sales, the others held back.

    One that was handed over before is left alone; one held back and not found any more stays so.
    """
    known = {one.opportunity_id: one for one in dossier.opportunities if one.kind in OURS}
    open_ones = [one for one in found if _is_open(known.get(one.opportunity_id))]
    gone = _gone(known.values(), found)
    result = CSMResult(
        task_type=asked.task_type,
        expansion_opportunities=[one.payload for one in found],
        confidence=_confidence(dossier),
        reasons=[f"held back: {why_held}"] if why_held and open_ones else [],
    )
    return Plan(
        group=asked.group,
        opportunities=[*(_planned(one, why_held) for one in open_ones), *gone],
        handoffs=[] if why_held else [_handoff(one) for one in open_ones],
        result=as_json(result),
    )


def _is_open(known: Opportunity | None) -> bool:
    return known is None or known.state is OpportunityState.HELD


def _gone(known: Iterable[Opportunity], found: Sequence[Found]) -> list[PlannedOpportunity]:
    still = {one.opportunity_id for one in found}
    return [
        PlannedOpportunity(
            opportunity_id=one.opportunity_id,
            account_id=one.account_id,
            kind=one.kind,
            name=one.name,
            state=OpportunityState.HELD,
            body=dict(one.body),
            why_held=NOT_FOUND_ANY_MORE,
        )
        for one in sorted(known, key=lambda one: one.opportunity_id)
        if one.state is OpportunityState.HELD and one.opportunity_id not in still
    ]


def _planned(one: Found, why_held: str) -> PlannedOpportunity:
    return PlannedOpportunity(
        opportunity_id=one.opportunity_id,
        account_id=one.payload.account_id,
        kind=one.kind,
        name=one.name,
        state=OpportunityState.HELD if why_held else OpportunityState.DISPATCHED,
        body=as_json(one.payload),
        why_held=why_held,
    )


def _handoff(one: Found) -> PlannedHandoff:
    return PlannedHandoff(
        key=f"expansion:{one.opportunity_id}",
        handoff_type="dispatch_expansion_opportunity",
        target=SALES,
        account_id=one.payload.account_id,
        payload=as_json(one.payload),
        opportunity_id=one.opportunity_id,
    )


def review_plan(
    asked: Asked, dossier: Dossier, made: QBRContent, *, text: str, again: bool
) -> Plan:
    """The review kept under its period, and the rep told once where to read it."""
    account = dossier.facts.account
    kept = PlannedDocument(
        kind=DocumentKind.QBR,
        subject=account.account_id,
        key=made.period,
        title=title_of(account.name, made.period),
        body=as_json(made),
    )
    ready = PlannedEffect(
        kind=EffectKind.EMAIL,
        subject=account.account_id,
        payload={
            "rep_email": dossier.rep.email or UNASSIGNED,
            "account_id": account.account_id,
            "account_name": account.name,
            "incident_id": "",
            "revision": 0,
            "text_of": "qbr_ready",
            "text": text,
        },
    )
    once = f"qbr:{account.account_id}:{made.period}"
    return Plan(
        group=f"{once}:again:{asked.request}" if again else once,
        effects=[ready],
        documents=[kept],
        result=as_json(_review_result(asked, dossier, made)),
    )


def kept_review_plan(asked: Asked, dossier: Dossier, kept: QBRContent) -> Plan:
    """The period's review that there is already: it is the answer, and nobody is told again."""
    result = _review_result(asked, dossier, kept)
    reason = f"prepared on {kept.prepared_on} already; metadata.again makes it anew"
    return Plan(
        group=asked.group,
        result=as_json(result.model_copy(update={"reasons": [reason, *result.reasons]})),
    )


def _review_result(asked: Asked, dossier: Dossier, made: QBRContent) -> CSMResult:
    refused = [
        f"{part}: a model's words were refused and ours stand; the internal notes say why"
        for part in refused_parts(made)
    ]
    return CSMResult(
        task_type=asked.task_type,
        qbr=made,
        confidence="low" if refused else _confidence(dossier),
        reasons=[*_troubles(dossier), *refused],
    )


def _confidence(dossier: Dossier) -> Confidence:
    record = dossier.records.get(Agent.CSM)
    scored = record is not None and record.score is not None
    return confidence_of(dossier, record.coverage if record is not None and scored else None)


def _troubles(dossier: Dossier) -> list[str]:
    trouble = trouble_of(dossier)
    return [] if trouble is None else [trouble]
