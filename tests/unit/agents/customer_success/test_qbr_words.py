"""A review's sentences: a model's where they stand by the figures, ours where they do not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import JsonValue
from structlog.testing import capture_logs

from app.agents.customer_success.planner import CSMPlanner
from app.agents.customer_success.qbr_text import TITLES, render_qbr_text
from app.agents.customer_success.schemas import CSMResult, QBRContent
from app.agents.customer_success.text_asks import BRIEFING_ASKS
from app.agents.plan import Plan
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.errors import AppError, BudgetSpent, InvalidInput, TransientServiceError
from app.services.checked_writer import ModelWords as Words
from app.services.checked_writer import NoModel
from app.services.model_writer import ModelWords
from app.services.writing import writer_with
from app.words.checks import section_refusals
from app.words.given import given_of_section
from tests.builders import NOW, TODAY, contract, day_ago, engagement, health_record
from tests.fakes.csm_books import CsmBookInMemory
from tests.fakes.dossiers import DossiersInMemory, dossier, known_facts
from tests.fakes.model import NAME, FakeModel

GOOD = {
    "Account health": "Health stands at 82 of 100, which is Green.",
    "Return and business impact": "Nobody tells us of usage, so we state no impact.",
    "Feature adoption": "We do not know which features are in use, so we compare nothing.",
    "Expansion and next steps": "48 of your 50 seats are in use, which is 96 %.",
}
WELL = replace(
    dossier(facts=known_facts(contract=contract(seats_purchased=50, seats_used=48))),
    records={Agent.CSM: health_record(agent=Agent.CSM, score=82, band=Band.GREEN)},
)
FIELDS = dict(TITLES)


def model(say: Callable[[str], str]) -> ModelWords:
    """A model that answers each section by its title, and the why as "why"."""

    def answer(prompt: str) -> JsonValue:
        title = next((one for one in GOOD if f'"{one}"' in prompt), "why")
        return {"text": say(title)}

    return ModelWords(model=FakeModel(answer), letters={}, briefings=BRIEFING_ASKS)


def failing(failure: AppError) -> ModelWords:
    return ModelWords(model=FakeModel(failure), letters={}, briefings=BRIEFING_ASKS)


def plan(words: Words, given: Dossier = WELL) -> Plan:
    planner = CSMPlanner(
        dossiers=DossiersInMemory(given),
        books=CsmBookInMemory(),
        writer=writer_with(words, clock=lambda: NOW),
    )
    task: dict[str, JsonValue] = {
        "type": "generate_qbr",
        "tenant_id": "main",
        "account_id": given.account_id,
    }
    with capture_logs():
        return asyncio.run(planner.plan(task, request="r-1"))


def review(made: Plan) -> QBRContent:
    return QBRContent.model_validate(made.documents[0].body)


def text_of(made: QBRContent, title: str) -> str:
    return str(getattr(made, FIELDS[title]).text)


PLAIN = review(plan(NoModel()))


def test_sentences_that_stand_by_the_figures_are_the_models_and_the_figures_stay_ours() -> None:
    made = plan(model(lambda title: GOOD[title]))
    found = review(made)

    assert {title: text_of(found, title) for title in GOOD} == GOOD
    for field in FIELDS.values():
        ours, theirs = getattr(PLAIN, field), getattr(found, field)
        assert theirs.model_copy(update={"text": ours.text}) == ours
    assert {(one.worded_by, one.confidence) for one in found.wording} == {(NAME, "high")}
    assert f"Worded by {NAME}: Account health" in found.internal_notes
    assert NAME not in render_qbr_text(found, for_customer=True)


@pytest.mark.parametrize(
    "title, lie, told",
    [
        ("Account health", "Health stands at 97 of 100, which is Green.", "97"),
        ("Expansion and next steps", "48 of your 50 seats are in use: have 20 % off.", "20 %"),
        ("Expansion and next steps", "We will give you a discount on more seats.", "promise"),
        ("Expansion and next steps", "Health stands at 48 of 100.", "something else"),
        ("Feature adoption", "You should work with it as Globex does.", "Globex"),
        ("Feature adoption", "Other customers use far more of it.", "other customers"),
        ("Account health", "Your churn risk is low.", "risk and churn"),
        ("Account health", "All is well. " * 9, "sentences"),
    ],
)
def test_a_section_that_says_more_than_its_figures_is_ours_and_the_rep_reads_why(
    title: str, lie: str, told: str
) -> None:
    made = plan(model(lambda asked: lie if asked == title else GOOD[asked]))
    found = review(made)
    others = [one for one in GOOD if one != title]

    assert [text_of(found, one) for one in others] == [GOOD[one] for one in others]
    assert text_of(found, title) == text_of(PLAIN, title)
    (refused,) = [one for one in found.wording if one.refused]
    assert (refused.part, refused.worded_by) == (FIELDS[title], "template")
    assert refused.confidence == "low"
    assert told in " ".join(refused.refused)
    assert f"{title}: our own words stand" in found.internal_notes
    assert told in found.internal_notes
    assert "refused" not in render_qbr_text(found, for_customer=True)
    answer = CSMResult.model_validate(made.result)
    assert answer.confidence == "low"
    assert any(one.startswith(f"{title}: a model's words were refused") for one in answer.reasons)


@pytest.mark.parametrize(
    "failure",
    [
        TransientServiceError("llm", "completion", "answered 503"),
        BudgetSpent("llm", "budget", "the day's budget is spent"),
    ],
)
def test_without_an_answer_the_review_is_to_the_byte_as_without_a_model(failure: AppError) -> None:
    assert plan(failing(failure)).model_dump_json() == plan(NoModel()).model_dump_json()
    assert "wording" not in plan(NoModel()).documents[0].body


def test_an_answer_out_of_shape_leaves_our_words_and_says_so() -> None:
    found = review(plan(failing(InvalidInput("no answer in three tries"))))

    assert {title: text_of(found, title) for title in GOOD} == {
        title: text_of(PLAIN, title) for title in GOOD
    }
    assert "no answer in three tries" in found.internal_notes


AT_RISK = replace(
    dossier(
        facts=known_facts(
            contract=contract(ends_on=TODAY + timedelta(days=30)),
            engagement=engagement(last_meaningful_on=day_ago(100)),
        )
    ),
    records={Agent.CSM: health_record(agent=Agent.CSM, score=31, band=Band.RED)},
)


def test_the_notes_have_the_models_why_beneath_the_level_where_it_stands_by_the_facts() -> None:
    why = "The last meaningful contact was 100 days ago.\nThe commercial band is Red."
    notes = review(plan(model(lambda title: why if title == "why" else "x 99."), AT_RISK))

    lines = notes.internal_notes.splitlines()
    assert lines[0].startswith("Churn risk: ")
    assert lines[1:3] == [f"Why: {line}" for line in why.splitlines()]
    assert any("our own words stand" in line for line in lines)


def test_a_why_that_invents_a_cause_in_figures_is_left_out_with_the_reason() -> None:
    lie = "They owe us EUR 70,000 and Globex made an offer."
    notes = review(plan(model(lambda title: lie if title == "why" else "x 99."), AT_RISK))

    told = [line for line in notes.internal_notes.splitlines() if line.startswith("Why")]
    assert len(told) == 1
    assert "EUR 70,000" in told[0]
    assert "refused" in told[0]


def test_of_many_reasons_the_notes_tell_three_and_the_record_all() -> None:
    lie = "You have 91 of 92 and 93 and 94 and 95 and 96 of them."
    found = review(plan(model(lambda _: lie)))

    assert "more" in found.internal_notes
    assert all(len(one.refused) > 3 for one in found.wording)


def test_no_open_tickets_may_be_told_where_the_figures_say_so() -> None:
    facts = {"account_name": "Acme", "metrics": "Tickets: 0 open; 3 solved in 90 days"}
    given = given_of_section(facts, now=NOW)

    assert section_refusals("There are no open tickets.", given) == ()
    busy = given_of_section({**facts, "metrics": "Tickets: 3 open"}, now=NOW)
    assert [one.check for one in section_refusals("There are no open tickets.", busy)] != []
    assert section_refusals("All\u200b is well.", busy) != ()
