"""The effects ledger on SQL: each change is one UPDATE that compares before it swaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, and_, or_, type_coerce

from app.domain.effect import EffectRow, EffectState, ParkReason, WorkOwed
from app.storage.database_clock import database_now
from app.storage.record_tables import effects
from app.storage.repository import ColumnValue, NewRow, Repository, own_columns
from app.storage.types import Moment

SECOND = 1_000_000
"""In the microseconds that moments are stored as."""
_NOW = type_coerce(database_now(), Moment)


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
                "parked_for": None,
                "started_at": None,
            }
            for number, owed in enumerate(work)
        ]
        return self._add(effects, rows)

    def take(self, key: str, *, owner: str, stale_after_seconds: float) -> EffectRow | None:
        """Compare and swap: an effect whose time has come becomes an intent of `owner`."""
        statement = (
            self._update(effects, effects.c.key == key, due_now(stale_after_seconds))
            .values(
                state=EffectState.INTENT,
                owner=owner,
                attempt=effects.c.attempt + 1,
                taken_at=_NOW,
            )
            .returning(*effect_columns())
        )
        row = self._connection.execute(statement).mappings().first()
        return None if row is None else effect_of(row)

    def renew(self, key: str, *, owner: str, attempt: int) -> bool:
        """Make the intent taken as `attempt` as young as new; False when it is no longer ours."""
        return self._swap(*_intent(key, attempt), effects.c.owner == owner, taken_at=_NOW)

    def finish(self, key: str, *, attempt: int, remote_id: str) -> bool:
        """Mark done, fenced by `attempt`; False when a later taker has it."""
        return self._swap(
            *_intent(key, attempt), state=EffectState.DONE, remote_id=remote_id, error=""
        )

    def retry_later(self, key: str, *, attempt: int, seconds: float, error: str) -> bool:
        """Back to owed, next try after `seconds`; fenced."""
        next_try_at = type_coerce(database_now() + round(seconds * SECOND), Moment)
        return self._swap(
            *_intent(key, attempt), state=EffectState.OWED, next_try_at=next_try_at, error=error
        )

    def park(self, key: str, *, attempt: int, error: str, reason: ParkReason) -> bool:
        """Set aside for a person; fenced."""
        return self._swap(
            *_intent(key, attempt), state=EffectState.PARKED, error=error, parked_for=reason
        )

    def get(self, key: str) -> EffectRow | None:
        """One row."""
        row = self._row(effects, effects.c.key == key)
        return None if row is None else effect_of(row)

    def _swap(
        self,
        *where: ColumnElement[bool],
        **written: str | int | EffectState | ParkReason | ColumnElement[datetime],
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


def due_now(stale_after_seconds: float) -> ColumnElement[bool]:
    """Owed and its next try not later, or an intent older than that."""
    now = database_now()
    return or_(
        and_(
            effects.c.state == EffectState.OWED,
            or_(effects.c.next_try_at.is_(None), number(effects.c.next_try_at) <= now),
        ),
        and_(
            effects.c.state == EffectState.INTENT,
            number(effects.c.taken_at) <= now - round(stale_after_seconds * SECOND),
        ),
    )


def number(column: ColumnElement[datetime]) -> ColumnElement[int]:
    """A moment's column as the microseconds it is stored as."""
    return type_coerce(column, effects.c.place.type)


def effect_columns() -> tuple[ColumnElement[ColumnValue], ...]:
    """What `effect_of` reads."""
    return own_columns(effects)


def effect_of(row: RowMapping) -> EffectRow:
    """A stored effect."""
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
        parked_for=row["parked_for"],
    )
