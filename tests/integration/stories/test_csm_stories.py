"""The CSM's five tasks on the made-up book: what was true, what it did, what the rep finds."""

from __future__ import annotations

from decimal import Decimal

from app.agents.customer_success.schemas import FeatureAdoptionReport, QBRContent
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.document import DocumentKind
from app.domain.draft import DraftState
from app.domain.incident import IncidentKind
from app.domain.opportunity import OpportunityState
from tests.integration.stories.office import NOW, Office

MARCUS, DANA = (f"{name}@fathomline.example" for name in ("marcus.abiodun-cole", "dana.whitlocke"))


def test_a_scan_on_the_day_a_renewal_comes_near_tells_of_churn(office: Office) -> None:
    fernhollow = "fernhollow-foods"
    before = office.dossier(fernhollow)
    assert before.records[Agent.CSM].band is Band.AMBER
    assert before.facts.contract is not None
    assert before.facts.contract.renews_on is not None
    assert (before.facts.contract.renews_on - NOW.date()).days == 60

    result = office.csm("csm_health_scan", fernhollow)

    health, churn, told = result.health_score, result.churn_risk, result.escalation_result
    assert health is not None
    assert (health.score, health.rag_status, health.coverage) == (64, "Amber", 100)
    assert churn is not None
    assert (churn.churn_risk_level, churn.churn_triggered_by) == ("medium", "contract_proximity")
    assert churn.days_to_renewal == 60
    assert told is not None
    assert all(told.channels.values())
    assert not result.partial
    for channel in ("email", "chat"):
        (alert,) = office.alerts_of(fernhollow, channel)
        assert alert.startswith(f"{MARCUS}: [CSM ALERT] churn risk medium: Fernhollow Foods")
        assert "renews on 2026-05-10 and health is Amber" in alert
    assert office.news("escalations events") == [
        f"main:csm_churn:{fernhollow}:1:1:event agent.health"
    ]
    assert office.made() == {
        "drafts": 2,  # the new one waits, the old one is withdrawn
        "files": 1,
        "alerts": 2,
        "escalations events": 1,
        "incidents": 1,
    }


def test_a_letter_on_churn_takes_the_place_of_the_one_that_waited(office: Office) -> None:
    fernhollow = "fernhollow-foods"
    before = office.dossier(fernhollow)
    assert [one.kind for one in before.incidents] == [IncidentKind.CSM_HEALTH]
    (waiting,) = before.letters
    assert waiting.state is DraftState.WAITING

    result = office.csm("csm_health_scan", fernhollow)

    (draft,) = office.drafts_of(fernhollow)
    assert (draft.draft_id, draft.communication_type) == (result.draft_id, "churn_outreach")
    assert "churn" not in office.file_of(draft).as_string().lower()
    letters = {one.draft_id: one.state for one in office.dossier(fernhollow).letters}
    assert letters == {
        draft.draft_id: DraftState.WAITING,
        waiting.draft_id: DraftState.WITHDRAWN,
    }


def test_a_churn_assessment_says_why_and_writes_nothing(office: Office) -> None:
    redfern = "redfern-hollow-media"
    before = office.dossier(redfern)
    assert before.records[Agent.CSM].band is Band.RED
    assert before.facts.contract is not None
    assert str(before.facts.contract.renews_on) == "2026-04-21"

    result = office.csm("churn_assessment", redfern)

    churn = result.churn_risk
    assert churn is not None
    assert (churn.churn_risk_level, churn.churn_triggered_by) == ("critical", "both")
    assert (churn.days_to_renewal, churn.health_rag) == (41, "Red")
    assert churn.churn_narrative is not None
    for reason in (
        "renews on 2026-04-21 (in 41 days), GBP 56,500 a year",
        "Use fell to 1,452 events a week",
        "The last meaningful contact was on 2025-12-15, 86 days ago",
        "The newest survey answer is 3 of 10",
        "An invoice is 36 days overdue",
    ):
        assert reason in churn.churn_narrative
    assert office.made() == {}


def test_a_quarterly_review_is_kept_and_the_rep_told_where_to_read_it(office: Office) -> None:
    granite = "granite-spur-energy"
    before = office.dossier(granite)
    contract = before.facts.contract
    assert contract is not None
    assert (contract.seats_used, contract.seats_purchased) == (256, 270)
    assert before.records[Agent.CSM].band is Band.GREEN

    result = office.csm("generate_qbr", granite)

    review = result.qbr
    assert review is not None
    assert (review.period, review.trigger) == ("2026-Q1", "quarterly")
    assert "Health stands at 100 of 100" in review.account_health_summary.text
    assert "256 of 270 seats are in use (95 %)." in review.expansion_next_steps.text
    assert "9 of 9 features of the contract were used" in review.feature_adoption_scorecard.text
    figures = {one.label: one.value for one in review.roi_business_impact.metrics}
    assert figures["Field mapping"] == "11,804 uses x 2.5 min = 491.8 h"
    kept = office.document(DocumentKind.QBR, granite)
    assert kept.title == "Granite Spur Energy: quarterly business review for 2026-Q1"
    assert QBRContent.model_validate(dict(kept.body)) == review
    (note,) = office.alerts_of(granite)
    assert note.startswith(f"{MARCUS}: [QBR READY] Granite Spur Energy")
    assert f"tend qbr {granite} --period 2026-Q1" in note
    assert office.made() == {"documents": 1, "alerts": 1}


def test_a_customer_with_no_seat_left_is_found_and_sales_writes_an_offer(office: Office) -> None:
    ballintrae = "ballintrae-payments"
    before = office.dossier(ballintrae)
    contract = before.facts.contract
    assert contract is not None
    assert (contract.seats_used, contract.seats_purchased) == (57, 57)
    assert "NetSuite" in before.facts.account.environment
    assert before.opportunities == ()

    result = office.csm("check_expansion", ballintrae)

    seats, integration = result.expansion_opportunities
    assert (seats.opportunity_type, integration.opportunity_type) == ("seats", "integration")
    assert seats.estimated_arr_impact == Decimal("13552.63")
    assert "EUR 51,500 a year / 57 seats x 15 seats = EUR 13,552.63 a year" in seats.evidence
    assert integration.estimated_arr_impact is None
    found = office.dossier(ballintrae).opportunities
    assert {one.kind: one.state for one in found} == {
        "seats": OpportunityState.RECORDED,
        "integration": OpportunityState.RECORDED,
    }
    offers = {one.subject: one for one in office.drafts_of(ballintrae)}
    assert set(offers) == {
        "Seats for your team at Ballintrae Payments",
        "Would it help you to connect NetSuite?",
    }
    for offer in offers.values():
        assert (offer.communication_type, offer.rep_email) == ("expansion_outreach", DANA)
        assert "13,552" not in office.file_of(offer).as_string()
    notes = office.alerts_of(ballintrae)
    assert len(notes) == 2
    assert any("room for 15 more seats" in note and "EUR 13,552.63" in note for note in notes)
    assert office.made() == {
        "drafts": 2,
        "files": 2,
        "alerts": 2,
        "opportunities": 2,
        "handoffs events": 2,
    }


def test_room_to_grow_is_held_back_while_the_customer_is_in_trouble(office: Office) -> None:
    merrindoon = "merrindoon-resources"
    assert office.dossier(merrindoon).records[Agent.TAM].band is Band.RED

    result = office.csm("check_expansion", merrindoon)

    assert result.expansion_opportunities
    assert result.reasons[0].startswith("held back: ")
    held = office.dossier(merrindoon).opportunities
    assert {one.state for one in held} == {OpportunityState.HELD}
    assert all("P1" in one.why_held for one in held)
    assert office.made() == {"opportunities": len(held)}


def test_feature_adoption_is_measured_against_others_like_it_and_kept(office: Office) -> None:
    redfern = "redfern-hollow-media"
    before = office.dossier(redfern)
    assert len(before.facts.account.features) == 8
    assert before.peers.compared == 17

    result = office.csm("track_feature_adoption", redfern)

    report = result.feature_adoption
    assert report is not None
    assert (report.features_used, report.features_known, report.adoption_rate) == (1, 8, 0.125)
    assert report.compared_with.startswith("17 accounts of segment Mid-market")
    assert report.features[0].feature_name == "Scheduled syncs"
    assert report.features[0].recommendation == (
        "Show Scheduled syncs to the team: 16 of 17 comparable accounts (94 %) use it."
    )
    kept = office.document(DocumentKind.ADOPTION, redfern)
    assert FeatureAdoptionReport.model_validate(dict(kept.body)) == report
    assert office.made() == {"documents": 1}
