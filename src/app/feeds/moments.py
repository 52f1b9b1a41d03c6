"""Days and moments out of text. Year first unless told; what could be two days is refused."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.feeds.formats import DateOrder, Formats
from app.feeds.refusals import CellRefused, excerpt

FIRST_YEAR = 1970
LAST_YEAR = 2199

_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{2}|[0-9]{4})")
_SERIAL = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?")
_CLOCK = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"\s*([AaPp])?(?:\.?[Mm]\.?)?\s*(Z|z|UTC|[+-][0-9]{2}:?[0-9]{2})?"
)


def read_day(text: str, formats: Formats) -> date:
    """A calendar day; of a moment, its day in the file's zone. Raises CellRefused."""
    return _day(text.strip(), formats)


def read_moment(text: str, formats: Formats) -> datetime:
    """An aware moment in UTC; without an offset of its own it is local to the file's zone.

    A bare day is its midnight. Raises CellRefused.
    """
    return _moment(text.strip(), formats)


def read_clock(text: str) -> time:
    """A time of day such as 22:00. Raises CellRefused."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or found[6]:
        raise CellRefused(f"{excerpt(text)} is not a time of day such as 22:00")
    return _time_of(found, text)


# A usage file has the same few days on thousands of rows.
@lru_cache(maxsize=4096)
def _day(text: str, formats: Formats) -> date:
    if ":" in text:
        return _moment(text, formats).astimezone(ZoneInfo(formats.zone)).date()
    return _calendar_day(text, formats.dates)


@lru_cache(maxsize=4096)
def _moment(text: str, formats: Formats) -> datetime:
    day_text, _, clock_text = text.replace("T", " ", 1).replace(",", "", 1).partition(" ")
    day = _calendar_day(day_text, formats.dates)
    zone = ZoneInfo(formats.zone)
    if not clock_text.strip():
        return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    found = _CLOCK.fullmatch(clock_text.strip())
    if found is None:
        raise CellRefused(f"{excerpt(text)} is not a moment such as 2026-03-31T14:05:00Z")
    moment = datetime.combine(day, _time_of(found, text))
    offset = found[6]
    if not offset:
        return moment.replace(tzinfo=zone).astimezone(UTC)
    if offset in {"Z", "z", "UTC"}:
        return moment.replace(tzinfo=UTC)
    return _at_offset(moment, offset, text)


def _at_offset(moment: datetime, offset: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(f"{moment.isoformat()}{offset}").astimezone(UTC)
    except ValueError as exc:
        raise CellRefused(f"{excerpt(text)} has an offset that does not exist") from exc


def _time_of(found: re.Match[str], text: str) -> time:
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[5]:
        if not 1 <= hour <= 12:
            raise CellRefused(f"{excerpt(text)} is not a time of day such as 22:00")
        hour = hour % 12 + (12 if found[5] in "Pp" else 0)
    micros = int((found[4] or "0")[:6].ljust(6, "0"))
    try:
        return time(hour, minute, second, micros)
    except ValueError as exc:
        raise CellRefused(f"{excerpt(text)} is not a time of day such as 22:00") from exc


def _calendar_day(text: str, order: DateOrder) -> date:
    found = _YEAR_FIRST.fullmatch(text)
    if found is not None:
        return _made(found[1], found[3], found[4], text)
    compact = _COMPACT.fullmatch(text)
    if compact is not None:
        return _made(compact[1], compact[2], compact[3], text)
    last = _YEAR_LAST.fullmatch(text)
    if last is None:
        raise CellRefused(_not_a_day(text))
    if len(last[4]) == 2:
        raise CellRefused(f"{excerpt(text)} has a year of two digits; write all four")
    if order is DateOrder.DMY:
        return _made(last[4], last[3], last[1], text)
    if order is DateOrder.MDY:
        return _made(last[4], last[1], last[3], text)
    raise CellRefused(_which_order(text, int(last[1]), int(last[3])))


def _made(year: str, month: str, day: str, text: str) -> date:
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise CellRefused(f"{excerpt(text)} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    try:
        return date(int(year), int(month), int(day))
    except ValueError as exc:
        raise CellRefused(f"{excerpt(text)} is a day that does not exist") from exc


def _which_order(text: str, first: int, second: int) -> str:
    if first > 12 >= second:
        return f"{excerpt(text)} is not year-month-day; say --dates dmy if the day comes first"
    if second > 12 >= first:
        return f"{excerpt(text)} is not year-month-day; say --dates mdy if the month comes first"
    return (
        f"{excerpt(text)} could be two different days; say --dates dmy (day first) "
        "or --dates mdy (month first)"
    )


def _not_a_day(text: str) -> str:
    if _SERIAL.fullmatch(text):
        return (
            f"{excerpt(text)} looks like a day as Excel counts it; format the column as a date "
            "and export it again"
        )
    return f"{excerpt(text)} is not a day such as 2026-03-31"
