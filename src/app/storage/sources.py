"""What is remembered of sources of tickets, on SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import select

from app.domain.ticket_source import SourceCursor, SourceTicket
from app.storage.repository import Repository, in_lists
from app.storage.source_tables import source_cursors, source_tickets


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
