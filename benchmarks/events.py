"""How many events a second go over each bus, and what becomes of 10,000 under fire.

An event is published, given to a consumer, marked as handled in the store (SQLite, synced) together
with an effect, and acknowledged. `python -m benchmarks.events` measures; `--kill` has consumers
killed ten times on the way, and counts what was lost or took effect twice.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import aclosing, contextmanager
from pathlib import Path
from statistics import median

from redis import Redis

from app.bootstrap import worker_name
from app.domain.event import AgentEvent
from app.events.bus import TenantEventBus
from app.events.consuming import Consumer, Done, Outcome, handle_once
from app.events.embedded import EmbeddedEventBus
from app.ports.bus import EventBus
from app.ports.store import Unit
from app.storage.sql_store import SqlStore, open_store
from tests.e2e.event_worker import GROUP, STREAM, TENANT, alert_of
from tests.e2e.killed_consumers import event_of, run_trial
from tests.servers.redis import running_redis

EVENTS = 2_000
ROUNDS = 3
AT_ONCE = 32
"""Publishers at work side by side, as flows are."""
KILL_EVENTS, KILLS = 10_000, 10


def measured() -> dict[str, float]:
    """Events per second, by bus; the median of interleaved rounds."""
    rates: dict[str, list[float]] = {"embedded": [], "redis": []}
    with running_redis() as url:
        for _ in range(ROUNDS):
            rates["embedded"].append(_rate(""))
            rates["redis"].append(_rate(url))
    return {kind: round(median(found), 1) for kind, found in rates.items()}


def _rate(redis_url: str) -> float:
    with _fresh(redis_url) as store:
        return asyncio.run(_round(store, redis_url))


@contextmanager
def _fresh(redis_url: str) -> Iterator[SqlStore]:
    if redis_url:
        with Redis.from_url(redis_url) as redis:
            redis.flushall()
    with tempfile.TemporaryDirectory(prefix="tend-events-") as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'tend.sqlite3'}")
        try:
            yield store
        finally:
            store.close()


async def _round(store: SqlStore, redis_url: str) -> float:
    bus: EventBus = (
        TenantEventBus(redis_url, TENANT) if redis_url else EmbeddedEventBus(store, TENANT)
    )

    async def handle(event: AgentEvent) -> Outcome:
        def effect(unit: Unit) -> None:
            unit.outbox.add_alert(alert_of(event))

        return await handle_once(store, GROUP, event, effect)

    async with aclosing(bus):
        consumer = Consumer(
            bus=bus, group=GROUP, streams=[STREAM], handler=handle, name=worker_name()
        )
        began = time.perf_counter()
        for start in range(0, EVENTS, AT_ONCE):
            numbers = range(start, min(EVENTS, start + AT_ONCE))
            await asyncio.gather(*(bus.publish(STREAM, event_of(number)) for number in numbers))
        ended = await consumer.drain()
        seconds = time.perf_counter() - began
    assert ended == {Done: EVENTS}
    return EVENTS / seconds


def under_fire() -> Mapping[str, str]:
    """What became of the events, by bus, in words."""
    found: dict[str, str] = {}
    with running_redis() as url:
        for kind, redis_url in (("embedded", ""), ("redis", url)):
            with tempfile.TemporaryDirectory(prefix="tend-events-") as folder:
                store_url = f"sqlite:///{Path(folder) / 'tend.sqlite3'}"
                report = run_trial(store_url, redis_url, events=KILL_EVENTS, kills=KILLS)
            found[kind] = (
                f"{report.published} events, {report.kills} kills: {report.lost} lost, "
                f"{report.doubled} doubled, {report.again} given again and caught by their mark, "
                f"{report.groups[0].parked} parked, {report.seconds:.0f} s"
            )
    return found


def main() -> None:
    """Measure, or try it under fire, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kill", action="store_true", help="kill consumers on the way")
    found = under_fire() if parser.parse_args().kill else measured()
    for kind, what in found.items():
        print(f"{kind:<10}{what if isinstance(what, str) else f'{what:10,.1f} events/s'}")


if __name__ == "__main__":
    main()
