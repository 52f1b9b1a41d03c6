"""What each of the Sales Agent's tasks comes to: the whole graph over dossiers in memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pydantic import JsonValue

from app.agents.front_door import as_json
from app.agents.plan import Plan
from app.agents.sales.agent import build_graph
from app.agents.sales.letter import offer_facts, recipients
from app.agents.sales.planner import SalesPlanner
from app.agents.sales.schemas import SalesResult
from app.domain.dossier import Dossier
from app.domain.effect import EffectKind
from app.domain.feed import FactKind
from app.domain.opportunity import OpportunityKind, OpportunityState
from app.domain.proposal import NO_PROPOSAL
from app.errors import InvalidInput, NotFound
from app.services.checked_writer import NoModel
from app.services.writing import writer_with
from tests.builders import days_ago, draft, engagement, feed, feed_view, incident, rep
from tests.fakes.dossiers import DossiersInMemory
from tests.unit.agents.sales.offers import CODEV, MODULE, SEATS, SEATS_ID, calm, remembered


class Waiting:
    """`OpportunityBook` of given accounts."""

    def __init__(self, *accounts: str) -> None:
        self._accounts = accounts

    async def accounts_waiting(self) -> tuple[str, ...]:
        return self._accounts


def planner(*dossiers: Dossier, waiting: tuple[str, ...] = ()) -> SalesPlanner:
    return SalesPlanner(
        dossiers=DossiersInMemory(*dossiers),
        opportunities=Waiting(*waiting),
        writer=writer_with(NoModel()),
    )


def plan(
    given: Dossier,
    task_type: str = "handle_expansion_opportunity",
    account_id: str | None = "acme",
    **more: JsonValue,
) -> Plan:
    task: dict[str, JsonValue] = {"tenant_id": "main", "task_type": task_type, **more}
    if account_id is not None:
        task["account_id"] = account_id
    return asyncio.run(planner(given).plan(task, request="2026-03-11:abc"))


def result(of: Plan) -> SalesResult:
    return SalesResult.model_validate(of.result)


def note(of: Plan) -> str:
    (told,) = [effect for effect in of.effects if effect.kind is EffectKind.EMAIL]
    assert told.payload["rep_email"] == "rita@tend.example"
    text = told.payload["text"]
    assert isinstance(text, str)
    return text


def test_room_to_grow_is_recorded_and_a_letter_drafted_for_the_rep() -> None:
    made = plan(calm(remembered()), opportunity=as_json(SEATS), opportunity_id=SEATS_ID)
    (opportunity,) = made.opportunities
    assert (opportunity.opportunity_id, opportunity.state) == (
        SEATS_ID,
        OpportunityState.RECORDED,
    )
    drafted = made.effects[0]
    assert drafted.kind is EffectKind.DRAFT
    letter = drafted.payload["draft"]
    assert isinstance(letter, dict)
    assert letter["communication_type"] == "expansion_outreach"
    assert (letter["rep_email"], letter["to"]) == ("rita@tend.example", ["sam@acme.example"])
    assert letter["subject"] == "Seats for your team at Acme GmbH"
    assert "48 of your 50 seats" in str(letter["body_text"])
    assert note(made) == (
        "[SALES NOTE] Acme GmbH: room for 13 more seats\n"
        "- Ask who joins next\n"
        "- A draft to the customer is waiting for you: tend drafts"
    )
    told = result(made)
    assert (told.opportunity_state, told.communication_type) == ("recorded", "expansion_outreach")
    assert told.communication_content == letter["body_text"]
    assert "draft_id" in made.result
    assert made.look_again_seconds == 0


def test_what_is_internal_stays_out_of_the_letter() -> None:
    made = plan(calm(), opportunity=as_json(SEATS))
    letter = made.effects[0].payload["draft"]
    assert isinstance(letter, dict)
    assert "Ask who" not in str(letter["body_text"])


def test_the_same_opportunity_is_the_same_group_whoever_asks() -> None:
    by_hand = plan(calm(remembered()))
    handed_over = plan(calm(remembered()), opportunity=as_json(SEATS), opportunity_id=SEATS_ID)
    assert by_hand.group == handed_over.group == f"sales:growth:{SEATS_ID}"


def test_one_at_a_time_and_the_rest_is_told_of() -> None:
    two = calm(remembered(opportunity_id="b"), remembered(opportunity_id="a"))
    told = result(plan(two))
    assert (told.opportunity_id, told.partial) == ("a", True)
    assert told.reasons == ["1 more opportunity waits to be taken up"]
    three = calm(*(remembered(opportunity_id=name) for name in "cba"))
    assert result(plan(three)).reasons == ["2 more opportunities wait to be taken up"]
    asked_for = result(plan(two, opportunity=as_json(SEATS), opportunity_id="b"))
    assert not asked_for.partial


@pytest.mark.parametrize("is_known", [True, False])
def test_nothing_is_offered_while_an_escalation_stands(is_known: bool) -> None:
    given = calm(*([remembered()] if is_known else []))
    troubled = replace(given, incidents=(incident(),))
    made = plan(troubled, opportunity=as_json(SEATS), opportunity_id=SEATS_ID)
    assert [effect.kind for effect in made.effects] == [EffectKind.EMAIL]
    (opportunity,) = made.opportunities
    assert opportunity.state is OpportunityState.HELD
    assert opportunity.why_held == "a technical escalation stands since 2026-03-11"
    assert result(made).opportunity_state == ("dispatched" if is_known else "held")
    assert "no letter for now\n- Not now: a technical escalation stands" in note(made)
    assert made.look_again_seconds == 86_400
    assert made.group == f"sales:held:{SEATS_ID}"


def test_what_was_taken_up_has_its_letter_already() -> None:
    key = f"main:sales:growth:{SEATS_ID}:draft"
    taken = replace(
        calm(remembered(state=OpportunityState.RECORDED)),
        letters=(draft(), draft(draft_id="d-1", key=key, body_text="Hello")),
    )
    told = result(plan(taken, opportunity_id=SEATS_ID))
    assert (told.draft_id, told.communication_content) == ("d-1", "Hello")
    made = plan(replace(taken, letters=()), opportunity_id=SEATS_ID)
    assert (result(made).draft_id, made.effects) == (None, [])


def test_where_nothing_waits_nothing_is_done() -> None:
    made = plan(calm())
    assert (made.effects, made.opportunities) == ([], [])
    assert result(made).reasons == ["no opportunity of acme waits to be taken up"]
    nobody = plan(calm(), account_id=None)
    assert result(nobody).reasons == ["no opportunity waits to be taken up"]


def test_a_co_development_is_recorded_and_the_rep_told_once() -> None:
    made = plan(calm(), "handle_codev_opportunity", codev=as_json(CODEV))
    (opportunity,) = made.opportunities
    assert (opportunity.kind, opportunity.state) == (
        OpportunityKind.CODEV,
        OpportunityState.RECORDED,
    )
    assert made.group == "sales:codev:codev:acme:kafka"
    assert note(made) == (
        "[SALES NOTE] Acme GmbH: could be built together: Kafka export (2026-Q3)\n"
        "- Streams instead of files\n"
        "- Why: works with Kafka, which is not connected"
    )
    short = CODEV.model_copy(update={"description": "", "planned_for": "", "evidence": []})
    bare = plan(calm(), "handle_codev_opportunity", codev=as_json(short))
    assert note(bare) == "[SALES NOTE] Acme GmbH: could be built together: Kafka export"


def test_an_escalation_keeps_back_what_waits_and_the_rep_is_told_once() -> None:
    given = replace(
        calm(remembered()),
        incidents=(incident(),),
        letters=(draft(draft_id="d-7", communication_type="expansion_outreach"),),
    )
    made = plan(given, "handle_escalation")
    assert note(made) == (
        "[SALES NOTE] Acme GmbH: no offers while this stands\n"
        "- a technical escalation stands since 2026-03-11\n"
        "- Keep this draft back: d-7\n"
        "- Waits until then: 13 more seats"
    )
    assert made.group == "sales:escalation:tam_escalation:acme:1"


def test_where_there_is_nothing_to_keep_back_nobody_is_bothered() -> None:
    made = plan(replace(calm(), incidents=(incident(),)), "handle_escalation")
    assert made.effects == []
    assert result(made).reasons == ["a technical escalation stands since 2026-03-11"]
    over = result(plan(calm(), "handle_escalation"))
    assert over.reasons == ["no escalation of this account stands: offers may go on"]


def test_a_health_check_is_handed_to_the_tam_once_for_each_request() -> None:
    made = plan(calm(), "dispatch_tam_health_check")
    (handoff,) = made.handoffs
    assert (handoff.handoff_type, handoff.target) == (
        "dispatch_tam_health_check",
        "technical_account_manager",
    )
    assert handoff.key == "tam_health_check:acme:2026-03-11:abc"
    assert handoff.payload["request_type"] == "health_scan"
    assert (handoff.payload["account_id"], handoff.payload["tenant_id"]) == ("acme", "main")


def test_nobody_owns_it_still_goes_somewhere() -> None:
    made = plan(replace(calm(), rep=rep(email="", name="")), opportunity=as_json(MODULE))
    assert {effect.payload.get("rep_email") for effect in made.effects[1:]} == {"unassigned"}


def test_an_account_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        plan(calm(), account_id="beta")


@pytest.mark.parametrize(
    "task",
    [
        {"task_type": "handle_escalation"},
        {"task_type": "handle_expansion_opportunity", "account_id": "b", "codev": as_json(CODEV)},
        {"task_type": "handle_expansion_opportunity", "colour": "red"},
    ],
)
def test_a_task_that_makes_no_sense_is_refused(task: dict[str, JsonValue]) -> None:
    with pytest.raises(InvalidInput):
        asyncio.run(planner().accounts_for({"tenant_id": "main", **task}))


def test_without_an_account_all_that_waits_is_taken_up() -> None:
    task: dict[str, JsonValue] = {
        "tenant_id": "main",
        "task_type": "handle_expansion_opportunity",
    }
    having = planner(waiting=("acme", "beta"))
    assert asyncio.run(having.accounts_for(task)) == ("acme", "beta")
    assert asyncio.run(having.accounts_for({**task, "account_id": "acme"})) == ()
    assert not having.wants_scan(task)
    assert having.agent_id == "sales"


def test_a_letter_is_addressed_to_the_primary_contact_or_the_first() -> None:
    given = calm()
    assert recipients(given) == ("sam@acme.example",)
    assert recipients(replace(given, stakeholders=given.stakeholders[:1])) == (
        "first@acme.example",
    )
    assert recipients(replace(given, stakeholders=())) == ()


def test_a_letter_speaks_of_use_only_where_it_can_be_trusted() -> None:
    given = calm()
    assert offer_facts(given, NO_PROPOSAL).features_used == ("Alerts",)
    late = feed(last_ok_at=days_ago(9), late_after_hours=24, provides=frozenset(FactKind))
    doubtful = replace(given, feeds=feed_view(feeds=(late,)))
    assert offer_facts(doubtful, NO_PROPOSAL).features_used == ()
    open_ended = replace(
        given,
        facts=replace(
            given.facts,
            account=replace(given.facts.account, features=()),
            engagement=engagement(),
        ),
    )
    assert offer_facts(open_ended, NO_PROPOSAL).features_used == ("Alerts",)


def test_the_graph_can_be_drawn() -> None:
    drawn = build_graph().get_graph().draw_mermaid()
    assert "weigh_growth -.-> keep_back" in drawn.replace("&nbsp;", "")
    assert build_graph() is build_graph()
