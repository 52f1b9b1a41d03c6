"""Replays as operators ask for them: dead letters by id, or a stretch of a stream.

A replay gives events again; that they take effect again, the marks of the handled decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from pydantic import JsonValue

from app.clock import Clock
from app.domain.act import Act, ActKind
from app.errors import NotFound
from app.events.hands import Chosen, EventHands, Lines
from app.ports.bus import EventDesk
from app.services.plain_text import one_line

MOST = 100_000
"""Events looked at in one go."""
_IDS_TOLD = 100
"""Ids in one line of the log; how many there were is always told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Part of a stream, by when its events were published; both ends are in it."""

    stream: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayer:
    """Gives one tenant's events to groups again, for one operator."""

    desk: EventDesk
    hands: EventHands
    by: str
    clock: Clock

    async def parked(self, event_ids: Collection[str], *, group: str = "") -> Mapping[str, int]:
        """Replay dead letters, of one group or of all; no ids: every one. How many, by group.

        Raises NotFound for an id that is not parked; nothing was replayed then.
        """
        letters = [one for one in await self.desk.parked(most=MOST) if group in ("", one.group)]
        unknown = set(event_ids) - {one.stored.event_id for one in letters}
        if unknown:
            told = one_line(min(unknown), 100)
            raise NotFound(
                f"{told!r} is not parked, so nothing was replayed; see tend events parked"
            )
        wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
        for one in letters:
            if not event_ids or one.stored.event_id in event_ids:
                wanted[one.stored.stream, one.group].append(one.stored.event_id)
        given: dict[str, int] = defaultdict(int)
        for (stream, of_group), ids in wanted.items():
            chosen = Chosen(stream=stream, group=of_group, event_ids=ids)
            given[of_group] += await self.hands.replay(chosen, self._lines(chosen, {}))
        return given

    async def stretch(self, stretch: Stretch, group: str, *, anew: bool) -> int:
        """Replay what the group has settled of a stretch; returns how many events.

        `anew` takes its marks off first, so that what it handled takes effect once more. Raises
        NotFound for a group that never took anything from the stream, InvalidInput.
        """
        known = {(one.stream, one.group) for one in await self.desk.groups()}
        if (stretch.stream, group) not in known:
            told = f"{one_line(group, 70)!r} takes nothing from {one_line(stretch.stream, 70)!r}"
            raise NotFound(f"{told}; see tend events groups")
        events = await self.desk.events(
            stretch.stream, most=MOST, since=stretch.since, until=stretch.until
        )
        if not events:
            return 0
        ids = [event.event_id for event in events]
        chosen = Chosen(stream=stretch.stream, group=group, event_ids=ids)
        told_of: dict[str, JsonValue] = {"anew": True} if anew else {}
        return await self.hands.replay(chosen, self._lines(chosen, told_of), anew=anew)

    def _lines(self, chosen: Chosen, more: Mapping[str, JsonValue]) -> Lines:
        """What the log says of several at once: how many, and the first of their ids."""
        ids: list[JsonValue] = [*islice(chosen.event_ids, _IDS_TOLD)]
        wanted = {"events": len(chosen.event_ids), "stream": chosen.stream, **more, "ids": ids}
        asked = Act(
            at=self.clock(),
            by=self.by,
            kind=ActKind.REPLAY_ASKED,
            account_id="",
            about=f"group:{chosen.group}",
            after=wanted,
        )

        def done(many: int) -> Act:
            told = {**wanted, "events": many}
            return replace(asked, at=self.clock(), kind=ActKind.REPLAYED, after=told)

        return Lines(asked=asked, done=done, left=replace(asked, kind=ActKind.EVENT_LEFT))
