"""The book of business as a page lists it: searched, filtered, in order, a page at a time.

The port is opened for one tenant, inside one transaction (`app.ports.store.Unit`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

from app.domain.assessment import Agent
from app.domain.book_listing import BookChoices, BookLook, BookRow, ListedAccounts
from app.domain.book_query import BookQuery

Course = tuple[tuple[date, int | None], ...]
"""Days and the scores that were in force on them, oldest first; None: no scan, or no score."""


class BookListing(Protocol):
    """The accounts in sight. Every method costs as many statements, however many there are."""

    def listed(self, query: BookQuery, look: BookLook) -> ListedAccounts:
        """The ids of one page, and the counts; a page beyond the last is the last."""
        ...

    def all_ids(self, query: BookQuery, look: BookLook) -> tuple[str, ...]:
        """The ids of every page, in order."""
        ...

    def rows(self, account_ids: Collection[str], look: BookLook) -> tuple[BookRow, ...]:
        """These accounts (at most 500) in the order given; those out of sight are left out."""
        ...

    def courses(
        self, account_ids: Collection[str], look: BookLook
    ) -> Mapping[tuple[str, Agent], Course]:
        """How the scores of these accounts (at most 500) went in the last 90 days."""
        ...

    def choices(self, look: BookLook) -> BookChoices:
        """What the accounts in sight can be filtered by, active or not."""
        ...
