"""The event bus on Redis Streams; Redis 7.0 or Valkey will do.

What is kept where, `app.events.redis_ground` says. Redis must keep what it is told over a restart
(`appendonly yes`) and drop nothing by itself (`maxmemory-policy noeviction`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from app.clock import Clock, system_clock
from app.domain.event import AgentEvent
from app.errors import ConfigurationError
from app.events import redis_scripts as scripts
from app.events.checked import CheckedBus
from app.events.redis_rows import StoredRow, stored_of
from app.ports.bus import BusRules, PutOff, Receipt, Trimmed
from app.ports.event_store import Given, Taken

if TYPE_CHECKING:
    from app.events.redis_link import RedisLink

DEFAULT_RULES = BusRules()
LOOK_SECONDS = 10.0
"""The longest that a wait goes on without looking for what fell out of somebody's hand."""
_DEAD_MS = 86_400_000
"""A consumer without anything in hand that did not ask for a day is forgotten."""
_NUMBER, _PUT_OFF = TypeAdapter(int), TypeAdapter(PutOff)
_APPENDED = TypeAdapter(tuple[bool, int, int])
_TAKEN = TypeAdapter(tuple[list[StoredRow], list[str]])
_AHEAD = TypeAdapter(tuple[int, str])


class TenantEventBus(CheckedBus):
    """`EventBus` of one tenant on Redis Streams. To be used from one running event loop."""

    def __init__(
        self,
        url: str,
        tenant_id: str,
        *,
        rules: BusRules = DEFAULT_RULES,
        clock: Clock = system_clock,
    ) -> None:
        """The server is reached when first asked. Raises ConfigurationError, ValueError."""
        super().__init__(tenant_id, rules, clock)
        self._link = linked(url, tenant_id)
        self._idle_ms = _ms(rules.idle_seconds)
        self._joined: set[tuple[str, str]] = set()

    async def _wait(self, streams: Sequence[str], group: str, *, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            given: dict[str | bytes | memoryview[int], str | bytes | int | memoryview[int]] = {}
            pause = _ms(min(left, LOOK_SECONDS, self._rules.idle_seconds))
            for stream in streams:
                due_ms, at = await self._link.run(
                    scripts.AHEAD, stream, group, self._idle_ms, shape=_AHEAD
                )
                if due_ms == 0:
                    return
                pause = pause if due_ms < 0 else min(pause, due_ms)
                given[self._link.key(f"events:{stream}")] = at
            async with self._link.answering(seconds=pause / 1000):
                await self._link.redis.xread(given, count=1, block=max(1, pause))

    async def check(self) -> None:
        """Whether Redis answers. Raises ServiceError."""
        async with self._link.answering():
            await self._link.redis.ping()

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._link.aclose()

    async def _append(self, stream: str, event: AgentEvent, text: str) -> tuple[bool, Trimmed]:
        rules = self._rules
        is_new, dropped, missed = await self._link.run(
            scripts.PUBLISH,
            stream,
            event.event_id,
            self._clock().isoformat(),
            text,
            _ms(rules.remembered.total_seconds()),
            rules.most_kept,
            rules.most_kept // 10,
            self._idle_ms,
            shape=_APPENDED,
        )
        return is_new, Trimmed(dropped=dropped, unacknowledged=missed)

    async def _take(self, stream: str, group: str, *, consumer: str, most: int) -> Taken:
        is_first = (stream, group) not in self._joined
        rows, parked = await self._link.run(
            scripts.TAKE,
            stream,
            group,
            consumer,
            most,
            self._idle_ms,
            self._rules.most_deliveries,
            _DEAD_MS if is_first else 0,
            shape=_TAKEN,
        )
        self._joined.add((stream, group))
        given = tuple(
            Given(
                receipt=Receipt(
                    stream=stream, group=group, consumer=consumer, place=row[0], count=row[3]
                ),
                stored=stored_of(stream, row),
            )
            for row in rows
        )
        return Taken(given=given, parked=tuple(parked))

    async def _hold(self, receipt: Receipt) -> bool:
        words = (*_words(receipt), self._idle_ms)
        return await self._link.run(scripts.HOLD, receipt.stream, *words, shape=_NUMBER) == 1

    async def _acknowledge(self, receipt: Receipt) -> bool:
        words = (receipt.group, receipt.place)
        return await self._link.run(scripts.ACKNOWLEDGE, receipt.stream, *words, shape=_NUMBER) > 0

    async def _put_off(
        self, receipt: Receipt, *, seconds: float, error: str, tried: bool
    ) -> PutOff:
        most = self._rules.most_deliveries
        words = (*_words(receipt), _ms(seconds), error, int(tried), most)
        return await self._link.run(scripts.PUT_OFF, receipt.stream, *words, shape=_PUT_OFF)

    async def _park(self, receipt: Receipt, error: str) -> bool:
        words = (*_words(receipt), error)
        return await self._link.run(scripts.PARK, receipt.stream, *words, shape=_NUMBER) == 1


def linked(url: str, tenant_id: str) -> RedisLink:
    """A line to the server, not opened yet. Raises ConfigurationError naming TEND_REDIS_URL."""
    try:
        from app.events.redis_link import RedisLink  # an extra
    except ImportError as exc:
        msg = "TEND_REDIS_URL: Redis needs the extra: pip install 'tend[redis]'"
        raise ConfigurationError(msg) from exc
    return RedisLink(url, tenant_id)


def _words(receipt: Receipt) -> tuple[str, int, str, int]:
    return receipt.group, receipt.place, receipt.consumer, receipt.count


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
