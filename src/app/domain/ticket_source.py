"""What is remembered of a source of tickets: how far it was read, and which tickets are its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
