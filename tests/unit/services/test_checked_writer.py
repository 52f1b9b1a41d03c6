"""A model's words are held to the facts; what is refused is the template's, with the reasons."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from app.errors import AppError, InvalidInput, NotFound, TransientServiceError
from app.ports.writer import Letter, OutreachFacts, Passage
from app.services.checked_writer import MOST_REASONS, CheckedWriter, NoModel
from app.words.refusal import Check, Refusal
from tests.unit.services.outreach import outreach

PLAIN = Letter(subject="Hello", body_text="Hello Sam,\n", body_html="<p>Hello Sam,</p>")
WORDED = Letter(subject="Hi", body_text="Hi Sam,\n", body_html="<p>Hi Sam,</p>", worded_by="m1")
LIE = Refusal(check=Check.NUMBER, reason="the number 14 is not in the facts", excerpt="14 days")
WHY = "m1: the number 14 is not in the facts: “14 days”"


class Templates:
    """Words that never change."""

    def letter(self, communication_type: str, facts: OutreachFacts) -> Letter:
        if communication_type == "unheard_of":
            raise NotFound("no letter")
        return PLAIN

    def alert(self, name: str, facts: Mapping[str, str]) -> str:
        return f"alert {name}"

    def briefing(self, name: str, facts: Mapping[str, str]) -> str:
        return "plain"


@dataclass
class Model:
    """Words as told, or fails as told."""

    failure: AppError | None = None
    asked: list[str] = field(default_factory=list)

    def words(self, name: str) -> bool:
        return name != "roadmap_preview"

    async def letter(self, communication_type: str, facts: OutreachFacts) -> Letter:
        self._enter(communication_type)
        return WORDED

    async def passage(self, name: str, facts: Mapping[str, str]) -> Passage:
        self._enter(name)
        return Passage(text="worded", worded_by="m1")

    def _enter(self, name: str) -> None:
        self.asked.append(name)
        if self.failure is not None:
            raise self.failure


@dataclass
class Judge:
    """Refuses what it is told to, by its subject or words."""

    refused: Mapping[str, Sequence[Refusal]]

    def letter(self, letter: Letter, facts: OutreachFacts) -> Sequence[Refusal]:
        return self.refused.get(letter.subject, ())

    def briefing(self, text: str, facts: Mapping[str, str]) -> Sequence[Refusal]:
        return self.refused.get(text, ())

    def section(self, text: str, facts: Mapping[str, str]) -> Sequence[Refusal]:
        return self.refused.get(f"section {text}", ())


def writer(
    model: Model | NoModel, refused: Mapping[str, Sequence[Refusal]] | None = None
) -> CheckedWriter:
    judge = Judge(refused or {})
    return CheckedWriter(
        templates=Templates(),
        ours=Templates(),
        judge=judge.letter,
        judge_briefing=judge.briefing,
        judge_section=judge.section,
        model=model,
    )


def letter(asked: CheckedWriter, kind: str = "health_checkin") -> Letter:
    with capture_logs():
        return asyncio.run(asked.letter(kind, outreach()))


def briefing(asked: CheckedWriter) -> str:
    with capture_logs():
        return asyncio.run(asked.briefing("churn_narrative", {}))


def test_without_a_model_templates_word_everything() -> None:
    assert letter(writer(NoModel())) == PLAIN
    assert briefing(writer(NoModel())) == "plain"
    with pytest.raises(NotFound):
        asyncio.run(NoModel().letter("health_checkin", outreach()))
    with pytest.raises(NotFound):
        asyncio.run(NoModel().passage("churn_narrative", {}))


def test_what_the_model_words_and_the_facts_bear_out_is_used() -> None:
    assert letter(writer(Model())) == WORDED
    assert briefing(writer(Model())) == "worded"


def test_what_the_model_does_not_word_is_the_templates() -> None:
    model = Model()
    assert letter(writer(model), "roadmap_preview") == PLAIN
    assert model.asked == []


def test_a_lie_is_replaced_and_the_rep_is_told_which() -> None:
    found = letter(writer(Model(), {"Hi": [LIE]}))
    assert (found.body_text, found.worded_by) == (PLAIN.body_text, "template")
    assert (found.confidence, found.refused) == ("low", (WHY,))
    assert briefing(writer(Model(), {"worded": [LIE]})) == "plain"


def passage(asked: CheckedWriter, name: str) -> Passage:
    with capture_logs():
        return asyncio.run(asked.passage(name, {}, plain="ours"))


def test_a_passage_is_the_models_where_it_stands_and_ours_where_it_does_not() -> None:
    refused = writer(Model(), {"section worded": [LIE]})

    assert passage(writer(NoModel()), "qbr_narrative") == Passage(text="ours")
    assert passage(writer(Model()), "qbr_narrative") == Passage(text="worded", worded_by="m1")
    assert passage(refused, "qbr_narrative") == Passage(
        text="ours", confidence="low", refused=(WHY,)
    )
    assert passage(refused, "qbr_why").text == "worded"


def test_a_passage_without_an_answer_is_ours_and_a_bad_answer_is_told_of() -> None:
    busy = Model(failure=TransientServiceError("model", "answer", "busy"))
    bad = Model(failure=InvalidInput("no answer in three tries"))

    assert passage(writer(busy), "qbr_narrative") == Passage(text="ours")
    assert passage(writer(bad), "qbr_narrative") == Passage(
        text="ours", confidence="low", refused=("the model: no answer in three tries",)
    )


def test_many_reasons_are_cut_short() -> None:
    found = letter(writer(Model(), {"Hi": [LIE] * (MOST_REASONS + 3)}))
    assert found.refused == (*[WHY] * MOST_REASONS, "and 3 more")


def test_a_template_is_held_to_the_same_checks() -> None:
    found = letter(writer(NoModel(), {"Hello": [LIE]}))
    assert (found.confidence, found.body_text) == ("low", PLAIN.body_text)
    assert found.refused == (WHY.replace("m1", "template"),)


def test_a_model_out_of_reach_makes_a_template_no_worse() -> None:
    busy = Model(failure=TransientServiceError("model", "answer", "busy"))
    assert letter(writer(busy)) == PLAIN
    assert briefing(writer(busy)) == "plain"


def test_a_model_that_cannot_answer_well_is_told_of() -> None:
    found = letter(writer(Model(failure=InvalidInput("no answer in three tries"))))
    assert (found.confidence, found.refused) == ("low", ("the model: no answer in three tries",))


def test_a_letter_nobody_has_a_template_for_is_not_asked_of_a_model() -> None:
    model = Model()
    with pytest.raises(NotFound):
        letter(writer(model), "unheard_of")
    assert model.asked == []


def test_alerts_are_the_templates_own() -> None:
    assert writer(Model()).alert("tam_alert", {}) == "alert tam_alert"
