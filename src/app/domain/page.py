"""A document as it is laid out: sections of key figures, tables, a course, points.

It holds text and numbers only; what they say is the agents' affair, how they look a renderer's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.band import Band


class Tone(StrEnum):
    """How a word is meant, for its colour; the word itself says it too."""

    PLAIN = "plain"
    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One entry of a table."""

    text: str
    tone: Tone = Tone.PLAIN
    share: float | None = None
    """0-1: a bar stands before the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A key figure."""

    label: str
    value: str
    note: str = ""
    """What belongs to it, smaller."""
    tone: Tone = Tone.PLAIN
    share: float | None = None
    """0-1: a bar stands under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a title; the first column names them."""

    title: str
    columns: tuple[str, ...]
    """What the columns are called; empty: they speak for themselves."""
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePoint:
    """A score of 0-100 that holds from one day on."""

    on: date
    score: int
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section; whatever of it is empty is left out."""

    title: str
    text: str = ""
    figures: tuple[Figure, ...] = ()
    course: tuple[CoursePoint, ...] = ()
    """Oldest first."""
    tables: tuple[Table, ...] = ()
    points_title: str = ""
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole document."""

    kind: str
    """What it is, such as `Quarterly business review`."""
    title: str
    facts: tuple[str, ...]
    """What it is of, of when and whose, in a word or two each."""
    internal: str = ""
    """Why it is for our own people only; empty: the customer may read it."""
    sections: tuple[Section, ...] = ()
    internal_section: Section | None = None
    """Stands apart at the end, marked."""


_TONES = {Band.GREEN: Tone.GOOD, Band.AMBER: Tone.WATCH, Band.RED: Tone.BAD}


def tone_of(band: str) -> Tone:
    """The tone of a band's name; of anything else plain."""
    return _TONES[Band(band)] if band in set(_TONES) else Tone.PLAIN
