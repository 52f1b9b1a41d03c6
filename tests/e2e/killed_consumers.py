"""A trial: events consumed by two processes, of which one is killed again and again."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.event import AgentEvent, EventType
from app.events.bus import TenantEventBus
from app.events.embedded import EmbeddedEventBus, EmbeddedEventDesk
from app.events.redis_desk import TenantEventDesk
from app.ports.bus import EventBus, EventDesk, GroupState
from app.storage.sql_store import SqlStore, open_store
from tests.builders import NOW
from tests.e2e.event_worker import STREAM, TENANT

IDLE_SECONDS = 3.0
WORKERS = 2
LONGEST_SECONDS = 110.0
"""Without progress for so long, the trial is given up."""
_AT_ONCE = 200
_REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of a trial."""

    published: int
    kills: int
    effects: Counter[str]
    """How many times each event took effect, by its id."""
    again: int
    """Deliveries of events that had taken effect before."""
    groups: tuple[GroupState, ...]
    seconds: float

    @property
    def lost(self) -> int:
        """Events without effect."""
        return self.published - len(self.effects)

    @property
    def doubled(self) -> int:
        """Effects too many."""
        return sum(self.effects.values()) - len(self.effects)


@dataclass(slots=True)
class Crew:
    """The consuming processes, and the lines that they write."""

    store_url: str
    redis_url: str
    at_work: list[subprocess.Popen[str]] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hire(self) -> None:
        """Start one more."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.event_worker", self.store_url, self.redis_url,
             str(IDLE_SECONDS)],
            cwd=_REPOSITORY, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.at_work.append(process)
        threading.Thread(target=self._listen, args=[process], daemon=True).start()

    def kill(self, number: int) -> None:
        """End one as a power cut would."""
        process = self.at_work.pop(number)
        process.kill()
        process.wait()

    def dismiss(self) -> None:
        """End all of them in good order."""
        for process in self.at_work:
            process.terminate()
        for process in self.at_work:
            process.wait(LONGEST_SECONDS)

    def wait_until(self, handled: int) -> None:
        """Until so many events were handled; raises TimeoutError where nothing goes on."""
        last, since = 0, time.monotonic()
        while (now := self.heard.total()) < handled:
            if now != last:
                last, since = now, time.monotonic()
            if time.monotonic() - since > LONGEST_SECONDS:
                raise TimeoutError(f"{now} of {handled} events were handled")
            time.sleep(0.002)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        with process.stdout or sys.stdin as lines:
            for line in lines:
                with self._lock:
                    self.heard[line.strip()] += 1


def run_trial(store_url: str, redis_url: str, *, events: int, kills: int) -> Report:
    """Publish the events, have them consumed under fire, and count what took effect."""
    dice = random.Random(events)
    store = open_store(store_url)
    try:
        asyncio.run(_publish(store, redis_url, events))
        began = time.monotonic()
        with _crew(store_url, redis_url) as crew:
            for number in range(1, kills + 1):
                crew.wait_until(number * events // (kills + 1))
                time.sleep(dice.uniform(0, 0.01))
                crew.kill(dice.randrange(WORKERS))
                crew.hire()
            groups = asyncio.run(_settled(store, redis_url))
        seconds = time.monotonic() - began
        alerts = store.read_now(TENANT, lambda unit: unit.outbox.alerts(most=2 * events))
    finally:
        store.close()
    return Report(
        published=events,
        kills=kills,
        effects=Counter(alert.account_id for alert in alerts),
        again=crew.heard["again"],
        groups=groups,
        seconds=seconds,
    )


@contextmanager
def _crew(store_url: str, redis_url: str) -> Iterator[Crew]:
    crew = Crew(store_url, redis_url)
    try:
        for _ in range(WORKERS):
            crew.hire()
        yield crew
    finally:
        crew.dismiss()


async def _publish(store: SqlStore, redis_url: str, events: int) -> None:
    bus: EventBus = (
        TenantEventBus(redis_url, TENANT) if redis_url else EmbeddedEventBus(store, TENANT)
    )
    async with aclosing(bus):
        for start in range(0, events, _AT_ONCE):
            numbers = range(start, min(events, start + _AT_ONCE))
            await asyncio.gather(*(bus.publish(STREAM, event_of(number)) for number in numbers))


def event_of(number: int) -> AgentEvent:
    """One of a trial's events."""
    return AgentEvent(
        event_id=f"{TENANT}:e{number:05d}",
        event_type=EventType.AGENT_HEALTH,
        timestamp=NOW,
        tenant_id=TENANT,
        source_agent_id="technical_account_manager",
        data={"account_id": f"account-{number:05d}", "health_score": number % 100},
    )


async def _settled(store: SqlStore, redis_url: str) -> tuple[GroupState, ...]:
    """The groups, once nothing is left to be given."""
    desk: EventDesk = (
        TenantEventDesk(redis_url, TENANT) if redis_url else EmbeddedEventDesk(store, TENANT)
    )
    async with aclosing(desk), asyncio.timeout(LONGEST_SECONDS):
        while True:
            groups = tuple(await desk.groups())
            if all(not (one.lag or one.in_hand or one.waiting) for one in groups):
                return groups
            await asyncio.sleep(0.2)
