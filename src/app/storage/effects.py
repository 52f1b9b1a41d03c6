"""The effects ledger on SQL: each change is one UPDATE that compares before it swaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, and_, func, or_, select, type_coerce

from app.domain.effect import EffectRow, EffectState, WorkOwed
from app.storage.database_clock import database_now
from app.storage.record_tables import effects
from app.storage.repository import NewRow, Repository, own_columns
from app.storage.types import Moment

_SECOND = 1_000_000
_NOW = type_coerce(database_now(), Moment)
_OPEN = (EffectState.OWED, EffectState.INTENT)


class SqlEffectLedger(Repository):
    """`EffectLedger` on SQL. An intent is known by the attempt that its taking made it."""

    def owe(self, work: Sequence[WorkOwed]) -> int:
        """Write work owed; keys that are there already stay as they are."""
        place = self._next_place(effects)
        rows: list[NewRow] = [
            {
                "key": owed.key,
                "place": place + number,
                "kind": owed.kind,
                "subject": owed.subject,
                "payload": owed.payload,
                "state": EffectState.OWED,
                "attempt": 0,
                "owner": "",
                "taken_at": None,
                "next_try_at": None,
                "remote_id": None,
                "error": "",
            }
            for number, owed in enumerate(work)
        ]
        return self._add(effects, rows)

    def due(self, *, most: int, stale_after_seconds: float) -> tuple[EffectRow, ...]:
        """Owed effects whose next try has come, and stale intents, in order of being owed."""
        now = database_now()
        ready = or_(effects.c.next_try_at.is_(None), _number(effects.c.next_try_at) <= now)
        stale_before = now - round(stale_after_seconds * _SECOND)
        statement = (
            select(*own_columns(effects))
            .where(
                self._mine(effects),
                or_(
                    and_(effects.c.state == EffectState.OWED, ready),
                    and_(
                        effects.c.state == EffectState.INTENT,
                        _number(effects.c.taken_at) <= stale_before,
                    ),
                ),
            )
            .order_by(effects.c.place)
            .limit(most)
        )
        return tuple(_effect(row) for row in self._connection.execute(statement).mappings())

    def take(self, key: str, *, owner: str, attempt: int) -> bool:
        """Compare and swap on `attempt`: the row becomes an intent of `owner`, attempt + 1."""
        return self._swap(
            effects.c.key == key,
            effects.c.attempt == attempt,
            effects.c.state.in_(_OPEN),
            state=EffectState.INTENT,
            owner=owner,
            attempt=attempt + 1,
            taken_at=_NOW,
        )

    def still_mine(self, key: str, *, owner: str, attempt: int) -> bool:
        """Whether the intent whose row says `attempt` is still this owner's."""
        row = self._row(effects, *_intent(key, attempt), effects.c.owner == owner)
        return row is not None

    def finish(self, key: str, *, attempt: int, remote_id: str) -> bool:
        """Mark done, fenced by `attempt`; False when a later taker has it."""
        return self._swap(
            *_intent(key, attempt), state=EffectState.DONE, remote_id=remote_id, error=""
        )

    def retry_later(self, key: str, *, attempt: int, seconds: float, error: str) -> bool:
        """Back to owed, next try after `seconds`; fenced."""
        next_try_at = type_coerce(database_now() + round(seconds * _SECOND), Moment)
        return self._swap(
            *_intent(key, attempt), state=EffectState.OWED, next_try_at=next_try_at, error=error
        )

    def park(self, key: str, *, attempt: int, error: str) -> bool:
        """Set aside for a person; fenced."""
        return self._swap(*_intent(key, attempt), state=EffectState.PARKED, error=error)

    def get(self, key: str) -> EffectRow | None:
        """One row."""
        row = self._row(effects, effects.c.key == key)
        return None if row is None else _effect(row)

    def counts(self) -> Mapping[EffectState, int]:
        """How many rows are in each state; states without rows are 0."""
        statement = select(effects.c.state, func.count()).where(self._mine(effects))
        found = dict.fromkeys(EffectState, 0)
        for state, many in self._connection.execute(statement.group_by(effects.c.state)):
            found[state] = many
        return found

    def _swap(
        self,
        *where: ColumnElement[bool],
        **written: str | int | EffectState | ColumnElement[datetime],
    ) -> bool:
        result = self._connection.execute(self._update(effects, *where).values(**written))
        return result.rowcount == 1


def _intent(key: str, attempt: int) -> tuple[ColumnElement[bool], ...]:
    """The row is still the intent that was taken as `attempt`."""
    return (
        effects.c.key == key,
        effects.c.attempt == attempt,
        effects.c.state == EffectState.INTENT,
    )


def _number(column: ColumnElement[datetime]) -> ColumnElement[int]:
    return type_coerce(column, effects.c.place.type)


def _effect(row: RowMapping) -> EffectRow:
    return EffectRow(
        work=WorkOwed(
            key=row["key"], kind=row["kind"], subject=row["subject"], payload=row["payload"]
        ),
        state=row["state"],
        attempt=row["attempt"],
        owner=row["owner"],
        taken_at=row["taken_at"],
        next_try_at=row["next_try_at"],
        remote_id=row["remote_id"],
        error=row["error"],
    )
