"""The event bus on Redis Streams, as operators see and change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import UTC, datetime

from pydantic import TypeAdapter

from app.events import redis_desk_scripts as scripts
from app.events.bus import DEFAULT_RULES, linked
from app.events.checked import checked_name
from app.events.redis_rows import stored_event
from app.ports.bus import BusRules, GroupState, ParkedEvent, StreamState, Trimmed
from app.ports.rows import StoredEvent

_AT_ONCE = 500
"""Events read or replayed in one go, so that nobody else waits for long."""
_NUMBER, _TEXT = TypeAdapter(int), TypeAdapter(str)
_TRIMMED = TypeAdapter(tuple[int, int])
_STATE = TypeAdapter(tuple[int, int, list[tuple[str, int, int, int, int]]])
_ENTRIES = TypeAdapter(list[tuple[str, dict[str, str]]])
_NAMES = TypeAdapter(list[str])


class TenantEventDesk:
    """`EventDesk` of one tenant on Redis Streams. To be used from one running event loop."""

    def __init__(self, url: str, tenant_id: str, *, rules: BusRules = DEFAULT_RULES) -> None:
        """The server is reached when first asked. Raises ConfigurationError, ValueError."""
        self._link = linked(url, tenant_id)
        self._rules = rules

    async def streams(self) -> Sequence[StreamState]:
        """All streams, by name."""
        states = [(name, await self._state(name)) for name in await self._names()]
        return [
            StreamState(stream=name, length=length, trimmed=trimmed)
            for name, (length, trimmed, _) in states
        ]

    async def groups(self) -> Sequence[GroupState]:
        """All groups of all streams, by stream and name."""
        parked = await self._parked_counts()
        return [
            GroupState(
                stream=stream,
                group=group,
                lag=lag,
                in_hand=in_hand,
                waiting=waiting,
                parked=parked[stream, group],
                missed=missed,
            )
            for stream in await self._names()
            for group, lag, in_hand, waiting, missed in sorted((await self._state(stream))[2])
        ]

    async def events(
        self,
        stream: str,
        *,
        most: int,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[StoredEvent]:
        """The newest `most` events that are kept, oldest first; published between, ends included.

        Raises InvalidInput for what is no stream's name.
        """
        found: list[StoredEvent] = []
        async for event in self._newest_first(checked_name(stream)):
            if len(found) == most:
                break
            is_early = since is not None and event.published_at < since
            is_late = until is not None and event.published_at > until
            if not is_early and not is_late:
                found.append(event)
        return found[::-1]

    async def parked(self, *, most: int) -> Sequence[ParkedEvent]:
        """Dead letters of all groups, those parked first first."""
        async with self._link.answering():
            answer = await self._link.redis.xrange(self._link.key("parked"), count=most)
        return [_parked(fields) for _, fields in _ENTRIES.validate_python(answer)]

    async def parked_mark(self) -> str:
        """Another text whenever what is parked has changed."""
        return await self._link.run(scripts.MARK, "", shape=_TEXT)

    async def replay(self, stream: str, group: str, event_ids: Collection[str]) -> int:
        """Give these events to the group again; returns how many. Raises InvalidInput."""
        checked_name(stream)
        checked_name(group, "group")
        return await self._each(scripts.REPLAY, stream, group, event_ids)

    async def drop(self, stream: str, group: str, event_ids: Collection[str]) -> int:
        """Take dead letters of the group away for good. Raises InvalidInput."""
        checked_name(stream)
        checked_name(group, "group")
        return await self._each(scripts.DROP, stream, group, event_ids)

    async def trim(self, stream: str, *, most: int) -> Trimmed:
        """Drop the oldest events beyond `most`. Raises InvalidInput."""
        idle_ms = round(self._rules.idle_seconds * 1000)
        dropped, missed = await self._link.run(
            scripts.TRIM, checked_name(stream), most, idle_ms, shape=_TRIMMED
        )
        return Trimmed(dropped=dropped, unacknowledged=missed)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._link.aclose()

    async def _each(self, script: str, stream: str, group: str, event_ids: Collection[str]) -> int:
        """Run a script over ids, some at a time; the sum of what it answers."""
        wanted = list(dict.fromkeys(event_ids))
        done = 0
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            done += await self._link.run(script, stream, group, *some, shape=_NUMBER)
        return done

    async def _names(self) -> list[str]:
        async with self._link.answering():
            answer = await self._link.redis.smembers(self._link.key("streams"))
        return sorted(_NAMES.validate_python(list(answer)))

    async def _state(self, stream: str) -> tuple[int, int, list[tuple[str, int, int, int, int]]]:
        return await self._link.run(scripts.STATE, stream, shape=_STATE)

    async def _parked_counts(self) -> Counter[tuple[str, str]]:
        async with self._link.answering():
            answer = await self._link.redis.hkeys(self._link.key("parked-at"))
        slots = (slot.split(" ", 2) for slot in _NAMES.validate_python(answer))
        return Counter((stream, group) for stream, group, _ in slots)

    async def _newest_first(self, stream: str) -> AsyncIterator[StoredEvent]:
        before = "+"
        while True:
            async with self._link.answering():
                answer = await self._link.redis.xrevrange(
                    self._link.key(f"events:{stream}"), max=before, count=_AT_ONCE
                )
            entries = _ENTRIES.validate_python(answer)
            for _, fields in entries:
                yield _stored(stream, fields)
            if len(entries) < _AT_ONCE:
                return
            before = f"({entries[-1][0]}"


def _stored(stream: str, fields: Mapping[str, str]) -> StoredEvent:
    return stored_event(
        stream,
        event_id=fields.get("id", ""),
        at=fields.get("at", ""),
        text=fields.get("event", ""),
    )


def _parked(fields: Mapping[str, str]) -> ParkedEvent:
    return ParkedEvent(
        group=fields["group"],
        stored=_stored(fields["stream"], fields),
        deliveries=int(fields["count"]),
        error=fields["error"],
        parked_at=datetime.fromtimestamp(int(fields["parked_at_ms"]) / 1000, UTC),
    )
