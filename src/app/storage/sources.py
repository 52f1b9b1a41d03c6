"""What is remembered of sources of tickets, on SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import asdict

from sqlalchemy import ColumnElement, Select, and_, select, union

from app.domain.ticket_source import SourceCursor, SourcePass, SourceTicket
from app.storage.fact_tables import tickets
from app.storage.record_tables import external_ids
from app.storage.repository import NewRow, Repository, in_lists
from app.storage.source_tables import (
    KNOWS_WHOM,
    source_cursors,
    source_pass_pages,
    source_passes,
    source_tickets,
)

_TIED_BY = ("organization", "field", "component", "project")
"""What of a system may be known to mean an account: `jira-project`, `kayako-organization`."""


class SqlSourceShelf(Repository):
    """`SourceShelf` on SQL."""

    def cursor(self, feed: str) -> SourceCursor:
        """How far it was read; one that was never read has nothing but its name."""
        row = self._row(source_cursors, source_cursors.c.feed == feed)
        return SourceCursor(feed=feed) if row is None else SourceCursor(**row)

    def save_cursor(self, cursor: SourceCursor) -> None:
        """Insert it, or replace the feed's."""
        self._put(source_cursors, [asdict(cursor)])

    def tickets(
        self, feed: str, source_ids: Collection[str] | None = None
    ) -> Mapping[str, SourceTicket]:
        """The feed's tickets by the source's id; no ids: all of them."""
        of_feed = source_tickets.c.feed == feed
        if source_ids is None:
            rows = list(self._rows(source_tickets, of_feed))
        else:
            rows = [
                row
                for some in in_lists(source_ids)
                for row in self._rows(source_tickets, of_feed, source_tickets.c.source_id.in_(some))
            ]
        return {row["source_id"]: SourceTicket(**row) for row in rows}

    def save_tickets(self, tickets: Sequence[SourceTicket]) -> None:
        """Insert them, or replace those under their feed and id."""
        self._put(source_tickets, [asdict(ticket) for ticket in tickets])

    def full_pass(self, feed: str) -> SourcePass | None:
        """The feed's reading from end to end that has not come to its conclusion; None: none."""
        row = self._row(source_passes, source_passes.c.feed == feed)
        return None if row is None else SourcePass(**row)

    def seen_in_pass(self, feed: str) -> Set[str]:
        """The ids of the source that its pages held so far."""
        rows = self._rows(source_pass_pages, source_pass_pages.c.feed == feed)
        return {source_id for row in rows for source_id in row["seen"]}

    def keep_page(self, reading: SourcePass, seen: Sequence[str]) -> None:
        """Remember how far it came, and what its newest page held; the first page begins anew."""
        if reading.pages == 1:
            self.end_pass(reading.feed)
        self._put(source_passes, [asdict(reading)])
        page: NewRow = {"feed": reading.feed, "page": reading.pages, "seen": tuple(seen)}
        self._put(source_pass_pages, [page])

    def end_pass(self, feed: str) -> None:
        """Forget it."""
        for table in (source_passes, source_pass_pages):
            self._connection.execute(self._delete(table, table.c.feed == feed))

    def reaches(self, account_id: str | None = None) -> Mapping[str, Set[str]]:
        """By feed that was read from end to end: the accounts that it has or had tickets of."""
        known = source_cursors.c
        found: dict[str, set[str]] = {
            row["feed"]: set() for row in self._rows(source_cursors, KNOWS_WHOM)
        }
        had = _of_one(
            select(source_tickets.c.feed, tickets.c.account_id)
            .join(
                tickets,
                and_(
                    tickets.c.tenant_id == source_tickets.c.tenant_id,
                    tickets.c.ticket_id == source_tickets.c.ticket_id,
                ),
            )
            .where(self._mine(source_tickets), self._mine(tickets)),
            tickets.c.account_id,
            account_id,
        )
        tied = _of_one(
            select(known.feed, external_ids.c.account_id)
            .join(external_ids, external_ids.c.tenant_id == known.tenant_id)
            .where(
                self._mine(source_cursors),
                self._mine(external_ids),
                external_ids.c.system.in_([known.system + f"-{kind}" for kind in _TIED_BY]),
            ),
            external_ids.c.account_id,
            account_id,
        )
        for row in self._connection.execute(union(had, tied)).mappings():
            if row["feed"] in found:
                found[row["feed"]].add(row["account_id"])
        return found

    def ended(self) -> tuple[SourceTicket, ...]:
        """Tickets of all feeds that are gone, moved or merged, by id; one that is back is not."""
        own = source_tickets.c
        alive = select(own.ticket_id).where(self._mine(source_tickets), own.ended == "")
        rows = self._rows(
            source_tickets,
            own.ended != "",
            own.ticket_id.not_in(alive),
            order=(own.ticket_id, own.feed, own.source_id),
        )
        return tuple(SourceTicket(**row) for row in rows)


def _of_one(
    statement: Select[tuple[str, str]], owner: ColumnElement[str], account_id: str | None
) -> Select[tuple[str, str]]:
    return statement if account_id is None else statement.where(owner == account_id)
