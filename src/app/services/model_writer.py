"""Words by a model: letters to customers and briefings for our own reps, unchecked.

It knows no prompts: each text's question is handed in. Who checks the words, and what stands in for
them, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from app.errors import AnswerRefused, NotFound
from app.ports.model import BriefingAsk, LetterAsk, Model, ModelAsk
from app.ports.writer import SECTIONS, Letter, OutreachFacts, Passage
from app.services.model_echo import echo_of
from app.services.model_letter import letter_html, letter_text
from app.services.model_substance import why_too_little
from app.services.plain_text import many_lines, one_line

_SUBJECT_MOST = 120
_LINE_MOST = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWords:
    """A model that words what it is asked to."""

    model: Model
    letters: Mapping[str, LetterAsk]
    """By communication type."""
    briefings: Mapping[str, BriefingAsk]
    """By name."""

    def words(self, name: str) -> bool:
        """Whether it words this letter or briefing at all."""
        return name in self.letters or name in self.briefings

    async def letter(self, communication_type: str, facts: OutreachFacts) -> Letter:
        """A letter; `worded_by` names the model.

        Raises NotFound for a type without a question, AnswerRefused for an answer out of shape,
        with other tags than a letter's, with its own instructions in it or with nothing to say,
        and what `Model.answer` raises.
        """
        if communication_type not in self.letters:
            raise NotFound(f"no model words the letter {communication_type!r}")
        ask = self.letters[communication_type](facts)
        answered = await self.model.answer(ask)
        html = letter_html(answered.value.body_html)
        text = letter_text(html)
        subject = one_line(answered.value.subject, _SUBJECT_MOST)
        trouble = why_too_little(text, facts) if subject else "the letter has no subject"
        if trouble:
            raise AnswerRefused((trouble,))
        _refuse_echo(f"{subject}\n{text}", ask)
        return Letter(subject=subject, body_text=text, body_html=html, worded_by=answered.model)

    async def passage(self, name: str, facts: Mapping[str, str]) -> Passage:
        """A text for our own rep, under our own heading, or a section's sentences on one line.

        Raises NotFound for a name without a question, AnswerRefused for an answer out of shape or
        empty, and what `Model.answer` raises.
        """
        if name not in self.briefings:
            raise NotFound(f"no model words the briefing {name!r}")
        question = self.briefings[name](facts)
        answered = await self.model.answer(question.ask)
        words = many_lines(answered.value.text, _LINE_MOST)
        if not words:
            raise AnswerRefused(("the briefing is empty",))
        _refuse_echo(words, question.ask)
        if name in SECTIONS:
            words = " ".join(words.split())
        text = f"{question.heading}\n{words}" if question.heading else words
        return Passage(text=text, worded_by=answered.model)


def _refuse_echo(text: str, ask: ModelAsk[BaseModel]) -> None:
    echo = echo_of(text, ask.system, ask.prompt)
    if echo:
        raise AnswerRefused((f"it repeats its instructions: “{echo}”",))
