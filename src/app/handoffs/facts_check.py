"""Whether what one agent tells another is what the store has: every claim, all reasons at once.

Pure: the facts are a dossier that somebody has read. It does not know who may speak to whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.domain.account import Contract
from app.domain.assessment import Agent
from app.domain.dossier import Dossier
from app.domain.incident import IncidentKind
from app.domain.ticket import URGENT
from app.handoffs.edge import Shape
from app.handoffs.evidence_check import opportunity_reasons
from app.handoffs.health import (
    ChurnRiskResult,
    CSMHealthScoreResult,
    EscalationNotificationResult,
    HealthScoreResult,
)
from app.handoffs.payloads import (
    CoDevProposal,
    CSMHandoffRequest,
    CSMHandoffResponse,
    ExpansionOpportunity,
    TAMHandoffRequest,
    TAMHandoffResponse,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SLACK_HOURS, SLACK_DAYS = 1.0, 0.1
"""Between planning and checking time goes by, and ages with it."""
AHEAD = timedelta(minutes=5)
"""Two machines' clocks may differ by as much."""

_ESCALATIONS = {
    Agent.TAM: frozenset({IncidentKind.TAM_ESCALATION}),
    Agent.CSM: frozenset({IncidentKind.CSM_HEALTH, IncidentKind.CSM_CHURN}),
}


def reasons_to_refuse(payload: Shape, dossier: Dossier, *, handoff_type: str) -> tuple[str, ...]:
    """Everything that the payload claims and the store does not bear out; empty: all of it holds.

    `dossier`: the account that the handoff is about, as the store has it at this moment.
    """
    match payload:
        case TAMHandoffRequest() | CSMHandoffRequest():
            return _request_reasons(payload, dossier, handoff_type)
        case TAMHandoffResponse():
            return _tam_reasons(payload, dossier, handoff_type)
        case CSMHandoffResponse():
            return _csm_reasons(payload, dossier, handoff_type)
        case ExpansionOpportunity():
            return opportunity_reasons(payload, dossier)
        case CoDevProposal():
            return _codev_reasons(payload, dossier)
    return ("payload: nothing is known that it could be held against",)


def _request_reasons(
    asked: TAMHandoffRequest | CSMHandoffRequest, dossier: Dossier, handoff_type: str
) -> tuple[str, ...]:
    reasons = []
    if asked.tenant_id != dossier.tenant_id:
        reasons.append("tenant_id: it is another tenant's")
    if asked.account_id != dossier.account_id:
        reasons.append("account_id: it is about another account")
    if handoff_type in _ESCALATION_TYPES:
        reasons += _type_reasons(asked.handoff_type, handoff_type)
    return tuple(reasons)


_ESCALATION_TYPES = frozenset({"health_report", "escalation_alert"})


def _tam_reasons(told: TAMHandoffResponse, dossier: Dossier, handoff_type: str) -> tuple[str, ...]:
    reasons = _type_reasons(told.handoff_type, handoff_type)
    if told.health_score is not None:
        reasons += [f"health_score.{one}" for one in _health_reasons(told.health_score, dossier)]
    if told.escalation_result is not None:
        reasons += _notified_reasons(told.escalation_result, dossier)
    return (*reasons, *_standing_reasons(Agent.TAM, dossier, handoff_type))


def _csm_reasons(told: CSMHandoffResponse, dossier: Dossier, handoff_type: str) -> tuple[str, ...]:
    reasons = _type_reasons(told.handoff_type, handoff_type)
    if told.health_score is not None:
        reasons += [f"health_score.{one}" for one in _csm_health(told.health_score, dossier)]
    if told.churn_risk is not None:
        reasons += [f"churn_risk.{one}" for one in _churn_reasons(told.churn_risk, dossier)]
    for number, found in enumerate(told.expansion_opportunities):
        place = f"expansion_opportunities.{number}."
        reasons += opportunity_reasons(found, dossier, place=place)
    return (*reasons, *_standing_reasons(Agent.CSM, dossier, handoff_type))


def _codev_reasons(told: CoDevProposal, dossier: Dossier) -> tuple[str, ...]:
    reasons = []
    if told.account_id != dossier.account_id:
        reasons.append("account_id: it is about another account")
    if all(one.opportunity_id != told.opportunity_id for one in dossier.opportunities):
        reasons.append("opportunity_id: the account has no such opportunity")
    return tuple(reasons)


def _type_reasons(told: str, handoff_type: str) -> list[str]:
    return [] if told == handoff_type else [f"handoff_type: it was handed over as {handoff_type}"]


def _standing_reasons(agent: Agent, dossier: Dossier, handoff_type: str) -> list[str]:
    """An alert needs an incident of its teller's that stands."""
    stands = any(one.kind in _ESCALATIONS[agent] for one in dossier.incidents)
    if handoff_type != "escalation_alert" or stands:
        return []
    return ["escalation_alert: no escalation of this account stands"]


def _health_reasons(told: HealthScoreResult, dossier: Dossier) -> list[str]:
    facts, now = dossier.facts, dossier.context.now
    usual = dossier.settings.default_priority
    urgent = [one for one in facts.open_tickets if (one.priority or usual) in URGENT]
    oldest = min((one.created_at for one in urgent), default=None)
    reasons = _score_reasons(Agent.TAM, told, dossier)
    if told.p1_p2_ticket_count != len(urgent):
        reasons.append(f"p1_p2_ticket_count: the store has {len(urgent)}")
    if told.total_open_tickets != len(facts.open_tickets):
        reasons.append(f"total_open_tickets: the store has {len(facts.open_tickets)}")
    moments, age = (now, told.scan_timestamp), told.oldest_p1_p2_age_days
    is_old = oldest is not None and _is_age(age, oldest, moments, unit=DAY, slack=SLACK_DAYS)
    if not is_old and (age > 0 or urgent):
        reasons.append("oldest_p1_p2_age_days: no open ticket is as old")
    silence, seen = told.hours_since_heartbeat, facts.last_heartbeat
    is_silent = (
        seen is not None
        and silence is not None
        and _is_age(silence, seen, moments, unit=HOUR, slack=SLACK_HOURS)
    )
    if silence is not None and not is_silent:
        reasons.append("hours_since_heartbeat: the last heartbeat is not as old")
    return reasons


def _csm_health(told: CSMHealthScoreResult, dossier: Dossier) -> list[str]:
    reasons = _score_reasons(Agent.CSM, told, dossier)
    record = dossier.records.get(Agent.CSM)
    if record is not None and told.coverage != record.coverage:
        reasons.append(f"coverage: the store has {record.coverage}")
    technical = dossier.records.get(Agent.TAM)
    stored = None if technical is None else technical.band.value
    if told.tam_rag is not None and told.tam_rag != stored:
        reasons.append("tam_rag: it is not the band on the account record")
    return reasons


def _score_reasons(
    agent: Agent, told: HealthScoreResult | CSMHealthScoreResult, dossier: Dossier
) -> list[str]:
    """What both agents' results have in common: the score, its band and the ones before."""
    reasons = []
    record, points = dossier.records.get(agent), dossier.history.get(agent, ())
    if told.account_id != dossier.account_id:
        reasons.append("account_id: it is about another account")
    if record is None or record.score is None:
        reasons.append("score: the account has none")
    elif told.score != record.score:
        reasons.append(f"score: the store has {record.score}")
    if record is not None and record.band.value != told.rag_status:
        reasons.append(f"rag_status: the store has {record.band.value}")
    if told.previous_score is not None and all(p.score != told.previous_score for p in points):
        reasons.append("previous_score: it never had this score")
    if told.previous_rag is not None and all(p.band.value != told.previous_rag for p in points):
        reasons.append("previous_rag: it never was in this band")
    if told.scan_timestamp > dossier.context.now + AHEAD:
        reasons.append("scan_timestamp: it lies in the future")
    return reasons


def _churn_reasons(told: ChurnRiskResult, dossier: Dossier) -> list[str]:
    reasons = []
    record = dossier.records.get(Agent.CSM)
    if told.account_id != dossier.account_id:
        reasons.append("account_id: it is about another account")
    if record is None or record.churn_level != told.churn_risk_level:
        reasons.append("churn_risk_level: it is not the one on the account record")
    if told.days_to_renewal is not None and told.days_to_renewal != _days_to_renewal(
        dossier.facts.contract, dossier
    ):
        reasons.append("days_to_renewal: the contract says otherwise")
    if told.health_rag is not None and (record is None or record.band is not told.health_rag):
        reasons.append("health_rag: it is not the band on the account record")
    return reasons


def _notified_reasons(told: EscalationNotificationResult, dossier: Dossier) -> list[str]:
    reasons = []
    if told.account_id != dossier.account_id:
        reasons.append("escalation_result.account_id: it is about another account")
    letters = {letter.draft_id for letter in dossier.letters}
    if told.draft_id is not None and told.draft_id not in letters:
        reasons.append("escalation_result.draft_id: the account has no such draft")
    return reasons


def _days_to_renewal(contract: Contract | None, dossier: Dossier) -> int | None:
    if contract is None or contract.renews_on is None:
        return None
    return (contract.renews_on - dossier.context.local_day).days


def _is_age(
    told: float, since: datetime, moments: Sequence[datetime], *, unit: timedelta, slack: float
) -> bool:
    """Whether something since then is as old as told, at one of these moments."""
    return any(abs((moment - since) / unit - told) <= slack for moment in moments)
