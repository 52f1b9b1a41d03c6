"""The book of business: one page of it, or all that matches for a file.

It reads the store once, within its viewer's sight, in as many statements for ten accounts as for
ten thousand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.clock import local_day
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.book_listing import AgentCell, BookChoices, BookLook, BookRow, pages_of
from app.domain.book_query import BookQuery
from app.domain.viewer import Viewer
from app.ports.book_listing import Course
from app.ports.store import Unit

BATCH = 500
"""Accounts of a file that are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """One account as the page shows it."""

    row: BookRow
    courses: Mapping[Agent, Course]

    @property
    def sides(self) -> tuple[tuple[Agent, AgentCell, Course], ...]:
        """Technical, then commercial health; no course before the first scan."""
        cells = ((Agent.TAM, self.row.tam), (Agent.CSM, self.row.csm))
        return tuple((agent, cell, self.courses.get(agent, ())) for agent, cell in cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPage:
    """A page of the book."""

    query: BookQuery
    """What was asked, on the last page where it asked for one beyond."""
    lines: tuple[BookLine, ...]
    counts: Mapping[Band, int]
    """By the worse band, of all that matches but for the asked band itself."""
    today: date

    @property
    def all_bands(self) -> int:
        """How many match, whatever their band."""
        return sum(self.counts.values())

    @property
    def total(self) -> int:
        """How many match."""
        band = self.query.band
        return self.all_bands if band is None else self.counts[band]

    @property
    def pages(self) -> int:
        """How many pages they fill."""
        return pages_of(self.total)


def read_book(unit: Unit, viewer: Viewer, now: datetime, query: BookQuery) -> BookPage:
    """The page that is asked for, or the last there is."""
    look = _look(unit, viewer, now)
    listing = unit.book_listing
    listed = listing.listed(query, look)
    band = query.band
    total = sum(listed.counts.values()) if band is None else listed.counts[band]
    query = query.on_page(min(query.page, pages_of(total)))
    ids = listed.account_ids
    courses = listing.courses(ids, look)
    return BookPage(
        query=query,
        lines=tuple(
            BookLine(
                row=row,
                courses={
                    agent: courses[row.account_id, agent]
                    for agent in Agent
                    if (row.account_id, agent) in courses
                },
            )
            for row in listing.rows(ids, look)
        ),
        counts=listed.counts,
        today=look.day,
    )


def book_choices(unit: Unit, viewer: Viewer, now: datetime) -> BookChoices:
    """What his accounts can be filtered by, active or not."""
    return unit.book_listing.choices(_look(unit, viewer, now))


def book_ids(unit: Unit, viewer: Viewer, now: datetime, query: BookQuery) -> tuple[str, ...]:
    """The ids of all accounts that match, in order."""
    return unit.book_listing.all_ids(query, _look(unit, viewer, now))


def book_rows(
    unit: Unit, viewer: Viewer, now: datetime, account_ids: Collection[str]
) -> tuple[BookRow, ...]:
    """These accounts (at most `BATCH`), as far as they are in sight still."""
    return unit.book_listing.rows(account_ids, _look(unit, viewer, now))


def _look(unit: Unit, viewer: Viewer, now: datetime) -> BookLook:
    settings = unit.tenant.settings().settings
    return BookLook(
        now=now,
        day=local_day(now, settings.zone),
        zone=settings.zone,
        default_owner=settings.default_owner,
        seen_by=viewer.owner,
    )
