"""Letters of one sentence to the troubled account, held against the checks."""

from __future__ import annotations

from app.ports.writer import OutreachFacts
from app.words.checks import refusals_of
from app.words.given import Given, given_of
from app.words.refusal import Check, Refusal
from tests.words_proof.people import letter_of
from tests.words_proof.scenes import TROUBLED

NOLAN = "nolan.garrick@alderpoint.example"
IMOGEN = "imogen.ashdown@alderpoint.example"
HOSTS = ("fathomline.example",)
GIVEN: Given = given_of(TROUBLED, hosts=HOSTS)


def saying(sentence: str, *, facts: OutreachFacts = TROUBLED) -> tuple[Refusal, ...]:
    """What is said against a letter of this one sentence."""
    first = facts.stakeholders[0]
    letter = letter_of(
        "A word", f"Hi {first.name.split()[0]},\n\n{sentence}\n\nKind regards,\nMarcus\n"
    )
    return refusals_of(
        subject=letter.subject,
        body_text=letter.body_text,
        body_html=letter.body_html,
        to=(first.email,),
        given=given_of(facts, hosts=HOSTS),
    )


def whole(
    body: str, *, subject: str = "A word", html: str | None = None, to: tuple[str, ...] = (NOLAN,)
) -> tuple[Refusal, ...]:
    """What is said against a whole letter."""
    letter = letter_of(subject, body)
    return refusals_of(
        subject=subject,
        body_text=letter.body_text,
        body_html=letter.body_html if html is None else html,
        to=to,
        given=GIVEN,
    )


def checks(found: tuple[Refusal, ...]) -> set[Check]:
    """Which checks refuse."""
    return {one.check for one in found}
