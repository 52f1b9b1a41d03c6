"""The listed book on SQL: one statement for a page's ids and counts, one for what stands on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.book_listing import BookChoices, BookLook, BookRow, ListedAccounts
from app.domain.book_query import BookQuery
from app.ports.book_listing import Course
from app.storage.book_listing_parts import IN_SIGHT, owner, parameters
from app.storage.book_listing_rows import ROWS, row_of
from app.storage.book_listing_statements import (
    COURSES,
    course_bounds,
    course_days,
    ids_statement,
    page_statement,
)
from app.storage.book_tables import book_keys
from app.storage.repository import Repository


class SqlBookListing(Repository):
    """`BookListing` on SQL."""

    def listed(self, query: BookQuery, look: BookLook) -> ListedAccounts:
        """The ids of one page, and the counts; a page beyond the last is the last."""
        found = self._connection.execute(page_statement(query), self._asked(look))
        rows = found.mappings().all()
        return ListedAccounts(
            account_ids=tuple(row["account_id"] for row in rows if row["account_id"] is not None),
            counts={band: rows[0][band.value] for band in Band},
        )

    def all_ids(self, query: BookQuery, look: BookLook) -> tuple[str, ...]:
        """The ids of every page, in order."""
        found = self._connection.execute(ids_statement(query), self._asked(look))
        return tuple(found.scalars())

    def rows(self, account_ids: Collection[str], look: BookLook) -> tuple[BookRow, ...]:
        """These accounts (at most 500) in the order given; those out of sight are left out."""
        asked = {**self._asked(look), "ids": list(account_ids)}
        found = {
            row["account_id"]: row_of(row)
            for row in self._connection.execute(ROWS, asked).mappings()
        }
        return tuple(found[account_id] for account_id in account_ids if account_id in found)

    def courses(
        self, account_ids: Collection[str], look: BookLook
    ) -> Mapping[tuple[str, Agent], Course]:
        """How the scores of these accounts (at most 500) went in the last 90 days."""
        asked = {"tenant": self._tenant_id, "ids": list(account_ids), **course_bounds(look)}
        days = course_days(look)
        return {
            (account_id, agent): tuple(zip(days, scores, strict=True))
            for account_id, agent, *scores in self._connection.execute(COURSES, asked)
        }

    def choices(self, look: BookLook) -> BookChoices:
        """What the accounts in sight can be filtered by, active or not."""
        found = self._connection.execute(_CHOICES, self._asked(look)).all()
        owners = {one for one, _ in found}
        return BookChoices(
            owners=tuple(sorted(owners - {""})),
            segments=tuple(sorted({segment for _, segment in found} - {""})),
            has_unowned="" in owners,
            has_accounts=bool(found),
        )

    def _asked(self, look: BookLook) -> dict[str, str | int | None]:
        return parameters(self._tenant_id, look)


_CHOICES = select(owner, book_keys.c.segment).where(IN_SIGHT).distinct()
