"""Tables of the embedded bus: streams and their events, groups and what they have in hand."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from app.storage.columns import body, key, metadata, moment, small, text
from app.storage.types import Json

events = Table(
    "events",
    metadata,
    *key("event_id"),
    text("stream"),
    small("place"),
    moment("published_at"),
    body("body"),
    Index("events_by_stream", "tenant_id", "stream", "place"),
)
"""Events in the order (`place`) of being published, per stream.

One that was dropped from its stream keeps its row for the id's sake: its `stream` is empty then.
"""

event_streams = Table(
    "event_streams",
    metadata,
    *key("stream"),
    small("last_place"),
    small("length"),
    small("trimmed"),
    sqlite_with_rowid=False,
)

event_groups = Table(
    "event_groups",
    metadata,
    *key("stream", "group_name"),
    small("given"),
    small("missed"),
    sqlite_with_rowid=False,
)
"""`given`: the place up to which the group was given the stream."""

event_deliveries = Table(
    "event_deliveries",
    metadata,
    *key("stream", "group_name"),
    small("place", in_key=True),
    text("event_id"),
    text("consumer"),
    small("count"),
    moment("due_at"),
    text("error"),
    moment("published_at", optional=True),
    Column("body", Json(), nullable=True),
    Index("deliveries_by_due", "tenant_id", "stream", "group_name", "due_at", "place"),
)
"""In hand, or (without a consumer) to be given again; from `due_at` on it is anybody's.

`body` and `published_at` are here once they are no longer sure to be in `events`.
"""

event_parked = Table(
    "event_parked",
    metadata,
    *key("stream", "group_name", "event_id"),
    small("place"),
    small("count"),
    text("error"),
    moment("parked_at"),
    moment("published_at"),
    body("body"),
    Index("parked_by_time", "tenant_id", "parked_at", "place"),
)
"""Dead letters."""

handled_events = Table(
    "handled_events",
    metadata,
    *key("group_name", "event_id"),
    moment("handled_at"),
    Index("handled_by_time", "tenant_id", "handled_at"),
)
