"""Where a text may be cut without taking a character as people see it apart.

It errs to the safe side: a border that it names is one by UAX 29, not every border is named.
"""

from __future__ import annotations

import unicodedata

_ZWJ = "\u200d"
_VIRAMA = 9
"""The combining class of signs that join the consonants around them."""
_CONTINUES = frozenset("\u200c\u200d\u0e33\u0eb3\uff9e\uff9f")
_PREPENDED = frozenset(
    (
        0x0D4E,
        0x111C2,
        0x111C3,
        0x1193F,
        0x11941,
        0x11A3A,
        *range(0x11A84, 0x11A8A),
        0x11D46,
        0x11F02,
    )
)


def is_border(text: str, at: int) -> bool:
    """Whether the text may be cut before its character `at`."""
    before, after = text[at - 1], text[at]
    if unicodedata.category(after).startswith("M") or after in _CONTINUES:
        return False
    if before == "\r" and after == "\n":
        return False
    if "\U0001f3fb" <= after <= "\U0001f3ff" or _is_jamo(after):
        return False
    if before == _ZWJ or ord(before) in _PREPENDED or _joins(text, at):
        return False
    return not (_is_flag(after) and _flags_before(text, at) % 2)


def units(text: str) -> int:
    """The text's length as Notion counts it: UTF-16 units, two outside the basic plane."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, most: int) -> list[str]:
    """The text in pieces of at most `most` units, cut at borders.

    Only a single character of more than `most` units (heaps of accents) is itself cut.
    """
    pieces: list[str] = []
    start = 0
    while start < len(text):
        end = _furthest(text, start, most)
        at = end
        while start < at < len(text) and not is_border(text, at):
            at -= 1
        if at == start:
            at = end
        pieces.append(text[start:at])
        start = at
    return pieces


def _furthest(text: str, start: int, most: int) -> int:
    spent, at = 0, start
    while at < len(text):
        spent += 2 if text[at] > "\uffff" else 1
        if spent > most:
            return at
        at += 1
    return at


def _is_jamo(char: str) -> bool:
    """A part of a Korean syllable."""
    return (
        "\u1100" <= char <= "\u11ff" or "\ua960" <= char <= "\ua97c" or "\ud7b0" <= char <= "\ud7ff"
    )


def _joins(text: str, at: int) -> bool:
    """Whether signs before `at` join what follows to what precedes."""
    if "\uac00" <= text[at] <= "\ud7a3" and _is_jamo(text[at - 1]):
        return True
    while at > 0:
        at -= 1
        if unicodedata.combining(text[at]) == _VIRAMA:
            return True
        if not (unicodedata.category(text[at]).startswith("M") or text[at] in "\u200c\u200d"):
            return False
    return False


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    count = 0
    while at - count > 0 and _is_flag(text[at - count - 1]):
        count += 1
    return count
