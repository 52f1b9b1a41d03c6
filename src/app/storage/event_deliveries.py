"""What groups of consumers were given and have in hand, on SQL.

A tenant's writes never overlap, so that each method is one compare-and-swap. A delivery is known
by its receipt: whoever lost it to another finds that its consumer or count is not his any more.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    RowMapping,
    bindparam,
    delete,
    insert,
    select,
    type_coerce,
    update,
)

from app.ports.bus import BusRules, PutOff, Receipt
from app.ports.event_store import Given, Taken
from app.ports.rows import StoredEvent
from app.storage.database_clock import database_now
from app.storage.event_tables import (
    event_deliveries,
    event_groups,
    event_parked,
    event_streams,
    events,
)
from app.storage.event_times import SECOND, after, has_come, moment_now
from app.storage.repository import NewRow, Repository
from app.storage.types import Moment

NOBODY = ""
"""The consumer of what waits to be given again."""


class SqlDeliveries(Repository):
    """`Deliveries` on SQL."""

    def take(self, stream: str, group: str, *, consumer: str, most: int, rules: BusRules) -> Taken:
        """One event that is due to be given again, or up to `most` new ones."""
        given_until = self._given_until(stream, group)
        parked: list[str] = []
        while (due := self._due(stream, group)) is not None:
            if due["count"] < rules.most_deliveries:
                return Taken(given=(self._again(due, consumer, rules),), parked=tuple(parked))
            told = due["error"] or f"given {due['count']} times and never settled"
            self._set_aside(due, told)
            parked.append(due["event_id"])
        new = self._new(stream, group, consumer, most, rules, given_until)
        return Taken(given=new, parked=tuple(parked))

    def is_ready(self, stream: str, group: str) -> bool:
        """Whether `take` would give or park something."""
        of = self._of(stream, group)
        given_until = self._connection.execute(_GROUP, of).scalar() or 0
        newest = {**of, "given_until": given_until, "most": 1}
        return (
            self._connection.execute(_NEW, newest).first() is not None
            or self._due(stream, group) is not None
        )

    def hold(self, receipt: Receipt, *, seconds: float) -> bool:
        """Keep it in hand for so long from now; fenced by the receipt."""
        statement = self._update(event_deliveries, *_in_hand(receipt)).values(due_at=after(seconds))
        return self._connection.execute(statement).rowcount == 1

    def acknowledge(self, receipt: Receipt) -> bool:
        """Handled, in whosever hand it is; False: it was settled already."""
        of = {**self._of(receipt.stream, receipt.group), "of_place": receipt.place}
        return self._connection.execute(_SETTLE, of).rowcount == 1

    def put_off(
        self, receipt: Receipt, *, seconds: float, error: str, tried: bool, most_deliveries: int
    ) -> PutOff:
        """Due again after `seconds`, or parked when it was given often enough; fenced."""
        held = self._row(event_deliveries, *_in_hand(receipt))
        if held is None:
            return PutOff.GONE
        if tried and receipt.count >= most_deliveries:
            self._set_aside(held, error)
            return PutOff.PARKED
        statement = self._update(event_deliveries, *_in_hand(receipt)).values(
            consumer=NOBODY,
            count=receipt.count if tried else receipt.count - 1,
            due_at=after(seconds),
            error=error if tried else held["error"],
        )
        self._connection.execute(statement)
        return PutOff.LATER

    def park(self, receipt: Receipt, *, error: str) -> bool:
        """Set it aside; fenced."""
        held = self._row(event_deliveries, *_in_hand(receipt))
        if held is None:
            return False
        self._set_aside(held, error)
        return True

    def _given_until(self, stream: str, group: str) -> int:
        """The place up to which the group was given the stream; a new group begins here."""
        found: int | None = self._connection.execute(_GROUP, self._of(stream, group)).scalar()
        if found is None:
            begun: NewRow = {"stream": stream, "group_name": group, "given": 0, "missed": 0}
            self._add(event_groups, [begun])
            empty: NewRow = {"stream": stream, "last_place": 0, "length": 0, "trimmed": 0}
            self._add(event_streams, [empty])
            return 0
        return found

    def _due(self, stream: str, group: str) -> RowMapping | None:
        """What is due for longest of all that is in hand or waits."""
        return self._connection.execute(_DUE, self._of(stream, group)).mappings().first()

    def _again(self, due: RowMapping, consumer: str, rules: BusRules) -> Given:
        stored = self._stored(due)
        count = due["count"] + 1
        statement = self._update(event_deliveries, *_this(due)).values(
            consumer=consumer, count=count, due_at=after(rules.idle_seconds)
        )
        self._connection.execute(statement)
        receipt = Receipt(
            stream=due["stream"],
            group=due["group_name"],
            consumer=consumer,
            place=due["place"],
            count=count,
        )
        return Given(receipt=receipt, stored=stored)

    def _new(
        self, stream: str, group: str, consumer: str, most: int, rules: BusRules, given_until: int
    ) -> tuple[Given, ...]:
        of = self._of(stream, group)
        found = {**of, "given_until": given_until, "most": most}
        rows = self._connection.execute(_NEW, found).mappings().all()
        if not rows:
            return ()
        self._connection.execute(_MOVE_ON, {**of, "until": rows[-1]["place"]})
        idle = round(rules.idle_seconds * SECOND)
        held = [
            {
                "tenant_id": self._tenant_id,
                "stream": stream,
                "group_name": group,
                "place": row["place"],
                "event_id": row["event_id"],
                "consumer": consumer,
                "count": 1,
                "idle": idle,
                "error": "",
                "published_at": None,
                "body": None,
            }
            for row in rows
        ]
        self._connection.execute(_HOLD_NEW, held)
        return tuple(
            _given(
                row,
                Receipt(stream=stream, group=group, consumer=consumer, place=row["place"], count=1),
            )
            for row in rows
        )

    def _stored(self, held: RowMapping) -> StoredEvent:
        """The event in hand, from beside the delivery or from its stream."""
        if held["body"] is not None:
            published_at, body = held["published_at"], held["body"]
        else:
            event = self._rows(events, events.c.event_id == held["event_id"])[0]
            published_at, body = event["published_at"], event["body"]
        return StoredEvent(
            event_id=held["event_id"], stream=held["stream"], published_at=published_at, body=body
        )

    def _set_aside(self, held: RowMapping, error: str) -> None:
        stored = self._stored(held)
        row: NewRow = {
            "stream": stored.stream,
            "group_name": held["group_name"],
            "event_id": stored.event_id,
            "place": held["place"],
            "count": held["count"],
            "error": error,
            "parked_at": moment_now(self._connection),
            "published_at": stored.published_at,
            "body": stored.body,
        }
        self._put(event_parked, [row])
        self._connection.execute(self._delete(event_deliveries, *_this(held)))

    def _of(self, stream: str, group: str) -> dict[str, str | int]:
        return {"tenant": self._tenant_id, "of_stream": stream, "of_group": group}


def _given(event: RowMapping, receipt: Receipt) -> Given:
    stored = StoredEvent(
        event_id=event["event_id"],
        stream=receipt.stream,
        published_at=event["published_at"],
        body=event["body"],
    )
    return Given(receipt=receipt, stored=stored)


def _this(held: RowMapping) -> tuple[ColumnElement[bool], ...]:
    return (
        event_deliveries.c.stream == held["stream"],
        event_deliveries.c.group_name == held["group_name"],
        event_deliveries.c.place == held["place"],
    )


def _in_hand(receipt: Receipt) -> tuple[ColumnElement[bool], ...]:
    return (
        event_deliveries.c.stream == receipt.stream,
        event_deliveries.c.group_name == receipt.group,
        event_deliveries.c.place == receipt.place,
        event_deliveries.c.consumer == receipt.consumer,
        event_deliveries.c.count == receipt.count,
    )


_TENANT: BindParameter[str] = bindparam("tenant")
_STREAM: BindParameter[str] = bindparam("of_stream")
_GROUP_NAME: BindParameter[str] = bindparam("of_group")
_HELD = (
    event_deliveries.c.tenant_id == _TENANT,
    event_deliveries.c.stream == _STREAM,
    event_deliveries.c.group_name == _GROUP_NAME,
)
_THIS_GROUP = (
    event_groups.c.tenant_id == _TENANT,
    event_groups.c.stream == _STREAM,
    event_groups.c.group_name == _GROUP_NAME,
)
_GROUP = select(event_groups.c.given).where(*_THIS_GROUP)
_MOVE_ON = update(event_groups).where(*_THIS_GROUP).values(given=bindparam("until"))
_DUE = (
    select(event_deliveries)
    .where(*_HELD, has_come(event_deliveries.c.due_at))
    .order_by(event_deliveries.c.due_at, event_deliveries.c.place)
    .limit(1)
)
_NEW = (
    select(events.c.event_id, events.c.place, events.c.published_at, events.c.body)
    .where(
        events.c.tenant_id == _TENANT,
        events.c.stream == _STREAM,
        events.c.place > bindparam("given_until"),
    )
    .order_by(events.c.place)
    .limit(bindparam("most"))
)
_HOLD_NEW = insert(event_deliveries).values(
    due_at=type_coerce(database_now() + bindparam("idle", type_=BigInteger), Moment)
)
_SETTLE = delete(event_deliveries).where(*_HELD, event_deliveries.c.place == bindparam("of_place"))
"""Made once: making a statement costs several times what running it does."""
