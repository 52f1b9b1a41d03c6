"""Replays as operators ask for them: dead letters by id, or a stretch of a stream.

A replay gives events again; that they take effect again, the marks of the handled decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.errors import NotFound
from app.ports.bus import EventDesk
from app.ports.store import Store
from app.services.plain_text import one_line

MOST = 100_000
"""Events looked at in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Part of a stream, by when its events were published; both ends are in it."""

    stream: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replayer:
    """Gives one tenant's events to groups again."""

    desk: EventDesk
    store: Store
    tenant_id: str

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
            given[of_group] += await self.desk.replay(stream, of_group, ids)
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
        ids = [event.event_id for event in events]
        if anew:
            await self.store.write(self.tenant_id, lambda unit: unit.handled.forget(group, ids))
        return await self.desk.replay(stretch.stream, group, ids)
