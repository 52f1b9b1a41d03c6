"""Good letters and lies held against the checks: how many there are, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.ports.writer import Letter, OutreachFacts
from app.words.checks import refusals_of
from app.words.given import given_of
from app.words.refusal import Refusal
from tests.words_proof.letters import HOSTS, Written
from tests.words_proof.lies import Lie, lies_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the checks made of good letters and of lies."""

    good: int
    wrongly_refused: tuple[tuple[Written, tuple[Refusal, ...]], ...]
    lies: int
    lies_passed: tuple[Lie, ...]
    by_slot: Counter[str]


def judged(good: Sequence[Written]) -> Judged:
    """Hold every letter against its facts, then every lie that can be made of it."""
    wrongly = []
    for one in good:
        refused = refusals(one.letter, one.facts, one.to)
        if refused:
            wrongly.append((one, refused))
    lies = list(lies_of(good))
    return Judged(
        good=len(good),
        wrongly_refused=tuple(wrongly),
        lies=len(lies),
        lies_passed=tuple(one for one in lies if not refusals(one.letter, one.facts, one.to)),
        by_slot=Counter(one.slot for one in lies),
    )


def refusals(letter: Letter, facts: OutreachFacts, to: Sequence[str]) -> tuple[Refusal, ...]:
    """What the checks say of a letter."""
    return refusals_of(
        subject=letter.subject,
        body_text=letter.body_text,
        body_html=letter.body_html,
        to=to,
        given=given_of(facts, hosts=HOSTS),
    )
