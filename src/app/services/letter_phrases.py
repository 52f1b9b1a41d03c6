"""Small phrases of letters: days, ages, lists of names, and other people's text made fit for them.

They know nothing of what a letter is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from app.services.autolinks import is_name_with_link, makes_link
from app.services.letter_words import internal_words
from app.services.plain_text import one_line

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_TICKET_ID = re.compile(r"[\w.#/:-]{1,40}", re.ASCII)
_LINK = re.compile(r"https://[\w.~:/?#@!$&'()*+,;=%-]{1,200}", re.ASCII)


def age_in_words(days: float) -> str:
    """How long something has lasted, by the calendar: `since today` to `for 3 years`."""
    whole = int(max(days, 0))
    if whole == 0:
        return "since today"
    if whole == 1:
        return "since yesterday"
    for unit, length, until in (("days", 1, 14), ("weeks", 7, 60), ("months", 30, 730)):
        if whole < until:
            return f"for {whole // length} {unit}"
    return f"for {whole // 365} years"


def age_days(since: datetime, now: datetime) -> float:
    """Days between two moments, with fractions."""
    return (now - since) / timedelta(days=1)


def days_ago(day: date | None, now: datetime) -> int:
    """How many days ago that was; 0 for what is unknown or to come."""
    return 0 if day is None else max((now.date() - day).days, 0)


def day_in_words(day: date | None, now: datetime) -> str:
    """`today`, `yesterday`, `on 12 March`, with the year where it is another; empty: no day.

    A day to come is told as such: `on 12 March`, never `today`.
    """
    if day is None:
        return ""
    if day <= now.date() and days_ago(day, now) <= 1:
        return "yesterday" if days_ago(day, now) else "today"
    year = "" if day.year == now.year else f" {day.year}"
    return f"on {day.day} {_MONTHS[day.month - 1]}{year}"


def in_words(names: Iterable[str], last: str = "and") -> str:
    """`A`, `A and B` or `A, B and C`; empty names are left out."""
    listed = [name for name in names if name]
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def fit(text: str, most: int) -> str:
    """Other people's text as a letter may show it; empty when it has internal words in it."""
    line = one_line(text, most)
    return "" if internal_words(line) else line


def quoted(text: str, most: int) -> str:
    """Words of the customer's own as a letter may quote them; empty where they would be a link."""
    line = fit(text, most)
    return "" if makes_link(text) or makes_link(line) else line


def fit_name(name: str, most: int) -> str:
    """A name as a letter may show it; empty when it says more than a name does."""
    line = fit(name, most)
    return "" if is_name_with_link(name) or is_name_with_link(line) else line


def fitting(names: Iterable[str], most: int) -> list[str]:
    """The first `most` names that a letter may show."""
    return [name for name in (fit_name(name, 40) for name in names) if name][:most]


def ticket_id(given: str) -> str:
    """The id where it looks like one, else empty."""
    return given if _TICKET_ID.fullmatch(given) and not makes_link(given) else ""


def link(given: str) -> str:
    """The address where it is a plain one, else empty."""
    return given if _LINK.fullmatch(given) and not internal_words(given) else ""


def sentence(text: str) -> str:
    """The text as a sentence of its own: with a full stop where it has no end."""
    shown = text.rstrip()
    return shown if not shown or shown[-1] in ".!?…" else f"{shown}."


def names_in(lists: Sequence[Iterable[str]]) -> frozenset[str]:
    """All names that are not empty."""
    return frozenset(name for names in lists for name in names if name)
