"""What is owed and not done yet, on SQL: read from the effects ledger, never from memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, type_coerce

from app.domain.effect import EffectRow, EffectState, group_of
from app.storage.database_clock import database_now
from app.storage.effects import SECOND, due_now, effect_columns, effect_of, number
from app.storage.record_tables import effects
from app.storage.repository import Repository, in_lists
from app.storage.types import Moment

_NOW: ColumnElement[datetime] = type_coerce(database_now(), Moment)
_AFTER_COLON = ";"
"""The character next to the colon: what a group's keys sort before."""

_GROUP = (
    select(effects.c.key)
    .where(
        effects.c.tenant_id == bindparam("tenant"),
        effects.c.key > bindparam("after"),
        effects.c.key < bindparam("before"),
    )
    .order_by(effects.c.place)
)
"""Made once: every act flow asks it."""


class SqlWorkList(Repository):
    """`WorkList` on SQL."""

    def due(self, *, most: int, stale_after_seconds: float) -> tuple[EffectRow, ...]:
        """Owed effects whose next try has come, and stale intents, in order of being owed."""
        return self._effects(due_now(stale_after_seconds), most=most)

    def group(self, group: str) -> tuple[str, ...]:
        """The keys of a group's effects, in order of being owed."""
        given = {
            "tenant": self._tenant_id,
            "after": f"{group}:",
            "before": f"{group}{_AFTER_COLON}",
        }
        keys = self._connection.scalars(_GROUP, given)
        return tuple(key for key in keys if group_of(key) == group)

    def unstarted(self, *, most: int) -> tuple[EffectRow, ...]:
        """Owed effects that no flow was started for, in order of being owed."""
        return self._effects(
            effects.c.state == EffectState.OWED, effects.c.started_at.is_(None), most=most
        )

    def mark_started(self, keys: Collection[str]) -> None:
        """Remember that flows were started for these, after they were."""
        for some in in_lists(keys):
            statement = self._update(effects, effects.c.key.in_(some)).values(started_at=_NOW)
            self._connection.execute(statement)

    def left(
        self, *, most: int, quiet_seconds: float, stale_after_seconds: float
    ) -> tuple[EffectRow, ...]:
        """Started effects that have been due for `quiet_seconds` and that nobody tried."""
        quiet_since = database_now() - round(quiet_seconds * SECOND)
        due_since = func.coalesce(number(effects.c.next_try_at), number(effects.c.started_at))
        return self._effects(
            effects.c.started_at.is_not(None),
            or_(
                and_(effects.c.state == EffectState.OWED, due_since <= quiet_since),
                and_(
                    effects.c.state == EffectState.INTENT,
                    number(effects.c.taken_at) <= quiet_since - round(stale_after_seconds * SECOND),
                ),
            ),
            most=most,
        )

    def wait_seconds(self, key: str, *, stale_after_seconds: float) -> float | None:
        """How long until `take` may succeed, at least 0; None: it never will by itself."""
        statement = select(
            effects.c.state,
            number(effects.c.next_try_at),
            number(effects.c.taken_at),
            database_now(),
        ).where(self._mine(effects), effects.c.key == key)
        found = self._connection.execute(statement).first()
        if found is None:
            return None
        state, next_try_at, taken_at, now = found
        if state is EffectState.OWED:
            return max(0.0, float((next_try_at or now) - now) / SECOND)
        if state is EffectState.INTENT:
            return max(0.0, float(taken_at - now) / SECOND + stale_after_seconds)
        return None

    def postpone(self, key: str, *, seconds: float) -> bool:
        """Next try not before `seconds`, though nobody tried; False: it was so or is not owed."""
        then = database_now() + round(seconds * SECOND)
        statement = self._update(
            effects,
            effects.c.key == key,
            effects.c.state == EffectState.OWED,
            func.coalesce(number(effects.c.next_try_at), 0) < then,
        ).values(next_try_at=type_coerce(then, Moment))
        return self._connection.execute(statement).rowcount == 1

    def open(self, *, states: Collection[EffectState], most: int) -> tuple[EffectRow, ...]:
        """Effects in these states, in order of being owed."""
        return self._effects(effects.c.state.in_(states), most=most)

    def release(self, keys: Collection[str]) -> int:
        """Parked effects back to owed, due at once and unstarted; returns how many were parked."""
        released = 0
        for some in in_lists(keys):
            parked = (effects.c.key.in_(some), effects.c.state == EffectState.PARKED)
            statement = self._update(effects, *parked).values(
                state=EffectState.OWED, parked_for=None, next_try_at=None, started_at=None
            )
            released += self._connection.execute(statement).rowcount
        return released

    def counts(self) -> Mapping[EffectState, int]:
        """How many rows are in each state; states without rows are 0."""
        statement = select(effects.c.state, func.count()).where(self._mine(effects))
        found = dict.fromkeys(EffectState, 0)
        for state, many in self._connection.execute(statement.group_by(effects.c.state)):
            found[state] = many
        return found

    def _effects(self, *where: ColumnElement[bool], most: int) -> tuple[EffectRow, ...]:
        statement = (
            select(*effect_columns())
            .where(self._mine(effects), *where)
            .order_by(effects.c.place)
            .limit(most)
        )
        return tuple(effect_of(row) for row in self._connection.execute(statement).mappings())
