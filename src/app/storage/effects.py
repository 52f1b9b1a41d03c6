"""The effects ledger on SQL: each change is one UPDATE that compares before it swaps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    RowMapping,
    Update,
    and_,
    bindparam,
    literal,
    or_,
    type_coerce,
    update,
)

from app.domain.effect import EffectKind, EffectRow, EffectState, ParkReason, WorkOwed
from app.storage.database_clock import database_now
from app.storage.direct import Direct, Sent
from app.storage.record_tables import effects
from app.storage.repository import ColumnValue, NewRow, Repository, own_columns
from app.storage.types import Moment, moment_of

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
        given = {**self._of(key), "by": owner, "stale": _microseconds(stale_after_seconds)}
        return _TAKE.first(self._connection, given, partial(_as_taken, key, owner))

    def renew(self, key: str, *, owner: str, attempt: int) -> bool:
        """Make the intent taken as `attempt` as young as new; False when it is no longer ours."""
        return self._swap(_RENEW, {**self._of(key), "taken_as": attempt, "by": owner})

    def finish(self, key: str, *, attempt: int, remote_id: str) -> bool:
        """Mark done, fenced by `attempt`; False when a later taker has it."""
        given = {**self._of(key), "taken_as": attempt, "called": remote_id}
        return _FINISH.count(self._connection, given) == 1

    def retry_later(self, key: str, *, attempt: int, seconds: float, error: str) -> bool:
        """Back to owed, next try after `seconds`; fenced."""
        wait = _microseconds(seconds)
        given = {**self._of(key), "taken_as": attempt, "wait": wait, "reason": error}
        return self._swap(_RETRY_LATER, given)

    def park(self, key: str, *, attempt: int, error: str, reason: ParkReason) -> bool:
        """Set aside for a person; fenced."""
        given = {**self._of(key), "taken_as": attempt, "reason": error, "parked": reason}
        return self._swap(_PARK, given)

    def get(self, key: str) -> EffectRow | None:
        """One row."""
        row = self._row(effects, effects.c.key == key)
        return None if row is None else effect_of(row)

    def _of(self, key: str) -> dict[str, Sent]:
        return {"tenant": self._tenant_id, "of_key": key}

    def _swap(self, statement: Update, given: Mapping[str, Sent | ParkReason]) -> bool:
        return self._connection.execute(statement, given).rowcount == 1


def _as_taken(
    key: str,
    owner: str,
    kind: str,
    subject: str,
    payload: str,
    attempt: int,
    taken_at: int,
    next_try_at: int | None,
    remote_id: str | None,
    error: str,
) -> EffectRow:
    """An effect just taken, of its stored values."""
    return EffectRow(
        work=WorkOwed(key=key, kind=EffectKind(kind), subject=subject, payload=json.loads(payload)),
        state=EffectState.INTENT,
        attempt=attempt,
        owner=owner,
        taken_at=moment_of(taken_at),
        next_try_at=None if next_try_at is None else moment_of(next_try_at),
        remote_id=remote_id,
        error=error,
    )


def due_now(stale_after_seconds: float) -> ColumnElement[bool]:
    """Owed and its next try not later, or an intent older than that."""
    return _due(literal(_microseconds(stale_after_seconds), BigInteger))


def _due(stale_after: ColumnElement[int]) -> ColumnElement[bool]:
    now = database_now()
    return or_(
        and_(
            effects.c.state == EffectState.OWED,
            or_(effects.c.next_try_at.is_(None), number(effects.c.next_try_at) <= now),
        ),
        and_(
            effects.c.state == EffectState.INTENT,
            number(effects.c.taken_at) <= now - stale_after,
        ),
    )


def _microseconds(seconds: float) -> int:
    return round(seconds * SECOND)


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


_MINE = (effects.c.tenant_id == bindparam("tenant"), effects.c.key == bindparam("of_key"))
_TAKEN = (effects.c.attempt == bindparam("taken_as"), effects.c.state == EffectState.INTENT)
_TAKE = Direct(
    update(effects)
    .where(*_MINE, _due(bindparam("stale", type_=BigInteger)))
    .values(
        state=EffectState.INTENT,
        owner=bindparam("by"),
        attempt=effects.c.attempt + 1,
        taken_at=_NOW,
    )
    .returning(
        effects.c.kind,
        effects.c.subject,
        effects.c.payload,
        effects.c.attempt,
        effects.c.taken_at,
        effects.c.next_try_at,
        effects.c.remote_id,
        effects.c.error,
    )
)
_RENEW = (
    update(effects).where(*_MINE, *_TAKEN, effects.c.owner == bindparam("by")).values(taken_at=_NOW)
)
_FINISH = Direct(
    update(effects)
    .where(*_MINE, *_TAKEN)
    .values(state=EffectState.DONE, remote_id=bindparam("called"), error="")
)
_RETRY_LATER = (
    update(effects)
    .where(*_MINE, *_TAKEN)
    .values(
        state=EffectState.OWED,
        next_try_at=type_coerce(database_now() + bindparam("wait", type_=BigInteger), Moment),
        error=bindparam("reason"),
    )
)
_PARK = (
    update(effects)
    .where(*_MINE, *_TAKEN)
    .values(state=EffectState.PARKED, error=bindparam("reason"), parked_for=bindparam("parked"))
)
"""Made once: making a statement costs several times what running it does."""
