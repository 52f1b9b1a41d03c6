"""Which events a group has handled, on SQL; kept whichever bus they came by."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import bindparam, type_coerce

from app.storage.database_clock import database_now
from app.storage.event_tables import handled_events
from app.storage.event_times import is_older
from app.storage.repository import Repository, in_lists, insert_into
from app.storage.types import Moment


class SqlHandled(Repository):
    """`Handled` on SQL."""

    def once(self, group: str, event_id: str) -> bool:
        """Mark an event as handled by the group; False: it is marked already."""
        now = type_coerce(database_now(), Moment)
        statement = (
            insert_into(self._connection, handled_events)
            .values(
                tenant_id=bindparam("tenant"),
                group_name=bindparam("of_group"),
                event_id=bindparam("id"),
                handled_at=now,
            )
            .on_conflict_do_nothing()
            .returning(handled_events.c.event_id)
        )
        given = {"tenant": self._tenant_id, "of_group": group, "id": event_id}
        return self._connection.execute(statement, given).first() is not None

    def forget(self, group: str, event_ids: Collection[str]) -> int:
        """Take marks off; returns how many there were."""
        return sum(
            self._connection.execute(
                self._delete(
                    handled_events,
                    handled_events.c.group_name == group,
                    handled_events.c.event_id.in_(some),
                )
            ).rowcount
            for some in in_lists(event_ids)
        )

    def forget_older(self, *, than: timedelta) -> int:
        """Take old marks off; returns how many there were."""
        old = is_older(handled_events.c.handled_at, than)
        return self._connection.execute(self._delete(handled_events, old)).rowcount
