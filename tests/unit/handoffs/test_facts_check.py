"""Every claim of every payload against the account's dossier."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.incident import IncidentKind
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.domain.ticket import Priority
from app.handoffs.edge import Shape
from app.handoffs.facts_check import reasons_to_refuse
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
    EvidenceRow,
    ExpansionOpportunity,
    TAMHandoffRequest,
    TAMHandoffResponse,
)
from tests.builders import NOW, days_ago, draft, health_record, incident, snapshot, ticket
from tests.fakes.dossiers import dossier, known_facts

HISTORY = (snapshot(score=95, band=Band.GREEN), snapshot(score=35, band=Band.RED))
CSM_HISTORY = (
    snapshot(agent=Agent.CSM, score=80, band=Band.GREEN),
    snapshot(agent=Agent.CSM, score=55, band=Band.AMBER),
)
KNOWN = dossier(
    facts=known_facts(
        open_tickets=(
            ticket(priority=Priority.P1, created_at=days_ago(9)),
            ticket(ticket_id="T-2", created_at=days_ago(2)),
        ),
        last_heartbeat=days_ago(2),
    ),
    records={
        Agent.TAM: health_record(score=35, band=Band.RED),
        Agent.CSM: health_record(
            agent=Agent.CSM, score=55, band=Band.AMBER, coverage=80, churn_level="high"
        ),
    },
    history={Agent.TAM: HISTORY, Agent.CSM: CSM_HISTORY},
    incidents=(incident(), incident(kind=IncidentKind.CSM_CHURN)),
    letters=(draft(),),
    opportunities=(
        Opportunity(
            opportunity_id="codev:acme:kafka",
            account_id="acme",
            kind=OpportunityKind.CODEV,
            name="Kafka",
            found_by="technical_account_manager",
            state=OpportunityState.HELD,
            body={},
            found_at=NOW,
            updated_at=NOW,
        ),
    ),
)

HEALTH = HealthScoreResult(
    account_id="acme",
    score=35,
    rag_status="Red",
    previous_score=95,
    previous_rag="Green",
    p1_p2_ticket_count=1,
    oldest_p1_p2_age_days=9,
    total_open_tickets=2,
    hours_since_heartbeat=48,
    scan_timestamp=NOW,
)
CSM_HEALTH = CSMHealthScoreResult(
    account_id="acme",
    score=55,
    rag_status="Amber",
    previous_score=80,
    previous_rag="Green",
    coverage=80,
    tam_rag="Red",
    scan_timestamp=NOW,
)
CHURN = ChurnRiskResult(
    account_id="acme",
    churn_risk_level="high",
    days_to_renewal=296,
    health_rag=Band.AMBER,
)
TOLD = EscalationNotificationResult(account_id="acme", draft_id="draft-1")
SEATS = ExpansionOpportunity(
    account_id="acme",
    opportunity_type="seats",
    evidence="40 of 50 seats are in use",
    evidence_rows=[EvidenceRow(fact="seats_used", value="40")],
)
CODEV = CoDevProposal(
    account_id="acme", opportunity_id="codev:acme:kafka", opportunity_name="Kafka"
)


def reasons(payload: Shape, handoff_type: str = "health_report", *, about: Dossier = KNOWN) -> str:
    return "; ".join(reasons_to_refuse(payload, about, handoff_type=handoff_type))


def with_health(**changed: object) -> TAMHandoffResponse:
    return TAMHandoffResponse(health_score=HEALTH.model_copy(update=changed))


def with_csm_health(**changed: object) -> CSMHandoffResponse:
    return CSMHandoffResponse(health_score=CSM_HEALTH.model_copy(update=changed))


def with_churn(**changed: object) -> CSMHandoffResponse:
    return CSMHandoffResponse(churn_risk=CHURN.model_copy(update=changed))


def with_notice(**changed: object) -> TAMHandoffResponse:
    return TAMHandoffResponse(escalation_result=TOLD.model_copy(update=changed))


@pytest.mark.parametrize(
    "payload, handoff_type",
    [
        (TAMHandoffResponse(health_score=HEALTH, escalation_result=TOLD), "health_report"),
        (TAMHandoffResponse(handoff_type="escalation_alert"), "escalation_alert"),
        (
            CSMHandoffResponse(
                health_score=CSM_HEALTH, churn_risk=CHURN, expansion_opportunities=[SEATS]
            ),
            "health_report",
        ),
        (CSMHandoffResponse(handoff_type="escalation_alert"), "escalation_alert"),
        (SEATS, "dispatch_expansion_opportunity"),
        (CODEV, "tam_codev_opportunity"),
        (TAMHandoffRequest(account_id="acme", tenant_id="main"), "dispatch_tam_health_check"),
        (CSMHandoffRequest(account_id="acme", tenant_id="main"), "health_report"),
    ],
)
def test_what_the_store_bears_out_is_taken(payload: Shape, handoff_type: str) -> None:
    assert reasons(payload, handoff_type) == ""


@pytest.mark.parametrize(
    "changed, reason",
    [
        ({"account_id": "beta"}, "health_score.account_id: it is about another account"),
        ({"score": 36}, "health_score.score: the store has 35"),
        ({"rag_status": "Green"}, "health_score.rag_status: the store has Red"),
        ({"previous_score": 94}, "health_score.previous_score: it never had this score"),
        ({"previous_rag": "Amber"}, "health_score.previous_rag: it never was in this band"),
        ({"p1_p2_ticket_count": 2}, "health_score.p1_p2_ticket_count: the store has 1"),
        ({"total_open_tickets": 3}, "health_score.total_open_tickets: the store has 2"),
        ({"oldest_p1_p2_age_days": 20.0}, "health_score.oldest_p1_p2_age_days: no open ticket"),
        ({"oldest_p1_p2_age_days": 0.0}, "health_score.oldest_p1_p2_age_days: no open ticket"),
        ({"hours_since_heartbeat": 400.0}, "health_score.hours_since_heartbeat: the last"),
        ({"scan_timestamp": NOW + timedelta(hours=1)}, "health_score.scan_timestamp: it lies in"),
    ],
)
def test_technical_figures_are_the_stores(changed: dict[str, object], reason: str) -> None:
    assert reason in reasons(with_health(**changed))


def test_a_calm_account_has_no_old_tickets_and_no_heartbeat_to_tell_of() -> None:
    calm = dossier()
    told = HealthScoreResult(account_id="acme", score=90, rag_status="Green", scan_timestamp=NOW)
    assert reasons(TAMHandoffResponse(health_score=told), about=calm) == ""
    forged = told.model_copy(update={"hours_since_heartbeat": 5.0, "oldest_p1_p2_age_days": 1.0})
    found = reasons(TAMHandoffResponse(health_score=forged), about=calm)
    assert "oldest_p1_p2_age_days" in found
    assert "hours_since_heartbeat" in found


def test_an_age_told_as_of_the_scan_counts_as_well() -> None:
    scanned = NOW - timedelta(days=1)
    told = with_health(
        scan_timestamp=scanned, oldest_p1_p2_age_days=8.0, hours_since_heartbeat=24.0
    )
    assert reasons(told) == ""


@pytest.mark.parametrize(
    "changed, reason",
    [
        ({"account_id": "beta"}, "health_score.account_id: it is about another account"),
        ({"score": 56}, "health_score.score: the store has 55"),
        ({"rag_status": "Red"}, "health_score.rag_status: the store has Amber"),
        ({"coverage": 100}, "health_score.coverage: the store has 80"),
        ({"tam_rag": "Green"}, "health_score.tam_rag: it is not the band"),
    ],
)
def test_commercial_figures_are_the_stores(changed: dict[str, object], reason: str) -> None:
    assert reason in reasons(with_csm_health(**changed))


@pytest.mark.parametrize(
    "changed, reason",
    [
        ({"account_id": "beta"}, "churn_risk.account_id: it is about another account"),
        ({"churn_risk_level": "low"}, "churn_risk.churn_risk_level: it is not the one"),
        ({"days_to_renewal": 5}, "churn_risk.days_to_renewal: the contract says otherwise"),
        ({"health_rag": Band.GREEN}, "churn_risk.health_rag: it is not the band"),
    ],
)
def test_churn_is_what_the_record_says(changed: dict[str, object], reason: str) -> None:
    assert reason in reasons(with_churn(**changed))


@pytest.mark.parametrize(
    "changed, reason",
    [
        ({"account_id": "beta"}, "escalation_result.account_id: it is about another account"),
        ({"draft_id": "d-0000000000"}, "escalation_result.draft_id: the account has no such"),
    ],
)
def test_an_escalation_tells_of_drafts_that_there_are(
    changed: dict[str, object], reason: str
) -> None:
    assert reasons(with_notice(**changed)).startswith(reason)


def test_a_notice_without_a_draft_claims_none() -> None:
    assert reasons(with_notice(draft_id=None)) == ""


def test_an_account_that_was_never_scored_bears_out_no_score() -> None:
    bare = dossier(records={}, history={}, facts=known_facts(contract=None))
    told = HEALTH.model_copy(update={"previous_score": None, "previous_rag": None})
    assert "health_score.score: the account has none" in reasons(
        TAMHandoffResponse(health_score=told), about=bare
    )
    csm = CSM_HEALTH.model_copy(update={"previous_score": None, "previous_rag": None})
    found = reasons(CSMHandoffResponse(health_score=csm, churn_risk=CHURN), about=bare)
    assert found.count("churn_risk.") == 3
    assert "tam_rag" in found


def test_opportunities_in_an_answer_are_looked_at_one_by_one() -> None:
    forged = SEATS.model_copy(
        update={"evidence_rows": [EvidenceRow(fact="seats_used", value="49")]}
    )
    told = CSMHandoffResponse(expansion_opportunities=[SEATS, forged])
    assert reasons(told) == (
        "expansion_opportunities.1.evidence_rows.0: seats_used is not what the store has"
    )


@pytest.mark.parametrize("answer", [TAMHandoffResponse, CSMHandoffResponse])
def test_an_alert_needs_an_incident_that_stands(
    answer: type[TAMHandoffResponse] | type[CSMHandoffResponse],
) -> None:
    told = answer(handoff_type="escalation_alert")
    assert reasons(told, "escalation_alert", about=dossier()) == (
        "escalation_alert: no escalation of this account stands"
    )


@pytest.mark.parametrize(
    "payload",
    [
        TAMHandoffResponse(handoff_type="escalation_alert"),
        CSMHandoffResponse(handoff_type="escalation_alert"),
        TAMHandoffRequest(account_id="acme", tenant_id="main", handoff_type="escalation_alert"),
    ],
)
def test_a_payload_is_handed_over_as_what_it_says_it_is(payload: Shape) -> None:
    assert reasons(payload, "health_report") == (
        "handoff_type: it was handed over as health_report"
    )


@pytest.mark.parametrize("asked", [TAMHandoffRequest, CSMHandoffRequest])
def test_a_request_of_another_tenant_or_account_is_refused(
    asked: type[TAMHandoffRequest] | type[CSMHandoffRequest],
) -> None:
    told = asked(account_id="beta", tenant_id="other")
    assert reasons(told) == (
        "tenant_id: it is another tenant's; account_id: it is about another account"
    )


def test_a_co_development_is_one_that_is_remembered_of_this_account() -> None:
    forged = CODEV.model_copy(update={"account_id": "beta", "opportunity_id": "codev:beta:x"})
    assert reasons(forged, "tam_codev_opportunity") == (
        "account_id: it is about another account; "
        "opportunity_id: the account has no such opportunity"
    )


def test_what_nothing_is_known_of_is_refused() -> None:
    assert reasons(EvidenceRow(fact="arr", value="1")).startswith("payload: nothing is known")
