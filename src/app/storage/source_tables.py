"""Tables of what is remembered of sources of tickets."""

from __future__ import annotations

from sqlalchemy import Table

from app.storage.columns import key, metadata, moment, text

source_cursors = Table(
    "source_cursors",
    metadata,
    *key("feed"),
    moment("read_until", optional=True),
    text("cursor"),
    moment("full_read_at", optional=True),
)

source_tickets = Table(
    "source_tickets",
    metadata,
    *key("feed", "source_id"),
    text("ticket_id"),
    moment("updated_at"),
    text("ended"),
)
