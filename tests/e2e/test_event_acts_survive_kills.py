"""`tend events drop` and `replay` killed on either side of the bus's act: the log stays true."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis

from app.domain.act import Act, ActKind
from app.errors import InvalidInput
from app.events.embedded import EmbeddedEventBus, EmbeddedEventDesk
from app.events.hands import CarrierHands, Chosen, Lines, StoreHands
from app.events.redis_desk import TenantEventDesk
from app.storage.sql_store import SqlStore
from tests.builders import NOW
from tests.e2e.test_cli_events import Place, refusing, told
from tests.e2e.typed import bare_environment

PATIENCE_SECONDS = 60
EVENT = "main:e1"
DROP = ("events", "drop", EVENT, "--reason", "the account is gone")
REPLAY = ("events", "replay", EVENT)
KINDS = {
    DROP: (ActKind.DROP_ASKED, ActKind.DROPPED),
    REPLAY: (ActKind.REPLAY_ASKED, ActKind.REPLAYED),
}


@pytest.fixture
def place(redis_url: str, empty_home: Path) -> Place:
    """One event is parked, on Redis."""
    made = Place(empty_home, redis_url)
    made.publish(told(1))
    assert made.consume(refusing) == {"Parked": 1}
    return made


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"not {what}"
        time.sleep(0.005)


@contextmanager
def doing(place: Place, words: tuple[str, ...]) -> Iterator[subprocess.Popen[bytes]]:
    """The command as a process; killed when left."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app", *words],
        env=bare_environment() | {"TEND_HOME": str(place.home), "TEND_REDIS_URL": place.redis_url},
        cwd=place.home.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)


@contextmanager
def holding_writes(redis: Redis) -> Iterator[None]:
    """Redis answers who reads, and keeps who writes waiting."""
    redis.client_pause(PATIENCE_SECONDS * 1000, all=False)
    try:
        yield
    finally:
        redis.client_unpause()


@contextmanager
def holding_store(place: Place) -> Iterator[None]:
    """Nobody else writes to the store."""
    with closing(sqlite3.connect(place.home / "tend.sqlite3", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def kinds(place: Place) -> list[ActKind]:
    """The log's, oldest first."""
    return [act.kind for act in reversed(place.acts())]


def parked(redis: Redis) -> int:
    return redis.xlen("tend:{main}:parked")


@pytest.mark.parametrize("words", [DROP, REPLAY], ids=["drop", "replay"])
def test_killed_before_the_bus_acts_it_is_asked_for_and_can_be_done_again(
    place: Place, words: tuple[str, ...]
) -> None:
    asked, done = KINDS[words]
    with Redis.from_url(place.redis_url) as redis:
        others = len(redis.client_list())
        with holding_writes(redis):
            with doing(place, words):
                until(lambda: kinds(place) == [asked], "asked for")
            until(lambda: len(redis.client_list()) <= others, "gone from Redis")
        assert parked(redis) == 1
        assert kinds(place) == [asked]
        place.done(*words)
        assert parked(redis) == 0
    assert kinds(place) == [asked, asked, done]


@pytest.mark.parametrize("words", [DROP, REPLAY], ids=["drop", "replay"])
def test_killed_after_the_bus_acted_the_log_says_what_was_asked_for(
    place: Place, words: tuple[str, ...]
) -> None:
    asked, _ = KINDS[words]
    with Redis.from_url(place.redis_url) as redis, doing_until_the_bus_acted(place, words, redis):
        assert kinds(place) == [asked]
    (act,) = place.acts()
    assert act.about in {EVENT, "group:sales"}
    assert act.by
    assert "state" not in act.after, "no word of what nobody knows"
    again = place.say(*words)
    assert again.code == 2
    assert "is not parked" in again.words
    assert kinds(place) == [asked]


@contextmanager
def doing_until_the_bus_acted(place: Place, words: tuple[str, ...], redis: Redis) -> Iterator[None]:
    """Within, the bus has acted and the command waits for the store; afterwards it is dead."""
    asked, _ = KINDS[words]
    with doing(place, words), holding_writes(redis):
        until(lambda: kinds(place) == [asked], "asked for")
        with holding_store(place):
            redis.client_unpause()
            until(lambda: parked(redis) == 0, "acted")
            yield


@pytest.mark.parametrize("what", ["replay", "drop"])
def test_in_the_store_the_act_and_its_line_are_one(sqlite_store: SqlStore, what: str) -> None:
    async def story() -> None:
        bus = EmbeddedEventBus(sqlite_store, "main")
        desk = EmbeddedEventDesk(sqlite_store, "main")
        await bus.publish("escalations", told(1))
        (given,) = await bus.take("escalations", "sales", consumer="one", most=1)
        await bus.park(given, error="no such account")
        hands = StoreHands(sqlite_store, "main")
        act = hands.replay if what == "replay" else hands.drop
        chosen = Chosen(stream="escalations", group="sales", event_ids=[EVENT])
        with pytest.raises(InvalidInput):
            await act(chosen, Lines(asked=LINE, done=unwritable, left=LINE))
        assert len(await desk.parked(most=9)) == 1, "no line, no act"
        assert await act(chosen, Lines(asked=LINE, done=lambda _: LINE, left=LINE)) == 1
        assert await desk.parked(most=9) == ()

    asyncio.run(story())


@pytest.mark.parametrize("what", ["replay", "drop"])
def test_what_was_asked_of_an_event_that_is_gone_is_said_to_have_come_to_nothing(
    sqlite_store: SqlStore, redis_url: str, what: str
) -> None:
    async def story() -> None:
        async with aclosing(TenantEventDesk(redis_url, "main")) as desk:
            hands = CarrierHands(desk, sqlite_store, "main")
            act = hands.replay if what == "replay" else hands.drop
            chosen = Chosen(stream="escalations", group="sales", event_ids=[EVENT])
            asked, left = (replace(LINE, kind=kind) for kind in (ActKind.DROP_ASKED, GONE))
            assert await act(chosen, Lines(asked=asked, done=unwritable, left=left)) == 0

    asyncio.run(story())
    acts = sqlite_store.read_now("main", lambda unit: unit.diary.acts(account_id=None, most=9))
    assert [one.kind for one in acts] == [GONE, ActKind.DROP_ASKED]


GONE = ActKind.EVENT_LEFT
LINE = Act(at=NOW, by="kim", kind=ActKind.DROPPED, account_id="", about=EVENT)


def unwritable(many: int) -> Act:
    raise InvalidInput(f"no line of {many}")
