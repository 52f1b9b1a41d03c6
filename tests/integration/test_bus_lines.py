"""Buses whose carrier is gone, refuses us, or was written to by other hands."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

import pytest
from alembic import command
from alembic.config import Config
from redis import Redis
from sqlalchemy import create_engine, text
from structlog.testing import capture_logs

import app.storage
from app.bootstrap import bus_of, event_desk_of
from app.domain.effect import EffectKind, WorkOwed
from app.domain.event import AgentEvent, EventType
from app.errors import AccessExpired, ConfigurationError, TransientServiceError
from app.events.bus import TenantEventBus
from app.events.consuming import Consumer, Done, Outcome
from app.events.embedded import EmbeddedEventBus, EmbeddedEventDesk
from app.events.publishing import PublishEvents
from app.events.redis_desk import TenantEventDesk
from app.ports.bus import BusRules, EventBus, EventDesk, ParkedEvent
from app.ports.rows import StoredEvent
from app.settings import Settings
from app.storage.sql_store import SqlStore, open_store
from tests.builders import NOW

STREAM, GROUP = "escalations", "sales"
T = TypeVar("T")


def told(number: int, tenant: str = "main") -> AgentEvent:
    return AgentEvent(
        event_id=f"e{number}",
        event_type=EventType.AGENT_HEALTH,
        tenant_id=tenant,
        source_agent_id="sales",
        timestamp=NOW,
    )


def on(bus: EventBus, work: Callable[[EventBus], Awaitable[T]]) -> T:
    async def story() -> T:
        async with aclosing(bus):
            return await work(bus)

    return asyncio.run(story())


def parked_by(desk: EventDesk) -> list[ParkedEvent]:
    async def story() -> list[ParkedEvent]:
        async with aclosing(desk):
            return list(await desk.parked(most=9))

    return asyncio.run(story())


async def publish(bus: EventBus) -> bool:
    return await bus.publish(STREAM, told(1))


async def take(bus: EventBus) -> list[str]:
    taken = await bus.take(STREAM, GROUP, consumer="one", most=9)
    return [delivery.event.event_id for delivery in taken]


async def done(event: AgentEvent) -> Outcome:
    del event
    return Done()


def test_a_server_that_is_not_there_is_told_without_its_address() -> None:
    bus = TenantEventBus("redis://:secret@localhost:1/0", "main")
    with pytest.raises(TransientServiceError, match="TEND_REDIS_URL") as caught:
        on(bus, publish)
    assert "secret" not in str(caught.value)
    assert "localhost" not in str(caught.value)


def test_a_server_that_refuses_us_is_for_a_person(redis_url: str) -> None:
    url = redis_url.replace("unix://", "unix://nobody:secret@")
    tries: list[Callable[[EventBus], Awaitable[bool | list[str] | None]]]
    tries = [publish, take, lambda bus: bus.check()]
    for work in tries:
        with pytest.raises(AccessExpired, match="refuses us") as caught:
            on(TenantEventBus(url, "main"), work)
        assert "secret" not in str(caught.value)


def test_what_is_no_address_or_no_tenant_is_refused_at_once(redis_url: str) -> None:
    with pytest.raises(ConfigurationError, match="TEND_REDIS_URL"):
        TenantEventBus("redis://localhost:port/0", "main")
    for tenant in ("", "a}{b", "a:b", "a b"):
        with pytest.raises(ValueError, match="no name of a tenant"):
            TenantEventBus(redis_url, tenant)


def test_a_consumer_waits_for_a_bus_out_of_reach_and_says_so_once() -> None:
    async def story(bus: EventBus) -> None:
        consumer = Consumer(bus=bus, group=GROUP, streams=[STREAM], handler=done, name="one")
        running = asyncio.create_task(consumer.run())
        await asyncio.sleep(2.5)
        assert not running.done()
        consumer.stop()
        async with asyncio.timeout(10):
            await running

    with capture_logs() as logs:
        on(TenantEventBus("redis://localhost:1/0", "main"), story)
    assert [one["event"] for one in logs] == ["consumer.waits"]


def test_everything_of_a_tenant_lies_under_its_own_name(redis_url: str) -> None:
    async def use(bus: EventBus) -> None:
        await bus.publish(STREAM, told(1, bus.tenant_id))
        (delivery,) = await bus.take(STREAM, GROUP, consumer="one", most=1)
        await bus.put_off(delivery, seconds=0, error="")
        (delivery,) = await bus.take(STREAM, GROUP, consumer="one", most=1)
        await bus.park(delivery, error="broken")

    for tenant in ("main", "other"):
        on(TenantEventBus(redis_url, tenant), use)
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        keys = sorted(redis.scan_iter())
        lifetime = redis.ttl("tend:{main}:id:e1")
    names = {key.split(":", 2)[1] for key in keys}
    assert names == {"{main}", "{other}"}
    assert len([key for key in keys if key.startswith("tend:{main}:")]) * 2 == len(keys)
    assert 89 * 86_400 < lifetime <= 90 * 86_400


def garbage() -> list[str]:
    foreign = told(2, "other").model_dump_json()
    return ["no json \xff", "[]", '{"event_id": 7}', foreign, told(3).model_dump_json()]


def check_garbage(bus: EventBus, desk: EventDesk) -> None:
    assert on(bus, take) == ["e3"]
    reasons = [one.error for one in parked_by(desk)]
    assert len(reasons) == 4
    assert all(reason.startswith("it cannot be read as an event: ") for reason in reasons[:3])
    assert reasons[3] == "it is of tenant other, not main"


def test_what_others_wrote_into_redis_is_set_aside(redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        for number, body in enumerate(garbage(), start=1):
            fields = {"id": f"g{number}", "event": body}
            redis.xadd("tend:{main}:events:escalations", fields, id=f"{number}-0")
        redis.sadd("tend:{main}:streams", STREAM)
    desk = TenantEventDesk(redis_url, "main")
    check_garbage(TenantEventBus(redis_url, "main"), TenantEventDesk(redis_url, "main"))
    assert [one.stored.body for one in parked_by(desk)][:2] == [
        {"unreadable": "no json \xff"},
        {"unreadable": "[]"},
    ]


def test_what_others_wrote_into_the_store_is_set_aside(store: SqlStore) -> None:
    def add(number: int, body: str) -> None:
        try:
            parsed = json.loads(body)
        except ValueError:
            parsed = {"text": body}
        event = StoredEvent(
            event_id=f"g{number}",
            stream=STREAM,
            published_at=NOW,
            body=parsed if isinstance(parsed, dict) else {},
        )
        store.write_now("main", lambda unit: unit.events.add(event))

    for number, body in enumerate(garbage(), start=1):
        add(number, body)
    check_garbage(EmbeddedEventBus(store, "main"), EmbeddedEventDesk(store, "main"))


def test_a_stream_that_others_trimmed_is_counted_and_read_on(redis_url: str) -> None:
    async def story(bus: EventBus) -> list[str]:
        for number in range(1, 5):
            await bus.publish(STREAM, told(number))
        await bus.take(STREAM, GROUP, consumer="dead", most=2)
        with Redis.from_url(redis_url) as redis:
            redis.xtrim("tend:{main}:events:escalations", maxlen=1, approximate=False)
        await asyncio.sleep(0.1)
        return [*(await take(bus)), *(await take(bus))]

    async def missed() -> int:
        async with aclosing(TenantEventDesk(redis_url, "main")) as desk:
            (group,) = await desk.groups()
            return group.missed

    rules = BusRules(idle_seconds=0.05)
    assert "e4" in on(TenantEventBus(redis_url, "main", rules=rules), story)
    assert asyncio.run(missed()) == 2


def test_a_server_that_lost_everything_is_begun_anew(redis_url: str) -> None:
    async def story(bus: EventBus) -> None:
        await publish(bus)
        (delivery,) = await bus.take(STREAM, GROUP, consumer="one", most=1)
        with Redis.from_url(redis_url) as redis:
            redis.flushdb()
        assert not await bus.hold(delivery)
        assert not await bus.acknowledge(delivery)
        await bus.wait([STREAM], GROUP, seconds=0.05)
        assert await take(bus) == []
        assert await publish(bus)
        assert await take(bus) == ["e1"]

    on(TenantEventBus(redis_url, "main"), story)


@pytest.mark.parametrize("kind", ["embedded", "redis"])
def test_an_event_owed_is_published_once_on_the_bus_of_the_settings(
    request: pytest.FixtureRequest, sqlite_store: SqlStore, tmp_path: Path, kind: str
) -> None:
    url: str = request.getfixturevalue("redis_url") if kind == "redis" else ""
    settings = Settings(home=tmp_path, database_url="", tenant="main", redis_url=url)
    sink = PublishEvents(lambda: bus_of(sqlite_store, settings, "main"))
    owed = WorkOwed(
        key="main:x:1:event",
        kind=EffectKind.EVENT,
        subject="acme",
        payload={"stream": STREAM, "event": told(1).model_dump(mode="json")},
    )

    async def story() -> int:
        await sink.check()
        for repeat in (False, True):
            assert await sink.create(owed, at=NOW, repeat=repeat) == "e1"
        async with aclosing(event_desk_of(sqlite_store, settings, "main")) as desk:
            return len(await desk.events(STREAM, most=9))

    assert asyncio.run(story()) == 1
    in_store = sqlite_store.read_now("main", lambda unit: len(unit.events.stream(STREAM)))
    assert in_store == (0 if url else 1)


def test_without_the_extra_redis_is_asked_for_by_name() -> None:
    script = (
        "import sys; sys.modules['redis'] = None; sys.modules['redis.asyncio'] = None;"
        "from app.events.bus import TenantEventBus; from app.errors import ConfigurationError\n"
        "try: TenantEventBus('redis://localhost', 'main')\n"
        "except ConfigurationError as exc: print(exc)"
    )
    told_so = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "pip install 'tend[redis]'" in told_so.stdout


def test_events_of_before_there_were_groups_are_given_in_their_order(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tend.sqlite3'}"
    engine = create_engine(url)
    config = Config()
    migrations = Path(next(iter(app.storage.__path__))) / "migrations"
    config.set_main_option("script_location", str(migrations))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for number in range(1, 5):
            row = {
                "id": f"e{number}",
                "stream": STREAM if number != 2 else "opportunities",
                "place": number,
                "body": told(number).model_dump_json(),
            }
            connection.execute(
                text("INSERT INTO events VALUES ('main', :id, :stream, :place, 0, :body)"), row
            )
    engine.dispose()
    store = open_store(url)
    try:
        assert on(EmbeddedEventBus(store, "main"), lambda bus: bus.publish(STREAM, told(5)))
        assert on(EmbeddedEventBus(store, "main"), take) == ["e1", "e3", "e4", "e5"]
        (streams, groups) = store.read_now(
            "main", lambda unit: (unit.event_shelf.streams(), unit.event_shelf.groups())
        )
        assert [(one.stream, one.length) for one in streams] == [(STREAM, 4), ("opportunities", 1)]
        assert groups[0].lag == 0
    finally:
        store.close()
