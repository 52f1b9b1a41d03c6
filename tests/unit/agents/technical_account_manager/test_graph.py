"""The TAM's graph: what each of its seven tasks comes to. Nothing in it acts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from app.agents.plan import Plan
from app.agents.technical_account_manager.agent import build_graph
from app.agents.technical_account_manager.planner import TAMPlanner
from app.agents.technical_account_manager.schemas import TASK_TYPES, TAMResult
from app.agents.tracing import forbid_tracing
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.document import Document, DocumentKind
from app.domain.dossier import Dossier
from app.domain.effect import EffectKind
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.domain.ticket import Priority
from app.domain.told import Told
from app.errors import InvalidInput, NotFound, TransientServiceError
from app.services.checked_writer import NoModel
from app.services.writing import writer_with
from tests.builders import (
    NOW,
    account,
    days_ago,
    draft,
    health_record,
    incident,
    interaction,
    stakeholder,
    ticket,
)
from tests.fakes.dossiers import DossiersInMemory, dossier, known_facts
from tests.unit.agents.technical_account_manager.books import BookInMemory, escalated

RELEASE: dict[str, JsonValue] = {
    "version": "4.2",
    "released_on": "2026-03-01",
    "items": [
        {"title": "Bulk mode", "integrations": ["Salesforce"]},
        {"title": "Workday", "integrations": ["Workday"]},
    ],
}
ROADMAP: list[JsonValue] = [
    {"title": "Okta sign-on", "integrations": ["Okta"], "planned_for": "2027-Q1"},
    {"title": "Workday", "integrations": ["Workday"]},
]
LETTER_TYPES = tuple(
    kind for kind in TASK_TYPES if kind not in ("health_scan", "update_relationship_profile")
)
ACME = dossier(
    stakeholders=(stakeholder(name="Sam Miller", is_primary=True),),
    facts=known_facts(open_tickets=(ticket(priority=Priority.P1, subject="Export fails"),)),
    contacts=(interaction(),),
)
BETA = dossier(
    facts=known_facts(account=account(account_id="beta", name="Beta")),
    records={Agent.TAM: health_record(account_id="beta", score=70)},
)


NOTHING_MORE: Mapping[str, JsonValue] = {}


def planner(*given: Dossier, told: Told | None = None) -> TAMPlanner:
    return TAMPlanner(
        dossiers=DossiersInMemory(*given),
        books=BookInMemory(*given, told=() if told is None else (told,)),
        writer=writer_with(NoModel()),
    )


def planned(
    task_type: str,
    *given: Dossier,
    account_id: str | None = "acme",
    told: Told | None = None,
    more: Mapping[str, JsonValue] = NOTHING_MORE,
) -> Plan:
    task: dict[str, JsonValue] = {
        "task_type": task_type,
        "tenant_id": "main",
        "account_id": account_id,
        **more,
    }
    return asyncio.run(planner(*(given or (ACME, BETA)), told=told).plan(task, request="r-1"))


def result_of(plan: Plan) -> TAMResult:
    return TAMResult.model_validate(plan.result)


def more_of(task_type: str) -> dict[str, JsonValue]:
    if task_type == "release_notes":
        return {"release_info": RELEASE}
    return {"metadata": {"roadmap_items": ROADMAP}}


@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_every_task_comes_to_a_plan_and_the_same_facts_to_the_same_plan(task_type: str) -> None:
    more = more_of(task_type)
    first, again = (planned(task_type, more=more) for _ in range(2))

    assert first.model_dump_json() == again.model_dump_json()
    assert result_of(first).task_type == task_type
    assert first.group.startswith(f"task:{task_type}:acme:")


@pytest.mark.parametrize("task_type", LETTER_TYPES)
def test_each_letter_is_drafted_to_the_person_greeted(task_type: str) -> None:
    plan = planned(task_type, more=more_of(task_type))

    [effect] = plan.effects
    body = effect.payload["draft"]
    assert isinstance(body, dict)
    assert body["to"] == ["sam@acme.example"]
    assert str(body["body_text"]).startswith("Hello Sam,")
    assert (effect.kind, body["communication_type"]) == (EffectKind.DRAFT, task_type)
    result = result_of(plan)
    assert result.communication_content == body["body_text"]
    assert "draft_id" in plan.result


def test_a_scan_of_one_account_tells_its_score_and_whom_it_reached() -> None:
    result = result_of(planned("health_scan", told=escalated(*EffectKind)))

    assert result.health_score is not None
    assert (result.health_score.score, result.health_score.p1_p2_ticket_count) == (90, 1)
    assert result.escalation_result is not None
    assert all(result.escalation_result.channels.values())
    assert (result.draft_id, result.confidence) == ("d-1", "high")


def test_a_scan_of_an_account_without_a_score_says_why() -> None:
    unknown = dossier(records={})

    assert result_of(planned("health_scan", unknown)).reasons == ["never scanned: no score"]


def test_a_scan_of_the_book_tells_every_score() -> None:
    result = result_of(planned("health_scan", account_id=None))

    assert [one.account_id for one in result.health_scores] == ["acme", "beta"]
    assert result.health_score is None


def test_a_release_that_does_not_matter_makes_no_letter_and_says_why() -> None:
    quiet: dict[str, JsonValue] = {**RELEASE, "items": [{"title": "x", "features": ["None"]}]}

    plan = planned("release_notes", more={"release_info": quiet})

    assert plan.effects == []
    assert "no letter is written" in result_of(plan).reasons[0]


def test_release_notes_are_written_once_per_release_whatever_the_request() -> None:
    assert (
        planned("release_notes", more={"release_info": RELEASE}).group
        == "task:release_notes:acme:4.2"
    )


def test_the_release_last_handed_in_is_taken_where_the_task_names_none() -> None:
    handed_in = Document(
        kind=DocumentKind.RELEASE,
        subject="",
        key="4.1",
        title="Release 4.1",
        body={**RELEASE, "version": "4.1"},
        made_by="rita",
        made_at=days_ago(1),
    )

    plan = planned("release_notes", dossier(documents=(handed_in,)))

    assert plan.group == "task:release_notes:acme:4.1"
    assert result_of(plan).reasons == ["Bulk mode: has Salesforce connected"]


def test_a_roadmap_preview_surfaces_what_could_be_built_together_once() -> None:
    plan = planned("roadmap_preview", more=more_of("roadmap_preview"))

    [found] = plan.opportunities
    [handoff] = plan.handoffs
    assert found.opportunity_id == handoff.key == "codev:acme:okta-sign-on"
    profile = result_of(plan).relationship_profile
    assert profile is not None
    assert [one.opportunity_name for one in profile.co_dev_opportunities] == ["Okta sign-on"]
    known = Opportunity(
        **found.model_dump(exclude={"state"}),
        found_by="technical_account_manager",
        state=OpportunityState.DISPATCHED,
        found_at=NOW,
        updated_at=NOW,
    )
    again = planned("roadmap_preview", dossier(opportunities=(known,)), more=more_of(""))
    assert again.handoffs == []
    assert known.kind is OpportunityKind.CODEV


def test_a_roadmap_preview_without_any_roadmap_asks_the_customer() -> None:
    result = result_of(planned("roadmap_preview"))

    assert result.reasons == ["no roadmap item is known: nothing to align"]
    assert "What do you plan" in (result.communication_content or "")


def test_a_profile_is_kept_with_what_the_rep_says_of_it() -> None:
    updates: dict[str, JsonValue] = {
        "stakeholders": [{"name": "Sam Miller", "technical_maturity": "high"}]
    }

    plan = planned("update_relationship_profile", more={"profile_updates": updates})

    assert plan.effects == []
    assert [(one.kind, one.key) for one in plan.documents] == [("profile", ""), ("profile", "rep")]
    profile = result_of(plan).relationship_profile
    assert profile is not None
    assert (
        profile.stakeholders[0].technical_maturity,
        profile.stakeholders[0].maturity_source,
    ) == (
        "high",
        "rep",
    )


def test_an_update_of_what_is_computed_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"profile_updates\.health_score: cannot be set"):
        planned("update_relationship_profile", more={"profile_updates": {"health_score": 100}})


def test_an_escalation_letter_belongs_to_its_incident() -> None:
    red = dossier(
        incidents=(incident(revision=2),),
        records={key: health_record(band=Band.RED, score=20) for key in ACME.records},
    )

    [effect] = planned("escalation_outreach", red).effects

    body = effect.payload["draft"]
    assert isinstance(body, dict)
    assert (body["incident_id"], body["revision"]) == ("tam_escalation:acme:1", 2)


def test_an_escalation_letter_that_waits_already_is_the_answer() -> None:
    red = dossier(incidents=(incident(),), letters=(draft(),))

    plan = planned("escalation_outreach", red)

    assert (plan.effects, plan.result["draft_id"]) == ([], "draft-1")


def test_an_account_nobody_has_is_not_found_and_an_outage_is_not_an_empty_answer() -> None:
    with pytest.raises(NotFound):
        planned("health_checkin", account_id="nobody")
    down = TAMPlanner(
        dossiers=DossiersInMemory(failure=TransientServiceError("store", "read", "down")),
        books=BookInMemory(ACME),
        writer=writer_with(NoModel()),
    )
    task: dict[str, JsonValue] = {
        "task_type": "health_checkin",
        "tenant_id": "main",
        "account_id": "acme",
    }
    with pytest.raises(TransientServiceError):
        asyncio.run(down.plan(task, request="r-1"))


@pytest.mark.parametrize(
    "task_type, more, accounts",
    [
        ("health_scan", {}, ()),
        ("health_checkin", {}, ("acme", "beta")),
        ("customer_success_review", {}, ("acme", "beta")),
        ("roadmap_preview", {}, ("acme", "beta")),
        ("update_relationship_profile", {}, ("acme", "beta")),
        ("release_notes", {"release_info": RELEASE}, ("acme",)),
        ("escalation_outreach", {}, ("beta",)),
        ("health_checkin", {"account_id": "acme"}, ()),
    ],
)
def test_a_task_without_an_account_is_fanned_out_to_whom_it_concerns(
    task_type: str, more: dict[str, JsonValue], accounts: tuple[str, ...]
) -> None:
    beta = dossier(
        facts=known_facts(account=account(account_id="beta", integrations=("Oracle",))),
        incidents=(incident(subject="beta"),),
    )
    task: dict[str, JsonValue] = {"task_type": task_type, "tenant_id": "main", **more}

    assert asyncio.run(planner(ACME, beta).accounts_for(task)) == accounts


def test_words_on_a_profile_are_about_one_account() -> None:
    task: dict[str, JsonValue] = {
        "task_type": "update_relationship_profile",
        "tenant_id": "main",
        "profile_updates": {"customer_environment": ["Okta"]},
    }

    with pytest.raises(InvalidInput, match="give its account_id"):
        asyncio.run(planner(ACME).accounts_for(task))


def test_a_letter_that_concerns_nobody_is_answered_as_one() -> None:
    result = result_of(planned("release_notes", account_id=None, more={"release_info": RELEASE}))

    assert result.reasons == ["no active account is concerned: nothing is written"]


def test_only_a_health_scan_wants_the_accounts_scanned_first() -> None:
    wants = [
        kind
        for kind in TASK_TYPES
        if planner(ACME).wants_scan({"task_type": kind, "tenant_id": "main"})
    ]

    assert wants == ["health_scan"]
    assert planner(ACME).agent_id == "technical_account_manager"


def test_the_graph_is_made_once_and_untraced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")

    forbid_tracing()

    assert os.environ["LANGSMITH_TRACING"] == "false"
    assert build_graph() is build_graph()
    drawn = build_graph().get_graph()
    assert {"read_account", "build_profile", "word_letter", "plan_letter"} <= set(drawn.nodes)
