"""How far one wording is from another. Pure; it judges nothing of what either says."""

from __future__ import annotations

from difflib import SequenceMatcher


def words_changed(before: str, after: str) -> float:
    """The share of words that were put in, taken out or moved: 0 none, 1 all.

    What is alike is counted once on each side, so that a letter cut by half has changed by a third.
    """
    matcher = SequenceMatcher(a=before.split(), b=after.split(), autojunk=False)
    return round(1 - matcher.ratio(), 4)
