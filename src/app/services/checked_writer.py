"""The writer that is used: a model's words where there is one, held to the facts, else templates.

What is refused is replaced by the template's words, and the rep is told why; a template is held to
the same checks. Which checks there are, and which model, is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import structlog

from app.errors import AppError, NotFound, ServiceError
from app.ports.writer import SECTIONS, Letter, OutreachFacts, Passage
from app.words.refusal import Refusal

LetterJudge: TypeAlias = Callable[[Letter, OutreachFacts], Sequence[Refusal]]
BriefingJudge: TypeAlias = Callable[[str, Mapping[str, str]], Sequence[Refusal]]

MOST_REASONS = 12

log = structlog.get_logger(__name__)


class Templates(Protocol):
    """Words that are always there."""

    def letter(self, communication_type: str, facts: OutreachFacts) -> Letter:
        """A letter by its template. Raises NotFound."""
        ...

    def alert(self, name: str, facts: Mapping[str, str]) -> str:
        """A short text to our own rep. Raises NotFound, InvalidInput."""
        ...

    def briefing(self, name: str, facts: Mapping[str, str]) -> str:
        """What our own rep should know. Raises NotFound, InvalidInput."""
        ...


class ModelWords(Protocol):
    """A model's words, unchecked."""

    def words(self, name: str) -> bool:
        """Whether it words this letter or briefing at all."""
        ...

    async def letter(self, communication_type: str, facts: OutreachFacts) -> Letter:
        """A letter; `worded_by` names the model. Raises AppError."""
        ...

    async def passage(self, name: str, facts: Mapping[str, str]) -> Passage:
        """A briefing, or a passage of a document; `worded_by` names the model. Raises AppError."""
        ...


class NoModel:
    """Where no model is connected: it words nothing."""

    def words(self, name: str) -> bool:
        """Nothing at all."""
        del name
        return False

    async def letter(self, communication_type: str, facts: OutreachFacts) -> Letter:
        """Raises NotFound."""
        del facts
        raise NotFound(f"no model words {communication_type}")

    async def passage(self, name: str, facts: Mapping[str, str]) -> Passage:
        """Raises NotFound."""
        del facts
        raise NotFound(f"no model words {name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedWriter:
    """`Writer` for one tenant."""

    templates: Templates
    """The tenant's own where there are any, else ours."""
    ours: Templates
    """Ours alone: what stands in where the tenant's own say what the facts do not."""
    judge: LetterJudge
    judge_briefing: BriefingJudge
    judge_section: BriefingJudge
    """Of passages that a customer reads."""
    model: ModelWords
    """`NoModel`: templates word everything."""

    async def letter(self, communication_type: str, facts: OutreachFacts) -> Letter:
        """A letter that stands by the facts, or the template's with what to look at.

        Raises NotFound for a type there is no template for.
        """
        plain = self._by_template(communication_type, facts)
        if not self.model.words(communication_type):
            return plain
        try:
            worded = await self.model.letter(communication_type, facts)
        except AppError as exc:
            return _without_model(plain, communication_type, exc)
        refused = self.judge(worded, facts)
        if not refused:
            return worded
        log.warning(
            "words.refused",
            letter=communication_type,
            account_id=facts.account.account_id,
            worded_by=worded.worded_by,
            checks=sorted({one.check.value for one in refused}),
        )
        reasons = (*_reasons(refused, worded.worded_by), *plain.refused)
        return replace(plain, confidence="low", refused=reasons)

    def alert(self, name: str, facts: Mapping[str, str]) -> str:
        """A short text to our own rep by the template `name`, one or more lines."""
        return self.templates.alert(name, facts)

    async def briefing(self, name: str, facts: Mapping[str, str]) -> str:
        """What our own rep should know or say; a refused wording is the template's."""
        plain = self.templates.briefing(name, facts)
        return (await self.passage(name, facts, plain=plain)).text

    async def passage(self, name: str, facts: Mapping[str, str], *, plain: str) -> Passage:
        """The model's words where they stand by the facts, else `plain` with the reasons."""
        if not self.model.words(name):
            return Passage(text=plain)
        try:
            worded = await self.model.passage(name, facts)
        except AppError as exc:
            log.warning("words.no_model", passage=name, reason=str(exc))
            if isinstance(exc, ServiceError):
                return Passage(text=plain)
            return Passage(text=plain, confidence="low", refused=(f"the model: {exc}",))
        judge = self.judge_section if name in SECTIONS else self.judge_briefing
        refused = judge(worded.text, facts)
        if not refused:
            return worded
        checks = sorted({one.check.value for one in refused})
        log.warning("words.refused", passage=name, worded_by=worded.worded_by, checks=checks)
        return Passage(text=plain, confidence="low", refused=_reasons(refused, worded.worded_by))

    def _by_template(self, communication_type: str, facts: OutreachFacts) -> Letter:
        letter = self.templates.letter(communication_type, facts)
        refused = self.judge(letter, facts)
        if not refused:
            return letter
        reasons = (*letter.refused, *_reasons(refused, letter.worded_by))
        ours = self.ours.letter(communication_type, facts)
        if ours.body_text != letter.body_text:
            reasons += _reasons(self.judge(ours, facts), ours.worded_by)
        return replace(ours, confidence="low", refused=reasons)


def _without_model(plain: Letter, communication_type: str, exc: AppError) -> Letter:
    """The model gave nothing: the template stands, and the rep need not look twice at it."""
    log.warning("words.no_model", letter=communication_type, reason=str(exc))
    if isinstance(exc, ServiceError):
        return plain
    return replace(plain, confidence="low", refused=(*plain.refused, f"the model: {exc}"))


def _reasons(refused: Sequence[Refusal], worded_by: str) -> tuple[str, ...]:
    shown = tuple(f"{worded_by}: {one}" for one in refused[:MOST_REASONS])
    more = len(refused) - len(shown)
    return (*shown, f"and {more} more") if more else shown
