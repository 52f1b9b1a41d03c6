"""What a model is asked for each of the TAM's letters: the prompts, over an account's few facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from app.agents import prompt_facts as shown
from app.agents.outside_text import new_token
from app.agents.technical_account_manager import answers, prompts
from app.ports.model import LetterAnswer, LetterAsk, ModelAsk
from app.ports.writer import OutreachFacts

L = TypeVar("L", bound=LetterAnswer)
Build = Callable[[OutreachFacts, prompts.NewToken], str]


def _escalation(facts: OutreachFacts, token: prompts.NewToken) -> str:
    return prompts.build_escalation_outreach_prompt(
        shown.standing_shown(facts),
        shown.profile_shown(facts),
        shown.tickets_shown(facts),
        token=token,
    )


def _release(facts: OutreachFacts, token: prompts.NewToken) -> str:
    return prompts.build_release_notes_prompt(
        shown.release_shown(facts), shown.profile_shown(facts), token=token
    )


def _roadmap(facts: OutreachFacts, token: prompts.NewToken) -> str:
    return prompts.build_roadmap_preview_prompt(
        shown.roadmap_shown(facts), shown.profile_shown(facts), token=token
    )


def _checkin(facts: OutreachFacts, token: prompts.NewToken) -> str:
    return prompts.build_health_checkin_prompt(
        shown.standing_shown(facts),
        shown.profile_shown(facts),
        shown.communications_shown(facts),
        token=token,
    )


def _review(facts: OutreachFacts, token: prompts.NewToken) -> str:
    return prompts.build_customer_success_review_prompt(
        shown.standing_shown(facts),
        shown.profile_shown(facts),
        shown.tickets_shown(facts),
        token=token,
    )


def _letter(purpose: str, build: Build, answer: type[L]) -> LetterAsk:
    def ask(facts: OutreachFacts) -> ModelAsk[L]:
        token = new_token()
        return ModelAsk(
            system=prompts.TAM_SYSTEM_PROMPT,
            prompt=build(facts, lambda: token),
            answer=answer,
            purpose=purpose,
            agent="tam",
            account_id=facts.account.account_id,
            token=token,
        )

    return ask


_LETTERS: Mapping[str, tuple[Build, type[LetterAnswer]]] = {
    "escalation_outreach": (_escalation, answers.EscalationOutreachAnswer),
    "release_notes": (_release, answers.ReleaseNotesAnswer),
    "roadmap_preview": (_roadmap, answers.RoadmapPreviewAnswer),
    "health_checkin": (_checkin, answers.HealthCheckinAnswer),
    "customer_success_review": (_review, answers.CustomerSuccessReviewAnswer),
}


def build_of(letter: str) -> Build:
    """How a letter's prompt is built, for a token that is given."""
    return _LETTERS[letter][0]


LETTER_ASKS: Mapping[str, LetterAsk] = {
    purpose: _letter(purpose, build, answer) for purpose, (build, answer) in _LETTERS.items()
}
"""By communication type."""
