"""What a model is asked for each of the CSM's texts: the prompts, over an account's few facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.agents import prompt_facts as shown
from app.agents.customer_success import prompts
from app.agents.outside_text import Facts, new_token
from app.ports.model import (
    BriefingAnswer,
    BriefingAsk,
    BriefingQuestion,
    LetterAnswer,
    LetterAsk,
    ModelAsk,
)
from app.ports.writer import OutreachFacts

AGENT = "csm"
TALK_TRACKS = ("talk_track_seats", "talk_track_module", "talk_track_integration")


def ask_churn_outreach(facts: OutreachFacts) -> ModelAsk[LetterAnswer]:
    """The letter to a customer who may leave; it never says so."""
    token = new_token()
    prompt = prompts.build_churn_outreach_prompt(
        shown.standing_shown(facts),
        shown.profile_shown(facts),
        shown.tickets_shown(facts),
        token=lambda: token,
    )
    return _letter("churn_outreach", prompt, facts, token)


def ask_expansion_outreach(facts: OutreachFacts) -> ModelAsk[LetterAnswer]:
    """The letter that offers one thing."""
    token = new_token()
    prompt = prompts.build_expansion_outreach_prompt(
        shown.proposal_shown(facts), shown.profile_shown(facts), token=lambda: token
    )
    return _letter("expansion_outreach", prompt, facts, token)


def ask_churn_narrative(facts: Mapping[str, str]) -> BriefingQuestion:
    """Why an account is at risk, for the rep alone."""
    churn = {"account_name": facts["account_name"], "churn_risk_level": facts["churn_level"]}
    reasons: list[Facts] = [{"reason": line} for line in facts["reasons"].splitlines()]
    return _briefing(
        "churn_narrative",
        facts,
        lambda token: prompts.build_churn_narrative_prompt(churn, reasons, token=token),
        heading=f"{facts['account_name']}: churn risk {facts['churn_level']}. Why, for you only, "
        "never for the customer:",
    )


def ask_qbr_why(facts: Mapping[str, str]) -> BriefingQuestion:
    """Why an account is at risk, for a review's internal notes, which have a heading already."""
    return replace(ask_churn_narrative(facts), heading="")


def ask_talk_track(name: str) -> BriefingAsk:
    """What a rep may say in the talk about an opportunity of one kind."""

    def ask(facts: Mapping[str, str]) -> BriefingQuestion:
        known = {key: facts[key] for key in ("account_name", "what", "evidence", "renewal")}
        opportunity = {key: value for key, value in known.items() if value}
        return _briefing(
            name,
            facts,
            lambda token: prompts.build_expansion_talk_track_prompt(opportunity, token=token),
            heading=f"For your talk with {facts['account_name']}; yours alone, not to be sent as "
            "it stands.",
        )

    return ask


def ask_qbr_narrative(facts: Mapping[str, str]) -> BriefingQuestion:
    """Two or three sentences over a section: `title`, and a `label: value` a line in `metrics`."""
    metrics: list[Facts] = [{"metric": line} for line in facts["metrics"].splitlines()]
    section = {"account_name": facts["account_name"], "title": facts["title"]}
    return _briefing(
        "qbr_narrative",
        facts,
        lambda token: prompts.build_qbr_narrative_prompt(section, metrics, token=token),
        heading="",
    )


LETTER_ASKS: Mapping[str, LetterAsk] = {
    "churn_outreach": ask_churn_outreach,
    "expansion_outreach": ask_expansion_outreach,
}
"""By communication type."""

BRIEFING_ASKS: Mapping[str, BriefingAsk] = {
    "churn_narrative": ask_churn_narrative,
    "qbr_narrative": ask_qbr_narrative,
    "qbr_why": ask_qbr_why,
    **{name: ask_talk_track(name) for name in TALK_TRACKS},
}
"""By the briefing's name."""


def _letter(purpose: str, prompt: str, facts: OutreachFacts, token: str) -> ModelAsk[LetterAnswer]:
    return ModelAsk(
        system=prompts.CSM_SYSTEM_PROMPT,
        prompt=prompt,
        answer=LetterAnswer,
        purpose=purpose,
        agent=AGENT,
        account_id=facts.account.account_id,
        token=token,
    )


def _briefing(
    purpose: str,
    facts: Mapping[str, str],
    build: Callable[[prompts.NewToken], str],
    *,
    heading: str,
) -> BriefingQuestion:
    token = new_token()
    ask = ModelAsk(
        system=prompts.CSM_SYSTEM_PROMPT,
        prompt=build(lambda: token),
        answer=BriefingAnswer,
        purpose=purpose,
        agent=AGENT,
        account_id=facts.get("account_id", ""),
        token=token,
    )
    return BriefingQuestion(ask=ask, heading=heading)
