"""Events kept in the store, in the order of being published."""

from __future__ import annotations

from sqlalchemy import select

from app.ports.rows import StoredEvent
from app.storage.record_tables import events
from app.storage.repository import NewRow, Repository


class SqlEventLog(Repository):
    """`EventLog` on SQL."""

    def add(self, event: StoredEvent) -> bool:
        """Append an event by its id; False when it is there already."""
        row: NewRow = {
            "event_id": event.event_id,
            "stream": event.stream,
            "place": self._next_place(events),
            "published_at": event.published_at,
            "body": event.body,
        }
        return self._add(events, [row]) == 1

    def stream(self, name: str, *, most: int = 200) -> tuple[StoredEvent, ...]:
        """The newest events of a stream, oldest first."""
        statement = (
            select(events.c.event_id, events.c.stream, events.c.published_at, events.c.body)
            .where(self._mine(events), events.c.stream == name)
            .order_by(events.c.place.desc())
            .limit(most)
        )
        newest = self._connection.execute(statement).mappings().all()
        return tuple(StoredEvent(**row) for row in reversed(newest))
