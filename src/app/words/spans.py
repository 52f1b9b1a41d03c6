"""Spans of time and times of day as they are written: `for 5 days`, `two weeks ago`, `9:30 am`.

Whether a span is right for what is said of it is judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from enum import StrEnum

from app.words.numerals import NUMBER, values_of

HOURS: dict[str, tuple[float, ...]] = {
    "minute": (1 / 60,),
    "hour": (1,),
    "day": (24,),
    "week": (168,),
    "month": (720, 730.5, 744),
    "quarter": (2160, 2191.5, 2208),
    "year": (8760, 8766, 8784),
}
"""How long each unit is; the calendar has months of several lengths."""


class Bound(StrEnum):
    """How exactly a span is meant."""

    EXACT = ""
    AT_LEAST = "at least"
    AT_MOST = "at most"
    ABOUT = "about"


_BOUNDS: dict[str, Bound] = {
    **dict.fromkeys(("over", "more than", "at least", "longer than", "well over"), Bound.AT_LEAST),
    **dict.fromkeys(("almost", "nearly", "just under", "less than", "under"), Bound.AT_MOST),
    **dict.fromkeys(("about", "around", "roughly", "approximately", "some"), Bound.ABOUT),
}


class Side(StrEnum):
    """Where the span lies, as far as the words say."""

    PAST = "past"
    AHEAD = "ahead"
    EITHER = "either"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanMention:
    """A span named in a text, at an offset."""

    start: int
    end: int
    least: float
    most: float
    """How many units."""
    unit: str
    bound: Bound
    side: Side

    @property
    def minutes(self) -> float:
        """How many minutes it is where it is short, as talks are; else 0."""
        return self.most * HOURS[self.unit][0] * 60 if self.unit in {"minute", "hour"} else 0

    def fits(self, hours: float) -> bool:
        """Whether so many hours may be told like this: rounded down, or to the nearest."""
        return any(self._fits(hours / length) for length in HOURS[self.unit])

    def _fits(self, units: float) -> bool:
        match self.bound:
            case Bound.AT_LEAST:
                return self.least <= units < self.most * 1.5 + 1
            case Bound.AT_MOST:
                return self.least * 0.75 - 0.5 <= units <= self.most
            case Bound.ABOUT:
                return self.least * 0.75 - 0.5 <= units <= self.most * 1.25 + 0.5
            case _:
                return self.least - 0.5 <= units < self.most + 1


_VAGUE: dict[str, tuple[float, float]] = {
    "a few": (2, 6),
    "several": (2, 10),
    "some": (2, 10),
    "a couple of": (2, 3),
    "couple of": (2, 3),
    "many": (4, 60),
    "half a": (0.5, 0.5),
    "half an": (0.5, 0.5),
    "a quarter of an": (0.25, 0.25),
    "three quarters of an": (0.75, 0.75),
    "a": (1, 1),
    "an": (1, 1),
    "one and a half": (1.5, 1.5),
}
_UNIT = r"(?P<unit>minute|min|hour|hr|day|week|month|quarter|year)s?"
_QUALIFIER = "|".join(sorted(_BOUNDS, key=len, reverse=True))
_AMOUNT = (
    r"(?P<n>one and a half|half an?|a quarter of an|three quarters of an|an?|a couple of"
    rf"|couple of|{NUMBER})"
)
_VAGUELY = r"(?P<n>a few|several|some|many)"
_TAIL = r"(?P<tail> ago| earlier| back| from now| old|'s? time)?"
_SPAN = re.compile(
    rf"(?<![\w/.-])(?P<head>in the past |over the past |in the last |over the last |the past "
    rf"|the last |within |in |after )?(?:(?P<bound>{_QUALIFIER}) )?(?:the )?"
    rf"{_AMOUNT}[ -](?:more |further |full |whole |long |working |business |calendar )*"
    rf"{_UNIT}\b{_TAIL}",
    re.IGNORECASE,
)
_VAGUE_AGO = re.compile(
    rf"(?<!than )(?<!as )(?<![\w-]){_VAGUELY} {_UNIT}(?P<tail> ago| earlier| from now)",
    re.IGNORECASE,
)
_BEFORE_AN_ARTICLE = re.compile(
    r"(?:\b(?:for|over|than|almost|nearly|about|after|within|in|last|past|least|under) |^)$",
    re.IGNORECASE,
)
_TIMES = (
    re.compile(
        r"(?<![\w:.])(?P<h>[01]?\d|2[0-4])[:.](?P<m>[0-5]\d)(?::[0-5]\d)?"
        r"(?: ?(?P<half>[ap])\.?m\b\.?)?(?![\d:])(?: ?(?:UTC|GMT|CES?T|Z)\b)?",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<![\w:.])(?P<h>1[0-2]|0?[1-9]) ?(?P<half>[ap])\.?m\b\.?(?P<m>(?!))?", re.IGNORECASE
    ),
    re.compile(r"(?<![\w:.])(?P<h>1?\d|2[0-4]) ?o'clock(?P<m>(?!))?(?P<half>(?!))?", re.IGNORECASE),
    re.compile(r"\b(?:noon|midday)\b(?P<h>(?!))?(?P<m>(?!))?(?P<half>(?!))?", re.IGNORECASE),
)


def span_mentions(text: str) -> Iterator[SpanMention]:
    """All spans named in the text. `every day` and `a week` (each week) are none."""
    for found in _SPAN.finditer(text):
        is_article = found["n"].casefold() in {"a", "an"}
        told = found["tail"] or found["bound"] or found["head"]
        if not is_article or told or _BEFORE_AN_ARTICLE.search(text[: found.start("n")]):
            yield from _mention(found, head=(found["head"] or ""), bound=found["bound"] or "")
    for found in _VAGUE_AGO.finditer(text):
        yield from _mention(found, head="", bound="")


def _mention(found: re.Match[str], *, head: str, bound: str) -> Iterator[SpanMention]:
    written, tail = found["n"].casefold(), (found["tail"] or "").strip().casefold()
    unit = {"min": "minute", "hr": "hour"}.get(found["unit"].casefold(), found["unit"].casefold())
    amounts = [_VAGUE[written]] if written in _VAGUE else _exact(written)
    is_lasting = found.string[: found.start()].casefold().endswith("for ")
    side = Side.PAST if is_lasting and unit not in {"minute", "hour"} else Side.EITHER
    if tail in {"ago", "earlier", "back", "old"} or head.casefold().endswith(("past ", "last ")):
        side = Side.PAST
    elif tail in {"from now", "'s time", "' time"} or head.casefold() in {"in ", "within "}:
        side = Side.AHEAD
    for least, most in amounts:
        yield SpanMention(
            start=found.start(),
            end=found.end(),
            least=least,
            most=most,
            unit=unit,
            bound=_BOUNDS.get(bound.casefold(), Bound.EXACT),
            side=side,
        )


def _exact(written: str) -> list[tuple[float, float]]:
    """One reading; where a number has two (`1.200`), the smaller is meant of a span."""
    values = sorted(values_of(written)) or [Decimal(-1)]
    return [(float(values[0]), float(values[0]))]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMention:
    """A time of day named in a text."""

    start: int
    end: int
    at: time
    minutes_told: bool


def time_mentions(text: str) -> Iterator[TimeMention]:
    """All times of day named in the text; `4.30` only where am or pm says that it is one."""
    for pattern in _TIMES:
        for found in pattern.finditer(text):
            if "." in found.group()[:3] and not found["half"]:
                continue
            hour = int(found["h"] or 12)
            if found["half"]:
                hour = hour % 12 + (12 if found["half"].casefold() == "p" else 0)
            minute = int(found["m"] or 0)
            at = time(hour % 24, minute)
            yield TimeMention(
                start=found.start(), end=found.end(), at=at, minutes_told=found["m"] is not None
            )
