"""Streams, groups and dead letters of the embedded bus, as operators see and change them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, func, not_, select

from app.ports.bus import GroupState, ParkedEvent, StreamState
from app.ports.rows import StoredEvent
from app.storage.event_deliveries import NOBODY
from app.storage.event_log import NO_STREAM
from app.storage.event_tables import (
    event_deliveries,
    event_groups,
    event_parked,
    event_streams,
    events,
)
from app.storage.event_times import after, has_come, is_older, moment_now
from app.storage.event_trimming import Trimming
from app.storage.repository import NewRow, in_lists


class SqlEventShelf(Trimming):
    """`EventShelf` on SQL."""

    def streams(self) -> tuple[StreamState, ...]:
        """All streams, by name."""
        rows = self._rows(event_streams, order=(event_streams.c.stream,))
        return tuple(
            StreamState(stream=row["stream"], length=row["length"], trimmed=row["trimmed"])
            for row in rows
        )

    def groups(self) -> tuple[GroupState, ...]:
        """All groups of all streams, by stream and name."""
        order = (event_groups.c.stream, event_groups.c.group_name)
        in_hand = self._by_group(event_deliveries, event_deliveries.c.consumer != NOBODY)
        waiting = self._by_group(event_deliveries, event_deliveries.c.consumer == NOBODY)
        parked = self._by_group(event_parked)
        return tuple(
            GroupState(
                stream=row["stream"],
                group=row["group_name"],
                lag=self._count(
                    events, events.c.stream == row["stream"], events.c.place > row["given"]
                ),
                in_hand=in_hand.get((row["stream"], row["group_name"]), 0),
                waiting=waiting.get((row["stream"], row["group_name"]), 0),
                parked=parked.get((row["stream"], row["group_name"]), 0),
                missed=row["missed"],
            )
            for row in self._rows(event_groups, order=order)
        )

    def between(
        self, stream: str, *, most: int, since: datetime | None, until: datetime | None
    ) -> tuple[StoredEvent, ...]:
        """The newest of those published between, ends included, oldest first."""
        statement = (
            select(events.c.event_id, events.c.stream, events.c.published_at, events.c.body)
            .where(self._mine(events), events.c.stream == stream, events.c.stream != NO_STREAM)
            .order_by(events.c.place.desc())
            .limit(most)
        )
        if since is not None:
            statement = statement.where(events.c.published_at >= since)
        if until is not None:
            statement = statement.where(events.c.published_at <= until)
        newest = self._connection.execute(statement).mappings().all()
        return tuple(StoredEvent(**row) for row in reversed(newest))

    def parked(self, *, most: int) -> tuple[ParkedEvent, ...]:
        """Dead letters, those parked first first."""
        statement = (
            select(event_parked)
            .where(self._mine(event_parked))
            .order_by(event_parked.c.parked_at, event_parked.c.place)
            .limit(most)
        )
        return tuple(
            ParkedEvent(
                group=row["group_name"],
                stored=StoredEvent(
                    event_id=row["event_id"],
                    stream=row["stream"],
                    published_at=row["published_at"],
                    body=row["body"],
                ),
                deliveries=row["count"],
                error=row["error"],
                parked_at=row["parked_at"],
            )
            for row in self._connection.execute(statement).mappings()
        )

    def parked_mark(self) -> str:
        """How many dead letters there are, and when the last was parked."""
        columns = (func.count(), func.max(event_parked.c.parked_at))
        many, last = self._connection.execute(
            select(*columns).where(self._mine(event_parked))
        ).one()
        return f"{many} {last}"

    def replay(self, stream: str, group: str, event_ids: Collection[str]) -> int:
        """Have these given to the group again, the oldest first."""
        wanted = list(dict.fromkeys(event_ids))
        return sum(
            self._from_parked(stream, group, some)
            + self._from_waiting(stream, group, some)
            + self._from_stream(stream, group, some)
            for some in in_lists(wanted)
        )

    def drop(self, stream: str, group: str, event_ids: Collection[str]) -> int:
        """Take dead letters away for good; returns how many there were."""
        of_group = (event_parked.c.stream == stream, event_parked.c.group_name == group)
        return sum(
            self._connection.execute(
                self._delete(event_parked, *of_group, event_parked.c.event_id.in_(some))
            ).rowcount
            for some in in_lists(event_ids)
        )

    def forget_ids(self, *, older_than: timedelta) -> int:
        """Forget the ids of events that were dropped and are older than that."""
        old = is_older(events.c.published_at, older_than)
        statement = self._delete(events, events.c.stream == NO_STREAM, old)
        return self._connection.execute(statement).rowcount

    def _by_group(self, table: Table, *where: ColumnElement[bool]) -> dict[tuple[str, str], int]:
        columns = (table.c.stream, table.c.group_name)
        statement = select(*columns, func.count()).where(self._mine(table), *where)
        found = self._connection.execute(statement.group_by(*columns))
        return {(stream, group): many for stream, group, many in found}

    def _from_parked(self, stream: str, group: str, event_ids: list[str]) -> int:
        """Dead letters go back as they were kept, whether their stream still has them or not."""
        these = (
            event_parked.c.stream == stream,
            event_parked.c.group_name == group,
            event_parked.c.event_id.in_(event_ids),
        )
        rows: list[NewRow] = [
            self._anew(stream, group, row["place"], row["event_id"])
            | {"published_at": row["published_at"], "body": row["body"]}
            for row in self._rows(event_parked, *these)
        ]
        given = self._add(event_deliveries, rows)
        self._connection.execute(self._delete(event_parked, *these))
        return given

    def _from_waiting(self, stream: str, group: str, event_ids: list[str]) -> int:
        """What waits for its time is due at once."""
        later = self._update(
            event_deliveries,
            event_deliveries.c.stream == stream,
            event_deliveries.c.group_name == group,
            event_deliveries.c.event_id.in_(event_ids),
            event_deliveries.c.consumer == NOBODY,
            not_(has_come(event_deliveries.c.due_at)),
        )
        return self._connection.execute(later.values(due_at=after(0))).rowcount

    def _from_stream(self, stream: str, group: str, event_ids: list[str]) -> int:
        """What was settled is given once more."""
        begun = self._row(
            event_groups, event_groups.c.stream == stream, event_groups.c.group_name == group
        )
        if begun is None:
            return 0
        kept = self._rows(
            events,
            events.c.stream == stream,
            events.c.place <= begun["given"],
            events.c.event_id.in_(event_ids),
        )
        rows = [self._anew(stream, group, row["place"], row["event_id"]) for row in kept]
        return self._add(event_deliveries, rows)

    def _anew(self, stream: str, group: str, place: int, event_id: str) -> NewRow:
        return {
            "stream": stream,
            "group_name": group,
            "place": place,
            "event_id": event_id,
            "consumer": NOBODY,
            "count": 0,
            "due_at": moment_now(self._connection),
            "error": "",
            "published_at": None,
            "body": None,
        }
