"""How far one wording is from another. Pure; it judges nothing of what either says."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

MOST_PAIRS = 100_000
"""Equal words of both sides, each with each: a long letter has a third of it. What has more repeats
itself over and over, and to find its longest runs would take seconds."""

_LEAST = 0.0001


def words_changed(before: str, after: str) -> float:
    """The share of words that were put in, taken out or moved: 0 none and only then, 1 all.

    What is alike is counted once on each side, so that a letter cut by half has changed by a third.
    Of texts that repeat a few words over and over the order is not looked at.
    """
    was, now = before.split(), after.split()
    if was == now:
        return 0.0
    matcher = SequenceMatcher(a=was, b=now, autojunk=False)
    ratio = matcher.ratio() if _pairs(was, now) <= MOST_PAIRS else matcher.quick_ratio()
    return max(round(1 - ratio, 4), _LEAST)


def _pairs(was: list[str], now: list[str]) -> int:
    then = Counter(was)
    return sum(many * then[word] for word, many in Counter(now).items())
