"""What is remembered of a source of tickets: how far it was read, and which tickets are its own.

And what is decided of it: whether a reading that broke off may go on, and what is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCursor:
    """How far a feed was read."""

    feed: str
    read_until: datetime | None = None
    """The newest update that was seen; None: it was never read to its end."""
    cursor: str = ""
    """The source's own cursor, where it has one."""
    full_read_at: datetime | None = None
    """When everything was last read from end to end."""
    system: str = ""
    """What system it is, such as `jira`; empty: that is not known yet."""
    whom: str = ""
    """A digest of what the settings ask, and of whom; empty: nobody was asked yet."""

    def asking(self, whom: str) -> SourceCursor:
        """Itself, or the beginning: what was read elsewhere, or of less, is nothing of this."""
        return self if self.whom == whom else SourceCursor(feed=self.feed, whom=whom)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTicket:
    """A ticket as a source knows it."""

    feed: str
    source_id: str
    """The source's own id, which stays when the ticket is moved or renamed."""
    ticket_id: str
    updated_at: datetime
    """As the source last told it."""
    ended: str = ""
    """Why it is closed though the source does not say so: it is gone, moved or merged."""


GOES_ON_WITHIN = timedelta(hours=24)
"""A reading from end to end that began earlier begins again: positions do not hold for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePass:
    """A reading from end to end, as far as it came."""

    feed: str
    begun_at: datetime
    asked: str
    """A digest of what is asked of whom: a position means something there alone."""
    position: str = ""
    """Where the next page begins; empty: with the first one, or the last one was read."""
    pages: int = 0
    newest: datetime | None = None
    """The newest update on these pages."""

    @property
    def is_read(self) -> bool:
        """Whether the list came to its end."""
        return self.pages > 0 and not self.position

    def may_go_on(self, asked: str, now: datetime) -> bool:
        """Whether a reading at `now` that asks the same takes it up where it stopped."""
        age = now - self.begun_at
        return self.asked == asked and timedelta() <= age <= GOES_ON_WITHIN

    def after_page(self, position: str, newest: datetime | None) -> SourcePass:
        """One page further."""
        return replace(self, position=position, pages=self.pages + 1, newest=newest)


def not_listed(
    known: Mapping[str, SourceTicket], seen: Collection[str]
) -> tuple[SourceTicket, ...]:
    """Tickets that are not ended as far as we know, and that a source did not list."""
    return tuple(
        ticket for source_id, ticket in known.items() if not ticket.ended and source_id not in seen
    )


def are_too_many(gone: int, known: Mapping[str, SourceTicket], most_share: float) -> bool:
    """Whether more are gone at once than is believed; a single one always is."""
    listed = sum(not ticket.ended for ticket in known.values())
    return gone > max(1, listed * most_share)
