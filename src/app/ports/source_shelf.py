"""What is remembered of sources of tickets, inside one transaction of one tenant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Protocol

from app.domain.ticket_source import SourceCursor, SourcePass, SourceTicket


class SourceShelf(Protocol):
    """How far sources were read, and which tickets are theirs."""

    def cursor(self, feed: str) -> SourceCursor:
        """How far it was read; one that was never read has nothing but its name."""
        ...

    def save_cursor(self, cursor: SourceCursor) -> None:
        """Insert it, or replace the feed's."""
        ...

    def tickets(
        self, feed: str, source_ids: Collection[str] | None = None
    ) -> Mapping[str, SourceTicket]:
        """The feed's tickets by the source's id; no ids: all of them."""
        ...

    def save_tickets(self, tickets: Sequence[SourceTicket]) -> None:
        """Insert them, or replace those under their feed and id."""
        ...

    def full_pass(self, feed: str) -> SourcePass | None:
        """The feed's reading from end to end that has not come to its conclusion; None: none."""
        ...

    def seen_in_pass(self, feed: str) -> Set[str]:
        """The ids of the source that its pages held so far."""
        ...

    def keep_page(self, reading: SourcePass, seen: Sequence[str]) -> None:
        """Remember how far it came, and what its newest page held; the first page begins anew."""
        ...

    def end_pass(self, feed: str) -> None:
        """Forget it."""
        ...

    def reaches(self, account_id: str | None = None) -> Mapping[str, Set[str]]:
        """By feed that was read from end to end: the accounts that it has or had tickets of.

        So too those that an id of its system is known to mean. `account_id`: of this one alone.
        """
        ...

    def ended(self) -> tuple[SourceTicket, ...]:
        """Tickets of all feeds that are gone, moved or merged, by id; one that is back is not."""
        ...
