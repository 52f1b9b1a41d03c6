"""Sentences over a review's figures: each number stands beside words of the fact that tells it.

Whether the number is in the facts at all is judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from app.words.day_checks import check_days
from app.words.figures import figures, figures_in, money_in, percents_in
from app.words.reading import Reading
from app.words.refusal import Check, Refusal
from app.words.seen import excerpt
from app.words.sheet import Given

_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 5
_END = re.compile(r"[.!?]+(?=\s|$)")
_SMALL = frozenset(
    {"about", "comes", "have", "from", "into", "more", "over", "than", "that", "their", "them"}
    | {"these", "this", "used", "were", "which", "with", "your"}
)


def sentences_in(text: str) -> int:
    """How many sentences there are; a last one may lack its full stop."""
    parts = (part for part in _END.split(text) if part.strip())
    return sum(1 for _ in parts)


def check_beside(reading: Reading, given: Given) -> Iterator[Refusal]:
    """Every number in a sentence that has no word of any fact that tells it."""
    for one in figures(check_days(reading, given).left):
        sentence = reading.sentence_at(one.start)
        said = _stems(reading.shown[sentence.start : sentence.end])
        telling = [line for line in given.lines if one.values & _numbers(line)]
        if telling and not any(said & _stems(line) for line in telling):
            words = " ".join(reading.shown[one.start : one.end].split())
            yield Refusal(
                check=Check.NUMBER,
                reason=f"the number “{words}” is told of something else in the facts",
                excerpt=excerpt(reading.shown, one.start, one.end),
            )


def _numbers(line: str) -> frozenset[Decimal]:
    return figures_in(line) | percents_in(line) | money_in(line)


def _stems(text: str) -> frozenset[str]:
    words = (found.casefold() for found in _WORD.findall(text))
    return frozenset(word[:_STEM] for word in words if word not in _SMALL)
