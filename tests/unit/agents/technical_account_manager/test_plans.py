"""What a task comes to, as a plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.agents.technical_account_manager.letter_facts import Correspondent
from app.agents.technical_account_manager.plans import (
    LOOK_BACK_DAYS,
    Kept,
    Worded,
    book_plan,
    escalation_of,
    group_of,
    health_plan,
    letter_plan,
    live_escalation,
    quiet_plan,
    scan_plan,
    waiting_letter,
    waiting_plan,
)
from app.agents.technical_account_manager.profile_words import ProfileWords
from app.agents.technical_account_manager.schemas import TAMResult, TAMTask
from app.agents.technical_account_manager.trust import trusted
from app.domain.draft import DraftState
from app.domain.effect import EffectKind
from app.domain.incident import IncidentKind
from app.handoffs.payloads import TamCommunication
from app.ports.writer import Letter
from tests.builders import draft, incident, rep, stakeholder
from tests.fakes.dossiers import dossier
from tests.unit.agents.technical_account_manager.books import escalated
from tests.unit.agents.technical_account_manager.shapes import health, profile

LETTER = Letter(subject="Hello", body_text="Hello Sam,\n", body_html="<p>Hello Sam,</p>")
SAM = stakeholder(is_primary=True)
KEPT = Kept(profile=profile(), said=ProfileWords())
ACME = dossier(stakeholders=(SAM,))
TO = Correspondent(dossier=ACME, known=trusted(ACME), people=(SAM,))
CHECKIN = Worded(communication_type="health_checkin", letter=LETTER, incident=None)
GROUP = "task:health_checkin:acme:2026-03"


def test_a_letter_whose_wording_was_refused_tells_the_rep_why() -> None:
    letter = replace(LETTER, confidence="low", refused=("the number 14 is not in the facts",))
    worded = replace(CHECKIN, letter=letter)
    plan = letter_plan(TO, worded, KEPT, group=GROUP, confidence="high")

    result = TAMResult.model_validate(plan.result)
    assert result.confidence == "low"
    assert result.reasons == ["the number 14 is not in the facts"]


def test_a_letter_is_a_draft_for_the_rep_with_the_profile_beside_it() -> None:
    plan = letter_plan(TO, CHECKIN, KEPT, group=GROUP, confidence="high", reasons=["because"])

    [effect] = plan.effects
    assert (plan.group, effect.kind, effect.subject) == (GROUP, "draft", "acme")
    assert effect.payload == {
        "draft": {
            "communication_type": "health_checkin",
            "account_id": "acme",
            "account_name": "Acme",
            "incident_id": "",
            "revision": 0,
            "rep_email": "rita@tend.example",
            "to": ["sam@acme.example"],
            "subject": "Hello",
            "body_text": "Hello Sam,\n",
            "body_html": "<p>Hello Sam,</p>",
            "worded_by": "template",
            "confidence": "high",
            "refused": [],
        },
        "letter": "health_checkin",
    }
    assert [one.kind for one in plan.documents] == ["profile"]
    result = TAMResult.model_validate(plan.result)
    assert (result.communication_type, result.communication_content) == (
        "health_checkin",
        "Hello Sam,\n",
    )
    assert (result.draft_id, result.confidence, result.reasons) == (None, "high", ["because"])
    assert result.relationship_profile == profile()


def test_a_letter_about_an_incident_is_taken_back_with_it() -> None:
    worded = replace(CHECKIN, incident=incident(revision=3))

    [effect] = letter_plan(TO, worded, KEPT, group=GROUP, confidence="high").effects

    body = effect.payload["draft"]
    assert isinstance(body, dict)
    assert (body["incident_id"], body["revision"]) == ("tam_escalation:acme:1", 3)


def test_a_letter_of_nobodys_account_to_nobody_known_waits_unassigned() -> None:
    bare = replace(ACME, rep=rep(email=""), stakeholders=())
    to = Correspondent(dossier=bare, known=trusted(bare), people=())

    [effect] = letter_plan(to, CHECKIN, KEPT, group=GROUP, confidence="high").effects

    body = effect.payload["draft"]
    assert isinstance(body, dict)
    assert (body["rep_email"], body["to"]) == ("unassigned", [])


def test_what_a_letter_had_to_leave_out_is_told_to_the_rep() -> None:
    to = replace(TO, known=replace(TO.known, troubles=("feed jira failed",)))

    plan = letter_plan(to, CHECKIN, KEPT, group=GROUP, confidence="low", reasons=["one"])

    assert plan.result["reasons"] == ["one", "feed jira failed"]


def test_no_letter_is_a_result_too() -> None:
    plan = quiet_plan(
        "release_notes", KEPT, group=GROUP, confidence="medium", reasons=["nothing concerns it"]
    )

    assert (plan.effects, plan.result["draft_id"]) == ([], None)
    assert plan.result["communication_content"] is None
    assert plan.result["reasons"] == ["nothing concerns it"]
    assert len(plan.documents) == 1


def test_a_letter_that_waits_already_is_the_answer() -> None:
    waiting = draft(incident_id="tam_escalation:acme:1")

    plan = waiting_plan(waiting, KEPT, group=GROUP, confidence="high")

    assert plan.effects == []
    assert (plan.result["draft_id"], plan.result["communication_content"]) == (
        "draft-1",
        "Dear Sam",
    )


def test_the_live_escalation_and_its_waiting_letter_are_found() -> None:
    escalation = incident()
    churn = incident(kind=IncidentKind.CSM_CHURN)
    others = [
        draft(draft_id="d-1", state=DraftState.DROPPED),
        draft(draft_id="d-2", incident_id="other"),
    ]

    assert live_escalation([churn, escalation]) == escalation
    assert live_escalation([churn]) is None
    assert waiting_letter(others, escalation) is None
    assert waiting_letter([*others, draft(draft_id="d-3")], escalation) == draft(draft_id="d-3")


def test_an_escalation_tells_which_channels_it_reached() -> None:
    found = escalation_of(escalated(EffectKind.RECORD, EffectKind.EVENT, EffectKind.CHAT))

    assert found.channels == {"notion": True, "event_bus": True, "email": False, "chat": True}
    assert (found.alerts_sent, found.draft_id) == (1, None)


def test_a_scan_of_one_account_answers_with_its_score_and_who_was_told() -> None:
    plan = health_plan(
        health(),
        escalated(EffectKind.DRAFT, is_under_way=True),
        group=GROUP,
        confidence="high",
    )

    result = TAMResult.model_validate(plan.result)
    assert result.health_score == health()
    assert result.escalation_result is not None
    assert (result.draft_id, result.partial) == ("d-1", True)
    quiet = health_plan(None, None, group=GROUP, confidence="medium", reasons=["never scanned"])
    assert (quiet.result["health_score"], quiet.result["escalation_result"]) == (None, None)
    assert (quiet.result["partial"], quiet.result["draft_id"]) == (False, None)


def test_a_scan_of_the_book_answers_with_every_score() -> None:
    plan = scan_plan([health()], group=GROUP)

    assert TAMResult.model_validate(plan.result).health_scores == [health()]
    assert plan.result["confidence"] == "high"
    assert scan_plan([], group=GROUP, reasons=["1 of 1"]).result["confidence"] == "medium"


def test_a_task_that_concerns_nobody_says_so() -> None:
    plan = book_plan("release_notes", group=GROUP, reasons=["nobody"])

    assert (plan.result["task_type"], plan.result["reasons"]) == ("release_notes", ["nobody"])


def task(task_type: TamCommunication, account_id: str | None = "acme") -> TAMTask:
    return TAMTask(task_type=task_type, tenant_id="main", account_id=account_id)


@pytest.mark.parametrize(
    "asked, version, group",
    [
        (task("health_checkin"), "", "task:health_checkin:acme:r-1"),
        (task("release_notes"), "4.2 (June)", "task:release_notes:acme:4.2-june"),
        (task("release_notes", None), "", "task:release_notes:book:r-1"),
    ],
)
def test_effects_are_told_apart_by_the_request_or_by_the_release(
    asked: TAMTask, version: str, group: str
) -> None:
    assert group_of(asked, "r-1", version) == group


def test_every_letter_knows_how_far_it_looks_back() -> None:
    assert set(LOOK_BACK_DAYS) == {
        "escalation_outreach",
        "release_notes",
        "roadmap_preview",
        "health_checkin",
        "customer_success_review",
    }
