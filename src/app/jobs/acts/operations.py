"""What an operator does about what is stuck: effects released, parked events replayed or dropped.

Each leaves its line in the audit log. It does not know why something was parked, nor who may ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from app.clock import Clock
from app.domain.act import Act, ActKind
from app.domain.effect import EffectKind, EffectRow, EffectState
from app.errors import NotFound
from app.jobs.acts.said import one_line_said
from app.ports.bus import EventDesk, ParkedEvent
from app.ports.store import Store, Unit
from app.services.plain_text import one_line

MOST = 100_000
"""Parked effects or events looked at in one go; more than a person could ever be asked about."""
_KEYS_TOLD = 100
"""Keys of effects in one line of the log; how many there were is always told."""
_ERROR_CHARACTERS = 300


def release_effect(unit: Unit, key: str, *, by: str, at: datetime) -> None:
    """Put a parked effect back to work: it is looked for before it is made. Raises NotFound."""
    row = unit.effects.get(key)
    if row is None or unit.work.release([key]) == 0:
        raise NotFound("it is not parked any more, so nothing was released")
    subject = row.work.subject
    before: dict[str, JsonValue] = {
        "state": row.state.value,
        "channel": row.work.kind.value,
        "reason": "" if row.parked_for is None else row.parked_for.value,
        "error": one_line(row.error, _ERROR_CHARACTERS),
    }
    unit.diary.add_act(
        Act(
            at=at,
            by=by,
            kind=ActKind.RELEASED,
            account_id=subject if subject in unit.book.accounts([subject]) else "",
            about=key,
            before=before,
            after={"state": EffectState.OWED.value},
        )
    )


def release_channel(unit: Unit, kind: EffectKind, *, by: str, at: datetime) -> int:
    """Put all that is parked on a channel back to work; returns how many. Raises NotFound."""
    parked = unit.work.open(states={EffectState.PARKED}, most=MOST)
    rows = [row for row in parked if row.work.kind is kind]
    if not rows:
        raise NotFound(f"nothing is parked on {kind.value} any more, so nothing was released")
    released = unit.work.release([row.work.key for row in rows])
    unit.diary.add_act(_channel_act(kind, rows, by=by, at=at))
    return released


def _channel_act(kind: EffectKind, rows: Sequence[EffectRow], *, by: str, at: datetime) -> Act:
    keys: list[JsonValue] = [row.work.key for row in rows[:_KEYS_TOLD]]
    before: dict[str, JsonValue] = {
        "state": EffectState.PARKED.value,
        "channel": kind.value,
        "error": one_line(rows[-1].error, _ERROR_CHARACTERS),
    }
    return Act(
        at=at,
        by=by,
        kind=ActKind.RELEASED,
        account_id="",
        about=f"channel:{kind.value}",
        before=before,
        after={"state": EffectState.OWED.value, "effects": len(rows), "keys": keys},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Which parked event is meant."""

    stream: str
    group: str
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventActs:
    """What one operator does about one tenant's parked events."""

    desk: EventDesk
    store: Store
    tenant_id: str
    by: str
    clock: Clock

    async def replay(self, letter: DeadLetter) -> None:
        """Give it to its group again. Raises NotFound: it is not parked any more."""
        found = await self._found(letter)
        if not await self.desk.replay(letter.stream, letter.group, [letter.event_id]):
            raise _gone("replayed")
        await self._write(ActKind.REPLAYED, found, {"state": "given again"})

    async def drop(self, letter: DeadLetter, *, reason: str) -> None:
        """Take it away for good. Raises NotFound, InvalidInput for a reason that says nothing."""
        why = one_line_said(reason, "the reason")
        found = await self._found(letter)
        if not await self.desk.drop(letter.stream, letter.group, [letter.event_id]):
            raise _gone("dropped")
        await self._write(ActKind.DROPPED, found, {"state": "dropped", "reason": why})

    async def _found(self, letter: DeadLetter) -> ParkedEvent:
        for one in await self.desk.parked(most=MOST):
            if (one.stored.stream, one.group, one.stored.event_id) == (
                letter.stream,
                letter.group,
                letter.event_id,
            ):
                return one
        raise _gone("done")

    async def _write(self, kind: ActKind, letter: ParkedEvent, after: dict[str, JsonValue]) -> None:
        """The line in the log, once it is done: the bus may be another system than the store."""
        before: dict[str, JsonValue] = {
            "state": "parked",
            "stream": letter.stored.stream,
            "group": letter.group,
            "deliveries": letter.deliveries,
            "error": one_line(letter.error, _ERROR_CHARACTERS),
        }
        act = Act(
            at=self.clock(),
            by=self.by,
            kind=kind,
            account_id="",
            about=letter.stored.event_id,
            before=before,
            after=after,
        )
        await self.store.write(self.tenant_id, lambda unit: unit.diary.add_act(act))


def _gone(what: str) -> NotFound:
    return NotFound(f"this event is not parked any more, so nothing was {what}")
