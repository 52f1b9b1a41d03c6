"""Numbers as they are written: in digits and in words. What they count is not known here."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "k": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "bn": 1_000_000_000,
}
_SMALL = {word: value for value, word in enumerate(_UNITS)} | {
    word: value for value, word in enumerate(_TENS, start=2) for value in (value * 10,)
}
ORDINALS = {word: value for value, word in enumerate(_ORDINALS)}
"""`first` to `twentieth` by value."""

_WORD = "|".join(sorted(_SMALL, key=len, reverse=True))
_SCALE = "hundred|thousand|million|billion"
_IN_WORDS = (
    rf"(?:(?:{_WORD})(?:[ -](?:and )?(?:{_WORD}|{_SCALE})){{0,9}}|(?:a )?(?:half a )?dozen"
    rf"|(?:a |the )?(?:{_SCALE})(?:[ -](?:and )?(?:{_WORD}|{_SCALE})){{0,9}})"
)
_IN_DIGITS = r"\d{1,3}(?:[, ']\d{3}){1,5}(?:\.\d{1,9})?(?!\d)|\d{1,18}(?:[.,]\d{1,9}){0,4}"
NUMBER = rf"(?:{_IN_DIGITS}|\b{_IN_WORDS}\b)"
"""A pattern for one number; to be used without case."""

_GROUPS = re.compile(r"\d{1,3}(?:[, '.]\d{3})+")


def values_of(written: str) -> frozenset[Decimal]:
    """What a number may mean: `1.200` is 1200 here and 1.2 there. Empty for no number.

    `2,000` is never 2: nobody writes a whole number with three zeros behind its point.
    """
    text = written.casefold().strip()
    if not text[:1].isdigit():
        return frozenset({_of_words(text)})
    readings = set()
    is_grouped = _GROUPS.fullmatch(text) is not None
    if is_grouped:
        readings.add(Decimal(re.sub(r"\D", "", text)))
    plain = re.sub(r"[ ']", "", text)
    for point, group in ((".", ","), (",", ".")):
        number = plain.replace(group, "").replace(point, ".")
        if is_grouped and number.endswith(".000"):
            continue
        if number.count(".") < 2 and not (group in plain and _is_late(plain, point, group)):
            readings.add(Decimal(number))
    return frozenset(readings)


def _is_late(text: str, point: str, group: str) -> bool:
    """Whether groups are parted after the decimal point, or parted wrongly."""
    whole = text.split(point)[0]
    return group in text[len(whole) :] or not re.fullmatch(
        rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+", whole
    )


def scaled(value: Decimal, scale: str) -> Decimal:
    """With its `k`, `million` or the like; unchanged without one."""
    return value * _SCALES.get(scale.casefold(), 1)


def _of_words(text: str) -> Decimal:
    if "dozen" in text:
        return Decimal(6 if "half" in text else 12)
    total = current = 0
    for word in re.split(r"[ -]", text):
        if word in _SMALL:
            current += _SMALL[word]
        elif word in _SCALES:
            grown = max(current, 1) * _SCALES[word]
            total, current = (total, grown) if word == "hundred" else (total + grown, 0)
    return Decimal(total + current)
