"""The CSM's plans, story by story: what each task comes to, and that nothing else happens."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from app.agents.customer_success.planner import CSMPlanner
from app.agents.customer_success.readings import Scanned
from app.agents.customer_success.schemas import TASK_TYPES, CSMResult
from app.agents.front_door import as_json
from app.agents.plan import Plan
from app.domain.account import UNASSIGNED
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.document import Document, DocumentKind
from app.domain.dossier import Dossier
from app.domain.effect import EffectKind
from app.domain.feed import FactKind
from app.domain.opportunity import OpportunityKind, OpportunityState
from app.domain.ticket import Priority
from app.domain.told import Told
from app.errors import InvalidInput, NotFound
from app.handoffs.payloads import ExpansionOpportunity
from app.handoffs.validators import StrictnessConfig, received
from app.services.checked_writer import NoModel
from app.services.writing import writer_with
from tests.builders import NOW, contract, days_ago, feed, feed_view, health_record, rep, ticket
from tests.fakes.csm_books import CsmBookInMemory
from tests.fakes.dossiers import DossiersInMemory, dossier, known_facts
from tests.unit.agents.customer_success.any_dossiers import dossiers
from tests.unit.agents.customer_success.test_gate import found

FULL = known_facts(contract=contract(seats_used=50))
SEATS = "seats:acme:acme-1:50"
UNTRUSTED = feed_view(
    feeds=(feed(provides=frozenset({FactKind.USAGE}), failed_since=days_ago(1), reason="401"),)
)


def planner(*given: Dossier, books: CsmBookInMemory | None = None) -> CSMPlanner:
    return CSMPlanner(
        dossiers=DossiersInMemory(*given),
        books=books or CsmBookInMemory(),
        writer=writer_with(NoModel()),
    )


def plan(
    given: Dossier,
    task_type: str,
    metadata: dict[str, JsonValue] | None = None,
    *,
    books: CsmBookInMemory | None = None,
    request: str = "r-1",
) -> Plan:
    task: dict[str, JsonValue] = {
        "type": task_type,
        "tenant_id": "main",
        "account_id": given.account_id,
        "metadata": metadata or {},
    }
    return asyncio.run(planner(given, books=books).plan(task, request=request))


def result(made: Plan) -> CSMResult:
    return CSMResult.model_validate(made.result)


# --- which accounts


@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_a_task_without_an_account_is_about_each_active_one_but_a_scan_is_about_the_book(
    task_type: str,
) -> None:
    task: dict[str, JsonValue] = {"type": task_type, "tenant_id": "main"}
    asked = planner(dossier())
    is_scan = task_type == "csm_health_scan"

    assert asked.wants_scan(task) is is_scan
    assert asyncio.run(asked.accounts_for(task)) == (() if is_scan else ("acme",))
    assert asyncio.run(asked.accounts_for({**task, "account_id": "acme"})) == ()
    assert asked.agent_id == "customer_success"


def test_a_task_that_is_not_in_order_is_refused_with_its_fields() -> None:
    with pytest.raises(InvalidInput, match="mood: Extra inputs"):
        planner().wants_scan({"type": "generate_qbr", "tenant_id": "main", "mood": 1})


def test_an_account_that_is_not_there_is_named() -> None:
    with pytest.raises(NotFound, match="no account 'nobody'"):
        asyncio.run(
            planner().plan(
                {"type": "churn_assessment", "tenant_id": "main", "account_id": "nobody"},
                request="r",
            )
        )


# --- health


def scanned(account_id: str, score: int | None, before: int | None) -> Scanned:
    band = Band.UNKNOWN if score is None else Band.AMBER
    return Scanned(
        account_id=account_id,
        record=health_record(account_id=account_id, agent=Agent.CSM, score=score, band=band),
        tam=None,
        score_before=before,
    )


def test_a_scan_of_the_book_answers_with_every_score_and_counts_what_has_none() -> None:
    books = CsmBookInMemory(scanned("a", 60, 80), scanned("b", None, None), scanned("c", 55, None))
    task: dict[str, JsonValue] = {"type": "csm_health_scan", "tenant_id": "main"}
    made = asyncio.run(planner(books=books).plan(task, request="day"))
    answer = result(made)

    assert [(one.account_id, one.score, one.previous_rag) for one in answer.health_scores] == [
        ("a", 60, "Green"),
        ("c", 55, None),
    ]
    assert (answer.confidence, answer.reasons) == ("medium", ["1 active account without a score"])
    assert made.group == "task:csm_health_scan:day"
    assert not (made.effects)
    assert not (made.documents)
    assert not (made.opportunities)
    assert not (made.handoffs)


def test_a_scan_of_a_whole_known_book_is_sure() -> None:
    task: dict[str, JsonValue] = {"type": "csm_health_scan", "tenant_id": "main"}

    assert result(asyncio.run(planner().plan(task, request="day"))).confidence == "high"


def test_a_scan_of_one_account_tells_its_score_its_risk_and_who_was_told() -> None:
    alerted = Told(
        account_id="acme",
        done=frozenset({EffectKind.DRAFT, EffectKind.EVENT, EffectKind.EMAIL}),
        is_under_way=True,
        draft_id="d-1",
    )
    answer = result(plan(dossier(), "csm_health_scan", books=CsmBookInMemory(alerted=[alerted])))

    assert answer.health_score is not None
    assert answer.health_score.score == 82
    assert answer.churn_risk is not None
    assert (answer.churn_risk.churn_risk_level, answer.churn_risk.churn_narrative) == ("low", None)
    assert answer.escalation_result is not None
    assert answer.escalation_result.channels == {
        "notion": False,
        "event_bus": True,
        "email": True,
        "chat": False,
    }
    assert (answer.escalation_result.alerts_sent, answer.draft_id, answer.partial) == (
        1,
        "d-1",
        True,
    )


def test_a_scan_of_an_account_without_a_score_says_so() -> None:
    answer = result(plan(dossier(records={}), "csm_health_scan"))

    assert (answer.health_score, answer.churn_risk, answer.escalation_result) == (None, None, None)
    assert (answer.partial, answer.confidence) == (True, "low")
    assert answer.reasons == ["there is no score: too little is known of this account"]


# --- churn


def test_churn_is_told_with_its_reasons_for_the_rep_and_writes_nothing() -> None:
    near = known_facts(contract=contract(ends_on=NOW.date()))
    records = {Agent.CSM: health_record(agent=Agent.CSM, score=60, band=Band.AMBER)}
    made = plan(dossier(facts=near, records=records), "churn_assessment")
    churn = result(made).churn_risk

    assert churn is not None
    assert (churn.churn_risk_level, churn.churn_triggered_by, churn.days_to_renewal) == (
        "medium",
        "contract_proximity",
        1,
    )
    assert churn.health_rag is Band.AMBER
    assert str(churn.churn_narrative).splitlines()[:2] == [
        "Acme: churn risk medium. Why, for you only, never for the customer:",
        "- Contract acme-1 renews on 2026-03-12 (in 1 day), EUR 12,000.50 a year.",
    ]
    assert not (made.effects)
    assert not (made.documents)
    assert not (made.opportunities)
    assert not (made.handoffs)


def test_where_nothing_triggers_that_is_what_is_told() -> None:
    churn = result(plan(dossier(), "churn_assessment")).churn_risk

    assert churn is not None
    assert str(churn.churn_narrative).startswith("Acme: churn risk low. Nothing triggers it")


def test_facts_that_cannot_be_trusted_give_no_level() -> None:
    answer = result(plan(dossier(feeds=UNTRUSTED), "churn_assessment"))

    assert (answer.churn_risk, answer.partial, answer.confidence) == (None, True, "low")
    assert "401" in answer.reasons[0]


# --- expansion


def test_room_to_grow_is_remembered_and_handed_to_sales_once() -> None:
    made = plan(dossier(facts=FULL), "check_expansion")
    (opportunity,) = made.opportunities
    (handoff,) = made.handoffs

    assert (opportunity.opportunity_id, opportunity.state) == (SEATS, OpportunityState.DISPATCHED)
    assert (handoff.key, handoff.target, handoff.handoff_type) == (
        f"expansion:{SEATS}",
        "sales",
        "dispatch_expansion_opportunity",
    )
    assert (handoff.opportunity_id, handoff.account_id) == (SEATS, "acme")
    strict = StrictnessConfig().get_strictness(handoff.handoff_type)
    payload = received(handoff.payload, ExpansionOpportunity, strict)
    assert payload == result(made).expansion_opportunities[0]
    assert payload.recommended_talk_track.splitlines() == [
        "For your talk with Acme; yours alone, not to be sent as it stands.",
        f"- What is so: {payload.evidence}",
        "- Ask who is waiting for access, and which team comes next.",
        "- Offer 13 more seats at the price of the running contract.",
        "- The contract renews on 2027-01-01: the same date keeps both in step.",
    ]


def test_it_is_held_back_with_the_reason_while_something_is_wrong() -> None:
    wrong = known_facts(
        contract=contract(seats_used=50), open_tickets=(ticket(priority=Priority.P1),)
    )
    made = plan(dossier(facts=wrong), "check_expansion")

    assert [(one.state, one.why_held) for one in made.opportunities] == [
        (OpportunityState.HELD, "P1 is open: T-1")
    ]
    assert made.handoffs == []
    assert result(made).reasons == ["held back: P1 is open: T-1"]


def test_what_was_held_back_goes_out_when_that_ends() -> None:
    held = replace(found("acme"), opportunity_id=SEATS)
    made = plan(dossier(facts=FULL, opportunities=(held,)), "check_expansion")

    assert [one.key for one in made.handoffs] == [f"expansion:{SEATS}"]


@pytest.mark.parametrize(
    "state", [state for state in OpportunityState if state is not OpportunityState.HELD]
)
def test_what_went_out_before_is_left_alone(state: OpportunityState) -> None:
    known = replace(found("acme", state), opportunity_id=SEATS)
    made = plan(dossier(facts=FULL, opportunities=(known,)), "check_expansion")

    assert (made.opportunities, made.handoffs) == ([], [])
    assert len(result(made).expansion_opportunities) == 1


def test_what_was_held_back_and_is_not_found_any_more_stays_and_says_so() -> None:
    gone = replace(found("acme"), opportunity_id=SEATS)
    ours_not = found("acme", kind=OpportunityKind.CODEV)
    made = plan(dossier(opportunities=(gone, ours_not)), "check_expansion")

    assert [(one.opportunity_id, one.state, one.why_held) for one in made.opportunities] == [
        (SEATS, OpportunityState.HELD, "it is not found any more")
    ]
    assert made.handoffs == []


def test_a_contract_without_an_end_has_no_date_to_keep_in_step() -> None:
    endless = known_facts(contract=contract(seats_used=50, ends_on=None))
    (opportunity,) = result(plan(dossier(facts=endless), "check_expansion")).expansion_opportunities

    assert "renews" not in opportunity.recommended_talk_track


# --- adoption


def test_adoption_is_kept_as_the_accounts_one_report() -> None:
    made = plan(dossier(), "track_feature_adoption")
    (kept,) = made.documents
    report = result(made).feature_adoption

    assert (kept.kind, kept.subject, kept.key) == (DocumentKind.ADOPTION, "acme", "")
    assert report is not None
    assert kept.body == as_json(report)
    assert (report.adoption_rate, result(made).partial) == (0.75, False)


def test_adoption_that_nobody_tells_is_partly_an_answer() -> None:
    untold = dossier(feeds=feed_view(), facts=known_facts(usage=None))
    answer = result(plan(untold, "track_feature_adoption"))

    assert (answer.partial, answer.confidence) == (True, "low")
    assert answer.reasons == ["nobody tells which of its features are in use"]


# --- the review


def test_a_review_is_kept_under_its_quarter_and_the_rep_is_told_where_to_read_it() -> None:
    made = plan(dossier(), "generate_qbr")
    (kept,) = made.documents
    (mail,) = made.effects

    assert (kept.kind, kept.key, kept.title) == (
        DocumentKind.QBR,
        "2026-Q1",
        "Acme: quarterly business review for 2026-Q1",
    )
    assert made.group == "qbr:acme:2026-Q1"
    assert (mail.kind, mail.payload["rep_email"]) == (EffectKind.EMAIL, "rita@tend.example")
    assert str(mail.payload["text"]).splitlines() == [
        "[QBR READY] Acme: the quarterly business review for 2026-Q1 is prepared",
        "- health 82/100 (100 = healthy), Green",
        "ARR EUR 12,000.50, renews 2027-01-01",
        "Read it before you present it: tend qbr acme --period 2026-Q1",
    ]
    assert kept.body == as_json(result(made).qbr or pytest.fail("no review"))


def test_a_review_by_contract_is_kept_under_its_term() -> None:
    made = plan(dossier(), "generate_qbr", {"trigger": "contract_proximity"})

    assert made.documents[0].key == "2026-12-31:acme-1"
    assert "the contract term up to 2026-12-31" in str(made.effects[0].payload["text"])


def kept_of(made: Plan) -> Document:
    return Document(**made.documents[0].model_dump(), made_by="customer_success", made_at=NOW)


def test_a_second_ask_returns_the_review_there_is_and_tells_nobody() -> None:
    first = plan(dossier(), "generate_qbr")
    changed = dossier(facts=FULL, documents=(kept_of(first),))
    second = plan(changed, "generate_qbr")

    assert result(second).qbr == result(first).qbr
    assert (second.effects, second.documents) == ([], [])
    assert result(second).reasons == [
        "prepared on 2026-03-11 already; metadata.again makes it anew"
    ]


def test_asked_again_on_purpose_it_is_made_anew_and_the_rep_is_told_anew() -> None:
    first = plan(dossier(), "generate_qbr")
    changed = dossier(facts=FULL, documents=(kept_of(first),))
    again = plan(changed, "generate_qbr", {"again": True}, request="r-2")

    assert again.group == "qbr:acme:2026-Q1:again:r-2"
    assert result(again).qbr != result(first).qbr
    assert len(again.effects) == len(again.documents) == 1


def test_a_review_for_a_rep_that_nobody_is_goes_to_the_unassigned() -> None:
    bare = known_facts(contract=None)
    made = plan(dossier(rep=rep(email=""), facts=bare, records={}), "generate_qbr")

    assert made.effects[0].payload["rep_email"] == UNASSIGNED
    assert str(made.effects[0].payload["text"]).splitlines()[1].startswith("Read it")


def test_a_quarter_of_long_ago_is_refused() -> None:
    with pytest.raises(InvalidInput, match="there is no review for 2020-Q1"):
        plan(dossier(), "generate_qbr", {"period": "2020-Q1"})


# --- purity


@given(dossiers(), st.sampled_from(TASK_TYPES))
@settings(max_examples=40)
def test_planning_twice_comes_to_the_same_to_the_byte(given: Dossier, task_type: str) -> None:
    first, second = (plan(given, task_type) for _ in range(2))

    assert first.model_dump_json() == second.model_dump_json()
    assert Plan.model_validate_json(first.model_dump_json()) == first
    assert result(first).task_type == task_type
