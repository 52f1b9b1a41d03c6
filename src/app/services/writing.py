"""A tenant's writer put together: templates and, where there is one, a model, both checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from app.clock import Clock, system_clock
from app.ports.writer import Letter, OutreachFacts
from app.services.checked_writer import CheckedWriter, ModelWords
from app.services.writer import TemplateWriter
from app.words.refusal import Refusal


class LettersConfig(BaseModel):
    """What letters may say besides an account's own facts. `[letters]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: tuple[str, ...] = ()
    """Names that are ours, such as the product's."""
    hosts: tuple[str, ...] = ()
    """Where links may lead, such as `docs.example.com`."""
    promises: tuple[str, ...] = ()
    """What may be promised, in these words alone."""


NOTHING_BESIDES = LettersConfig()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Holds words to the facts they were made of."""

    besides: LettersConfig
    clock: Clock

    def letter(self, letter: Letter, facts: OutreachFacts) -> Sequence[Refusal]:
        """Why a letter to a customer may not be used as it is; empty: it may."""
        from app.words.checks import refusals_of  # slow to import
        from app.words.given import given_of

        given = given_of(
            facts,
            hosts=self.besides.hosts,
            names=self.besides.names,
            promises=self.besides.promises,
        )
        return refusals_of(
            subject=letter.subject,
            body_text=letter.body_text,
            body_html=letter.body_html,
            to=(facts.addressee,) if facts.addressee else (),
            given=given,
        )

    def briefing(self, text: str, facts: Mapping[str, str]) -> Sequence[Refusal]:
        """Why a text for our own rep may not be used as it is; empty: it may."""
        from app.words.checks import note_refusals  # slow to import
        from app.words.given import given_of_briefing

        given = given_of_briefing(
            facts, now=self.clock(), hosts=self.besides.hosts, names=self.besides.names
        )
        return note_refusals(text, given)

    def section(self, text: str, facts: Mapping[str, str]) -> Sequence[Refusal]:
        """Why a section of a review may not be used as it is; empty: it may."""
        from app.words.checks import section_refusals  # slow to import
        from app.words.given import given_of_section

        given = given_of_section(
            facts, now=self.clock(), hosts=self.besides.hosts, names=self.besides.names
        )
        return section_refusals(text, given)


def writer_with(
    model: ModelWords,
    *,
    own_templates: Path | None = None,
    besides: LettersConfig = NOTHING_BESIDES,
    clock: Clock = system_clock,
) -> CheckedWriter:
    """The writer; with `NoModel`, templates word everything.

    `own_templates`: a folder of the tenant's own, which go before ours.
    """
    judge = Judge(besides=besides, clock=clock)
    return CheckedWriter(
        templates=TemplateWriter(own_templates),
        ours=TemplateWriter(),
        judge=judge.letter,
        judge_briefing=judge.briefing,
        judge_section=judge.section,
        model=model,
    )
