"""The forms in which a name may stand in a text: whole, in its parts, and how one greets by it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.words.seen import plain
from app.words.vocabulary import HONORIFICS

_MOST_WORDS = 5
"""A longer name is a sentence rather than a name: it may stand whole, never in parts."""
_PART = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LETTER = re.compile(r"[^\W\d_]")
"""`5` is a number, whatever is called so."""
_SHORT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NameForms:
    """Names to be found in a text."""

    phrases: frozenset[str]
    words: frozenset[str]
    """Without case."""


def forms_of(names: Iterable[str]) -> NameForms:
    """Each name whole and, where it looks like a name, in its parts."""
    shown = [" ".join(plain(name).split()) for name in names]
    phrases = {name for name in shown if len(name) > 1 and _LETTER.search(name)}
    parts = (
        part
        for name in phrases
        if len(name) <= _SHORT and len(name.split()) <= _MOST_WORDS
        for part in _PART.findall(name)
    )
    words = {part.casefold() for part in parts if len(part) > 1 and not part.isdigit()}
    return NameForms(phrases=frozenset(phrases), words=frozenset(words))


def greetings_of(name: str) -> frozenset[str]:
    """How a person may be greeted or sign: whole, first name, last name with or without a title."""
    whole = " ".join(plain(name).split()).casefold()
    parts = [part for part in whole.split() if part.rstrip(".") not in HONORIFICS]
    if not parts or len(parts) > _MOST_WORDS:
        return frozenset({whole} - {""})
    return frozenset({whole, " ".join(parts), parts[0], parts[-1]})
