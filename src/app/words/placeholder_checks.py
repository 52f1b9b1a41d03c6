"""Places that somebody meant to fill in, and what a model says of itself, left in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.words.lexicon import sections_of
from app.words.reading import Reading
from app.words.refusal import Check, Refusal
from app.words.seen import excerpt

_PLACEHOLDERS = re.compile("|".join(sections_of("placeholders.txt")["placeholders"]), re.MULTILINE)


def check_placeholders(reading: Reading) -> Iterator[Refusal]:
    """Every such place; what stands in names and quotations of the facts is passed over."""
    for found in _PLACEHOLDERS.finditer(reading.voiced):
        start, end = found.span()
        reason = "a place was left to be filled in, or a draft's own words"
        yield Refusal(
            check=Check.PLACEHOLDER, reason=reason, excerpt=excerpt(reading.shown, start, end)
        )
