"""Events kept in the store, in streams, in the order of being published."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select, update

from app.ports.rows import StoredEvent
from app.storage.event_tables import event_streams, events
from app.storage.repository import NewRow, Repository

NO_STREAM = ""
"""Where events are that were dropped from theirs: they keep their id, so that it stays known."""


class SqlEventLog(Repository):
    """`EventLog` on SQL."""

    def add(self, event: StoredEvent) -> bool:
        """Append an event by its id; False when it is there already."""
        given = {"tenant": self._tenant_id, "id": event.event_id, "of_stream": event.stream}
        if self._connection.execute(_KNOWN, given).first() is not None:
            return False
        place = self._connection.execute(_GROW, given).scalar()
        if place is None:
            place = 1
            begun: NewRow = {"stream": event.stream, "last_place": place, "length": 1, "trimmed": 0}
            self._add(event_streams, [begun])
        row = {
            "tenant_id": self._tenant_id,
            "event_id": event.event_id,
            "stream": event.stream,
            "place": place,
            "published_at": event.published_at,
            "body": event.body,
        }
        self._connection.execute(_APPEND, row)
        return True

    def stream(self, name: str, *, most: int = 200) -> tuple[StoredEvent, ...]:
        """The newest events of a stream, oldest first."""
        statement = (
            select(events.c.event_id, events.c.stream, events.c.published_at, events.c.body)
            .where(self._mine(events), events.c.stream == name, events.c.stream != NO_STREAM)
            .order_by(events.c.place.desc())
            .limit(most)
        )
        newest = self._connection.execute(statement).mappings().all()
        return tuple(StoredEvent(**row) for row in reversed(newest))


_KNOWN = select(events.c.place).where(
    events.c.tenant_id == bindparam("tenant"), events.c.event_id == bindparam("id")
)
_GROW = (
    update(event_streams)
    .where(
        event_streams.c.tenant_id == bindparam("tenant"),
        event_streams.c.stream == bindparam("of_stream"),
    )
    .values(last_place=event_streams.c.last_place + 1, length=event_streams.c.length + 1)
    .returning(event_streams.c.last_place)
)
_APPEND = insert(events)
"""Made once: making a statement costs several times what running it does."""
