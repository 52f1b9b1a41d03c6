"""Days as they are written: `3 March`, `yesterday`, `last Tuesday`, `Q4 2026`, resolved for today.

Whether a day is right for what is said of it is judged elsewhere.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

Period: TypeAlias = tuple[date, date]
"""First and last day."""

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH = (
    r"(?P<m>january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan\b\.?|feb\b\.?|mar\b\.?|apr\b\.?|jun\b\.?|jul\b\.?|aug\b\.?|sept?\b\.?|oct\b\.?|nov\b\.?"
    r"|dec\b\.?)"
)
_MONTH_ALONE = _MONTH.replace("|may|", "|(?-i:May)|")
"""`this may be` is no month."""
_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?:of )?(?P<y>\d{4}))"
_WEEKDAY = r"(?P<w>mon|tues|wednes|thurs|fri|satur|sun)day"
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMention:
    """A day or days named in a text, at an offset."""

    start: int
    end: int
    periods: tuple[Period, ...]
    """What it may mean; empty: no day that there is."""
    is_habit: bool = False
    """It tells of no one day, such as `today` or `this week`: fit wherever nothing else is told."""


Reader: TypeAlias = Callable[[re.Match[str], date], tuple[Period, ...]]


def day_mentions(text: str, today: date) -> Iterator[DayMention]:
    """All days named in the text, each once, the longest reading first."""
    taken: list[tuple[int, int]] = []
    for pattern, reader in _READERS:
        for found in pattern.finditer(text):
            start, end = found.span()
            if all(end <= first or start >= last for first, last in taken):
                taken.append((start, end))
                periods = reader(found, today)
                holds_today = any(first <= today <= last for first, last in periods)
                is_habit = holds_today and found.group().casefold().startswith(("to", "this"))
                yield DayMention(start=start, end=end, periods=periods, is_habit=is_habit)


def _one(year: int, month: int, day: int) -> tuple[Period, ...]:
    try:
        that = date(year, month, day)
    except ValueError:
        return ()
    return ((that, that),)


def _month_of(found: re.Match[str]) -> int:
    name = found["m"].casefold()[:3]
    return next(number for number, month in enumerate(_MONTHS, 1) if month.startswith(name))


def _years(found: re.Match[str], today: date) -> tuple[int, ...]:
    """The year named; where none is, this one and those next to it."""
    if found["y"]:
        return (int(found["y"]),)
    return (today.year, today.year - 1, today.year + 1)


def _named_day(found: re.Match[str], today: date) -> tuple[Period, ...]:
    """Without a year, the day within half a year of today."""
    month, day = _month_of(found), int(found["d"])
    near = timedelta(days=366) if found["y"] is None else timedelta.max
    return tuple(
        (first, last)
        for year in _years(found, today)
        for first, last in _one(year, month, day)
        if abs(first - today) <= near / 2 or year == today.year or found["y"]
    )


def _of_this_month(found: re.Match[str], today: date) -> tuple[Period, ...]:
    """`on the 12th`: of this month, the last or the next."""
    around = (today.replace(day=1) + timedelta(days=days) for days in (-1, 0, 31))
    days = (_one(near.year, near.month, int(found["d"])) for near in around)
    return tuple(period for periods in days for period in periods)


def _iso(found: re.Match[str], _today: date) -> tuple[Period, ...]:
    return _one(int(found["y"]), int(found["mm"]), int(found["d"]))


def _numeric(found: re.Match[str], today: date) -> tuple[Period, ...]:
    first, second = int(found["a"]), int(found["b"])
    year = int(found["y"]) if found["y"] else today.year
    year += 2000 if year < 100 else 0
    return (*_one(year, second, first), *_one(year, first, second))


def _month_alone(found: re.Match[str], today: date) -> tuple[Period, ...]:
    month = _month_of(found)
    return tuple(
        (date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        for year in _years(found, today)
        if 0 < year < 9999
    )


def _quarter(year: int, number: int) -> Period:
    last = number * 3
    return date(year, last - 2, 1), date(year, last, monthrange(year, last)[1])


def _named_quarter(found: re.Match[str], today: date) -> tuple[Period, ...]:
    number = found["q"].casefold()
    nth = _NTH.get(number) or int(number)
    return tuple(_quarter(year, nth) for year in _years(found, today) if 0 < year < 9999)


def _year_alone(found: re.Match[str], _today: date) -> tuple[Period, ...]:
    year = int(found["y"])
    return ((date(year, 1, 1), date(year, 12, 31)),)


_NEAR: dict[str, int] = {
    "today": 0,
    "tonight": 0,
    "this morning": 0,
    "this afternoon": 0,
    "this evening": 0,
    "yesterday": -1,
    "last night": -1,
    "tomorrow": 1,
    "the day before yesterday": -2,
    "the day after tomorrow": 2,
}


def _near(found: re.Match[str], today: date) -> tuple[Period, ...]:
    day = today + timedelta(days=_NEAR[" ".join(found.group().casefold().split())])
    return ((day, day),)


def _unit_of(unit: str, day: date) -> Period:
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if unit == "month":
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    if unit == "quarter":
        return _quarter(day.year, (day.month + 2) // 3)
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _which_unit(found: re.Match[str], today: date) -> tuple[Period, ...]:
    """`last week`, `this month`, `next quarter`, `the end of the week`."""
    which, unit = found["which"].casefold(), found["unit"].casefold()
    first, last = _unit_of(unit, today)
    if which in {"last", "previous"}:
        return (_unit_of(unit, first - timedelta(days=1)),)
    if which == "next":
        return (_unit_of(unit, last + timedelta(days=1)),)
    return ((first, last),)


def _weekend(found: re.Match[str], today: date) -> tuple[Period, ...]:
    saturday = today - timedelta(days=today.weekday()) + timedelta(days=5)
    if found["which"].casefold() in {"last", "over the", "past"}:
        saturday -= timedelta(days=7 if saturday + timedelta(days=1) >= today else 0)
    elif found["which"].casefold() == "next":
        saturday += timedelta(days=7)
    return ((saturday, saturday + timedelta(days=1)),)


def _weekday(found: re.Match[str], today: date) -> tuple[Period, ...]:
    """Alone it is the last such day or the next; `last` and `next` may mean that week's too."""
    prefix = found["w"].casefold()
    number = next(n for n, name in enumerate(_WEEKDAYS) if name.startswith(prefix))
    before = today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
    after = today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    monday = today - timedelta(days=today.weekday())
    week = timedelta(days=7)
    days: tuple[date, ...]
    match (found["which"] or "").casefold():
        case "last":
            days = (before, monday - week + timedelta(days=number))
        case "next":
            days = (after, monday + week + timedelta(days=number))
        case "this":
            days = (monday + timedelta(days=number),)
        case _:
            days = (before, after, monday + timedelta(days=number))
    return tuple((day, day) for day in days)


def _deadline(found: re.Match[str], today: date) -> tuple[Period, ...]:
    """`end of day`, `EOD`: today's end, which no fact is."""
    del found, today
    return ()


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/-])(?:{pattern})(?![\w])", re.IGNORECASE)


_UNIT = r"(?P<unit>week|month|quarter|year)"
_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_compiled(r"(?P<y>\d{4})-(?P<mm>\d{2})-(?P<d>\d{2})(?=T|\b)"), _iso),
    (_compiled(r"(?P<y>\d{4})[/.](?P<mm>\d{1,2})[/.](?P<d>\d{1,2})"), _iso),
    (_compiled(r"(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<y>\d{4}|\d{2})"), _numeric),
    (_compiled(r"(?P<a>\d{1,2})/(?P<b>\d{1,2})(?P<y>(?!))?"), _numeric),
    (_compiled(rf"(?:the )?{_DAY} (?:of )?{_MONTH}{_YEAR}?"), _named_day),
    (_compiled(rf"{_MONTH} (?:the )?{_DAY}{_YEAR}?"), _named_day),
    (_compiled(r"(?<=on the )(?P<d>\d{1,2})(?:st|nd|rd|th)"), _of_this_month),
    (
        _compiled(
            rf"(?:the )?(?P<q>first|second|third|fourth|1st|2nd|3rd|4th) quarter{_YEAR}?"
            r"(?! of (?:your|our))"
        ),
        _named_quarter,
    ),
    (_compiled(r"Q(?P<q>[1-4])(?:[ /-]?(?P<y>\d{4}))?"), _named_quarter),
    (_compiled(r"(?P<y>\d{4})[ /-]?Q(?P<q>[1-4])"), _named_quarter),
    (_compiled(rf"{_MONTH}{_YEAR}"), _month_alone),
    (
        _compiled(
            rf"(?:(?<=in )|(?<=since )|(?<=by )|(?<=until )|(?<=till )|(?<=early )|(?<=late )"
            rf"|(?<=mid )|(?<=mid-)|(?<=of )|(?<=last )|(?<=next )|(?<=this )|(?<=before )"
            rf"|(?<=from )|(?<=through )|(?<=around )|(?<=during )){_MONTH_ALONE}(?P<y>(?!))?"
        ),
        _month_alone,
    ),
    (
        _compiled(
            r"the day before yesterday|the day after tomorrow|today|tonight|this morning"
            r"|this afternoon|this evening|yesterday|last night|tomorrow"
        ),
        _near,
    ),
    (
        _compiled(
            rf"(?:the )?end of (?P<which>the|this|last|next|previous)? ?(?:day|{_UNIT})"
            r"|EOD|EOW|EOM|COB|close of business"
        ),
        _deadline,
    ),
    (_compiled(rf"(?P<which>last|previous|this|next) {_UNIT}"), _which_unit),
    (_compiled(r"(?P<which>last|past|over the|this|next|the) weekend"), _weekend),
    (_compiled(rf"(?:(?P<which>last|next|this) )?{_WEEKDAY}"), _weekday),
    (
        _compiled(
            r"(?:(?<=in )|(?<=since )|(?<=until )|(?<=by )|(?<=year )|(?<=of )|(?<=before )"
            r"|(?<=from )|(?<=early )|(?<=late )|(?<=during )|(?<=through ))(?P<y>(?:19|20)\d\d)"
        ),
        _year_alone,
    ),
)
