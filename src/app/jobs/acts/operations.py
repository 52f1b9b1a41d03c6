"""What an operator does about what is stuck: effects released, events replayed, feeds read again.

Each leaves its line in the audit log. It does not know why something was parked, nor who may ask,
nor what carries events.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import JsonValue

from app.clock import Clock
from app.domain.act import Act, ActKind
from app.domain.effect import EffectKind, EffectRow, EffectState
from app.errors import NotFound
from app.events.hands import Chosen, EventHands, Lines
from app.jobs.acts.said import one_line_said
from app.ports.bus import EventDesk, ParkedEvent
from app.ports.store import Unit
from app.services.plain_text import one_line

MOST = 100_000
"""Parked effects or events looked at in one go; more than a person could ever be asked about."""
_KEYS_TOLD = 100
"""Keys of effects in one line of the log; how many there were is always told."""
_ERROR_CHARACTERS = 300


def note_reading(unit: Unit, feed: str, flow_id: str, *, by: str, at: datetime) -> None:
    """Write down that a feed is to be read now; the flow that does it is asked for afterwards."""
    unit.diary.add_act(
        Act(
            at=at,
            by=by,
            kind=ActKind.FEED_ASKED,
            account_id="",
            about=f"feed:{feed}",
            after={"flow": flow_id},
        )
    )


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
    rows = _parked(unit)
    keys = [row.work.key for row in rows if row.work.kind is kind]
    if not keys:
        raise NotFound(f"nothing is parked on {kind.value} any more, so nothing was released")
    return release_effects(unit, keys, by=by, at=at)


def release_effects(unit: Unit, keys: Collection[str], *, by: str, at: datetime) -> int:
    """Put those of these that are parked back to work: a line of the log for each channel."""
    wanted = frozenset(keys)
    rows = [row for row in _parked(unit) if row.work.key in wanted]
    for kind in EffectKind:
        mine = [row for row in rows if row.work.kind is kind]
        if mine:
            unit.diary.add_act(_channel_act(kind, mine, by=by, at=at))
    return unit.work.release([row.work.key for row in rows])


def _parked(unit: Unit) -> tuple[EffectRow, ...]:
    return unit.work.open(states={EffectState.PARKED}, most=MOST)


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

    @property
    def chosen(self) -> Chosen:
        """It alone."""
        return Chosen(stream=self.stream, group=self.group, event_ids=(self.event_id,))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventActs:
    """What one operator does about one tenant's parked events."""

    desk: EventDesk
    hands: EventHands
    by: str
    clock: Clock

    async def replay(self, letter: DeadLetter) -> None:
        """Give it to its group again. Raises NotFound: it is not parked any more."""
        lines = self._lines(await self._found(letter), _REPLAY, {})
        if not await self.hands.replay(letter.chosen, lines):
            raise _gone("replayed")

    async def drop(self, letter: DeadLetter, *, reason: str) -> None:
        """Take it away for good. Raises NotFound, InvalidInput for a reason that says nothing."""
        why = one_line_said(reason, "the reason")
        found = await self._found(letter)
        lines = self._lines(found, _DROP, {"reason": why})
        if not await self.hands.drop(letter.chosen, lines):
            raise _gone("dropped")

    async def drop_named(self, event_id: str, *, group: str, reason: str) -> int:
        """Take an event away from each group that has it parked, or from one; how many did.

        Raises NotFound, InvalidInput for a reason that says nothing.
        """
        letters = [
            DeadLetter(stream=one.stored.stream, group=one.group, event_id=event_id)
            for one in await self.desk.parked(most=MOST)
            if one.stored.event_id == event_id and group in ("", one.group)
        ]
        if not letters:
            told = one_line(event_id, 100)
            raise NotFound(f"{told!r} is not parked, so nothing was dropped")
        for letter in letters:
            await self.drop(letter, reason=reason)
        return len(letters)

    async def _found(self, letter: DeadLetter) -> ParkedEvent:
        for one in await self.desk.parked(most=MOST):
            if (one.stored.stream, one.group, one.stored.event_id) == (
                letter.stream,
                letter.group,
                letter.event_id,
            ):
                return one
        raise _gone("done")

    def _lines(self, letter: ParkedEvent, how: _Doing, said: dict[str, JsonValue]) -> Lines:
        before: dict[str, JsonValue] = {
            "state": "parked",
            "deliveries": letter.deliveries,
            "error": one_line(letter.error, _ERROR_CHARACTERS),
        }
        after = {**said, "stream": letter.stored.stream, "group": letter.group}
        asked = Act(
            at=self.clock(),
            by=self.by,
            kind=how.asked,
            account_id="",
            about=letter.stored.event_id,
            before=before,
            after=after,
        )

        def done(_many: int) -> Act:
            told = {"state": how.state, **after}
            return replace(asked, at=self.clock(), kind=how.done, after=told)

        left = replace(asked, kind=ActKind.EVENT_LEFT, before={})
        return Lines(asked=asked, done=done, left=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doing:
    """What is done, as the log calls it."""

    asked: ActKind
    done: ActKind
    state: str


_REPLAY = _Doing(asked=ActKind.REPLAY_ASKED, done=ActKind.REPLAYED, state="given again")
_DROP = _Doing(asked=ActKind.DROP_ASKED, done=ActKind.DROPPED, state="dropped")


def _gone(what: str) -> NotFound:
    return NotFound(f"this event is not parked any more, so nothing was {what}")
