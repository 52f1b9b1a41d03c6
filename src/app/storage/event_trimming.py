"""Drops a stream's oldest events: those in somebody's hand stay with him, the rest is counted."""

from __future__ import annotations

from sqlalchemy import func, select

from app.ports.bus import Trimmed
from app.storage.event_log import NO_STREAM
from app.storage.event_tables import event_deliveries, event_groups, event_streams, events
from app.storage.repository import Repository


class Trimming(Repository):
    """Trims streams of one tenant."""

    def trim(self, stream: str, *, most: int, slack: int = 0) -> Trimmed:
        """Drop the oldest beyond `most`, once there are more than `slack` such; ids stay known."""
        row = self._row(event_streams, event_streams.c.stream == stream)
        if row is None or row["length"] <= most + slack:
            return Trimmed()
        oldest = (
            select(events.c.place)
            .where(self._mine(events), events.c.stream == stream)
            .order_by(events.c.place)
            .limit(row["length"] - most)
            .subquery()
        )
        until: int = self._connection.execute(select(func.max(oldest.c.place))).scalar_one()
        missed = self._count_missed(stream, until)
        self._keep_for_hands(stream, until)
        gone = self._update(events, events.c.stream == stream, events.c.place <= until)
        dropped = self._connection.execute(gone.values(stream=NO_STREAM, body={})).rowcount
        of_stream = self._update(event_streams, event_streams.c.stream == stream)
        self._connection.execute(
            of_stream.values(
                length=event_streams.c.length - dropped,
                trimmed=event_streams.c.trimmed + dropped,
            )
        )
        return Trimmed(dropped=dropped, unacknowledged=missed)

    def _count_missed(self, stream: str, until: int) -> int:
        """Write down, for each group, how many it loses that it was not given yet."""
        missed = 0
        for group in self._rows(event_groups, event_groups.c.stream == stream):
            lost = self._count(
                events,
                events.c.stream == stream,
                events.c.place > group["given"],
                events.c.place <= until,
            )
            missed += lost
            this = self._update(
                event_groups,
                event_groups.c.stream == stream,
                event_groups.c.group_name == group["group_name"],
            )
            self._connection.execute(this.values(missed=event_groups.c.missed + lost))
        return missed

    def _keep_for_hands(self, stream: str, until: int) -> None:
        """Copy what groups have in hand beside their deliveries, before it goes."""
        held = (
            event_deliveries.c.stream == stream,
            event_deliveries.c.place <= until,
            event_deliveries.c.body.is_(None),
        )
        for row in self._rows(event_deliveries, *held):
            event = self._rows(events, events.c.event_id == row["event_id"])[0]
            copied = self._update(
                event_deliveries, *held, event_deliveries.c.event_id == row["event_id"]
            )
            self._connection.execute(
                copied.values(body=event["body"], published_at=event["published_at"])
            )
