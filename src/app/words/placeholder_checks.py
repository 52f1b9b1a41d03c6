"""Places that somebody meant to fill in, and what a model says of itself, left in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.words.lexicon import sections_of
from app.words.reading import Reading
from app.words.refusal import Check, Refusal
from app.words.seen import excerpt
from app.words.sheet import Audience, Given

_PLACEHOLDERS = re.compile("|".join(sections_of("placeholders.txt")["placeholders"]), re.MULTILINE)


_TAG = re.compile(r"\[(?:TAM ALERT|CSM ALERT|FEED ALERT|QBR READY|SALES NOTE|DIGEST|FIRST LOOK)\]")


def check_placeholders(reading: Reading, given: Given) -> Iterator[Refusal]:
    """Every such place; what stands in names and quotations of the facts is passed over.

    A text to our own rep may begin with its tag.
    """
    tag = _TAG.match(reading.voiced) if given.audience is Audience.REP else None
    for found in _PLACEHOLDERS.finditer(reading.voiced, tag.end() if tag else 0):
        start, end = found.span()
        reason = "a place was left to be filled in, or a draft's own words"
        yield Refusal(
            check=Check.PLACEHOLDER, reason=reason, excerpt=excerpt(reading.shown, start, end)
        )
