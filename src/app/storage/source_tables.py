"""Tables of what is remembered of sources of tickets."""

from __future__ import annotations

from sqlalchemy import Index, Table, and_

from app.storage.columns import key, metadata, moment, small, text, texts

source_cursors = Table(
    "source_cursors",
    metadata,
    *key("feed"),
    moment("read_until", optional=True),
    text("cursor"),
    moment("full_read_at", optional=True),
    text("system"),
    text("whom"),
)

KNOWS_WHOM = and_(source_cursors.c.full_read_at.is_not(None), source_cursors.c.system != "")
"""Of a source that was read from end to end: what it has not then is not there."""

source_tickets = Table(
    "source_tickets",
    metadata,
    *key("feed", "source_id"),
    text("ticket_id"),
    moment("updated_at"),
    text("ended"),
    Index("source_tickets_by_ticket", "tenant_id", "ticket_id"),
)

source_passes = Table(
    "source_passes",
    metadata,
    *key("feed"),
    moment("begun_at"),
    text("asked"),
    text("position"),
    small("pages"),
    moment("newest", optional=True),
)
"""A reading from end to end that has not come to its end."""

source_pass_pages = Table(
    "source_pass_pages",
    metadata,
    *key("feed"),
    small("page", in_key=True),
    texts("seen"),
)
"""The ids of the source that each page of it held."""
