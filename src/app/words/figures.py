"""Figures as they are written: counts, shares, money, versions, ordinals, multiples.

Days, times and spans are to be taken out before. Whether a figure is right is judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.words.numerals import NUMBER, ORDINALS, scaled, values_of

_CURRENCY = (
    r"(?:[$\u20ac\u00a3\u00a5\u20b9]|\b(?:EUR|USD|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|INR)\b"
    r"|\b(?:euros?|dollars?|pounds?|bucks?|cents?|francs?|quid)\b)"
)
_SCALE = r"(?: ?(?P<s>thousand|million|billion|k|mn|m|bn)\b)?"
_IDIOMS = re.compile(
    r"\b(?:one or two|two or three|(?:a |an )?\w+ or two|once or twice|one another|one by one"
    r"|day one|one and the same"
    r"|between the two|the two of (?:us|you)"
    r"|(?<!-)one(?![ -](?:hundred|thousand|million|billion|and)\b)"
    r"|double[- ]check(?:ed)?|second thoughts?)\b",
    re.IGNORECASE,
)


class FigureKind(StrEnum):
    """What a figure is."""

    COUNT = "count"
    PERCENT = "percent"
    MONEY = "money"
    VERSION = "version"
    ORDINAL = "ordinal"
    UNCLEAR = "unclear"
    """Digits that are no number by themselves, such as `r1sk` or `3/5`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure in a text, at an offset."""

    start: int
    end: int
    kind: FigureKind
    values: frozenset[Decimal]
    """What it may mean; empty: nothing that can be held against facts."""
    version: str = ""
    """Of a version, as it is written: `4.2` is not `4.20`."""


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_NUMBER = rf"(?P<n>{NUMBER})"
_PATTERNS: tuple[tuple[FigureKind, re.Pattern[str]], ...] = (
    (FigureKind.MONEY, _compiled(rf"{_CURRENCY} ?{_NUMBER}{_SCALE}")),
    (FigureKind.MONEY, _compiled(rf"(?<!\w){_NUMBER}{_SCALE} ?{_CURRENCY}")),
    (
        FigureKind.PERCENT,
        _compiled(rf"(?<!\w){_NUMBER} ?(?:%|\bper ?cent\b|\bpercentage points?\b|\bpct\b|\bpp\b)"),
    ),
    (
        FigureKind.VERSION,
        _compiled(r"\b(?:version|release|v)[. ]?(?P<n>\d+(?:\.\d+)*)(?![\w%])"),
    ),
    (FigureKind.ORDINAL, _compiled(r"(?<!\w)(?P<n>\d+)(?:st|nd|rd|th)\b")),
    (
        FigureKind.ORDINAL,
        _compiled(rf"\b(?P<n>{'|'.join(word for word, n in ORDINALS.items() if n > 2)})\b(?!,)"),
    ),
    (
        FigureKind.PERCENT,
        _compiled(
            r"\b(?P<n>half|a third|two thirds|a quarter|three quarters)(?= (?:of|your|the)\b)"
        ),
    ),
    (
        FigureKind.UNCLEAR,
        _compiled(
            r"\b(?:twice|thrice|doubl(?:e|es|ed|ing)|tripl(?:e|es|ed|ing)|quadrupl\w+"
            r"|\w+fold|(?:hundred|thousand|million|billion|dozen)s)\b(?P<n>(?!))?"
        ),
    ),
    (FigureKind.UNCLEAR, _compiled(r"(?<![\w/:-])\d{1,9}(?:[/:-]\d{1,9}){1,6}(?!\w)(?P<n>(?!))?")),
    (FigureKind.COUNT, _compiled(rf"(?<![\w.,]){_NUMBER}{_SCALE}(?!\w)")),
    (FigureKind.UNCLEAR, _compiled(r"(?<![^\W_])[^\W\d_]*\d[\w.,-]*(?P<n>(?!))?")),
)
_SHARES = {
    "half": (50,),
    "a third": (33, 34),
    "two thirds": (66, 67),
    "a quarter": (25,),
    "three quarters": (75,),
}


def figures(text: str) -> Iterator[Figure]:
    """All figures in the text, in no order. `one` and idioms such as `one or two` are none."""
    left = _IDIOMS.sub(lambda found: " " * len(found.group()), text)
    for kind, pattern in _PATTERNS:
        for found in pattern.finditer(left):
            version = found["n"] if kind is FigureKind.VERSION else ""
            yield Figure(
                start=found.start(),
                end=found.end(),
                kind=kind,
                values=_values(found),
                version=version,
            )
        left = pattern.sub(lambda found: " " * len(found.group()), left)


def _values(found: re.Match[str]) -> frozenset[Decimal]:
    written = (found["n"] or "").casefold()
    if not written:
        return frozenset()
    if written in ORDINALS:
        return frozenset({Decimal(ORDINALS[written])})
    if written in _SHARES:
        return frozenset(map(Decimal, _SHARES[written]))
    scale = found.groupdict().get("s") or ""
    return frozenset(scaled(value, scale) for value in values_of(written))


def figures_in(text: str) -> frozenset[Decimal]:
    """The numbers that stand in a text, whatever they are of."""
    return _of(text, frozenset({FigureKind.COUNT, FigureKind.ORDINAL}))


def versions_in(text: str) -> frozenset[str]:
    """The versions that stand in a text, as they are written."""
    return frozenset(one.version for one in figures(text) if one.version)


def percents_in(text: str) -> frozenset[Decimal]:
    """The shares that stand in a text, in percent."""
    return _of(text, frozenset({FigureKind.PERCENT}))


def money_in(text: str) -> frozenset[Decimal]:
    """The sums of money that stand in a text, in any currency."""
    return _of(text, frozenset({FigureKind.MONEY}))


def _of(text: str, kinds: frozenset[FigureKind]) -> frozenset[Decimal]:
    return frozenset(value for one in figures(text) if one.kind in kinds for value in one.values)
