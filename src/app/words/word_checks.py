"""Promises nobody has made, and our own words, in a text for a customer or for a rep."""

from __future__ import annotations

from collections.abc import Iterator

from app.words.lexicon import internal, promises
from app.words.reading import Reading
from app.words.refusal import Check, Refusal
from app.words.sheet import Audience, Given

_MOST = 80


def check_words(reading: Reading, given: Given) -> Iterator[Refusal]:
    """What a customer would take for a promise; for a customer also the words of our trade.

    Quotations, capitalised names and what the facts promise are passed over.
    """
    for one in promises(reading.voiced):
        reason = f"it promises what is not in the facts: {one.what}"
        yield Refusal(check=Check.PROMISE, reason=reason, excerpt=one.words[:_MOST])
    for one in internal(reading.voiced) if given.audience is Audience.CUSTOMER else ():
        if one.words in given.health_words:
            continue
        reason = f"a customer must not read of {one.what}"
        yield Refusal(check=Check.INTERNAL, reason=reason, excerpt=one.words[:_MOST])
