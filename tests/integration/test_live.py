"""The live stream of runs and feeds, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from redis import Redis

from app.domain.effect import EffectKind, WorkOwed
from app.domain.event import AgentEvent, EventType
from app.domain.web_session import WebSession
from app.events.bus import TenantEventBus
from app.events.redis_desk import TenantEventDesk
from app.ports.bus import EventBus
from app.ports.store import Unit
from app.services.session_tokens import read_token
from app.storage.sql_store import open_store
from app.web.changes import MOST_OF_A_PERSON, MOST_OF_A_SESSION, Changes, TooMany
from app.web.cookies import COOKIE
from app.web.door import address_of, open_socket, serving
from app.web.faults import tell_faults
from app.web.opening import shut
from app.web.pages.live import live_pages
from app.web.site import Site
from tests.builders import NOW
from tests.servers.dashboard import ADMIN, OWN_REP, Dashboard
from tests.servers.redis import running_redis

SOON = 10.0


@dataclass
class Door:
    """A dashboard behind a socket, and whether it is shut."""

    board: Dashboard
    is_shut: bool = False
    address: str = ""
    client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=SOON))

    def site_now(self) -> Site:
        return shut() if self.is_shut else self.board.site

    def use_redis(self, url: str) -> None:
        """Events are carried by Redis from now on."""
        settings = self.board.site.settings.model_copy(update={"redis_url": url})
        self.board.site = replace(self.board.site, settings=settings)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[AsyncIterator[str]]:
        """The lines of one stream that were opened for good."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.board.cookies.items())
        async with self.client.stream(
            "GET", f"{self.address}/runs/live", headers={"Cookie": cookie}
        ) as answer:
            assert answer.status_code == 200, answer.status_code
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.aiter_lines()
            assert await anext(lines) == "retry: 5000"
            yield lines

    async def status(self) -> int:
        """What a stream that is asked for and left at once is answered."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.board.cookies.items())
        url = f"{self.address}/runs/live"
        async with self.client.stream("GET", url, headers={"Cookie": cookie}) as answer:
            return answer.status_code


Story = Callable[[Door], Awaitable[None]]
Play = Callable[[Story], None]


@pytest.fixture
def play(sqlite_url: str, tmp_path: Path) -> Iterator[Play]:
    """Play a story at a door; the stream's heart beats fast."""
    store = open_store(sqlite_url)
    board = Dashboard(store, tmp_path / "home")
    board.sign_in(ADMIN)

    async def at_door(story: Story) -> None:
        door, socket = Door(board), open_socket("127.0.0.1", 0)
        door.address = address_of(socket)
        web = FastAPI()
        tell_faults(web)
        web.include_router(live_pages(door.site_now, beat_seconds=0.5))
        async with serving(web, socket), door.client:
            await story(door)

    yield lambda story: asyncio.run(at_door(story))
    store.close()


def owe(unit: Unit) -> None:
    unit.effects.owe(
        [WorkOwed(key="main:a:1:1:email", kind=EffectKind.EMAIL, subject="a", payload={})]
    )


async def until(lines: AsyncIterator[str], wanted: str) -> None:
    """Read on until a line comes."""
    async with asyncio.timeout(SOON):
        async for line in lines:
            if line == wanted:
                return
    pytest.fail(f"the stream ended without {wanted!r}")


async def rest_of(lines: AsyncIterator[str]) -> list[str]:
    """What still comes, to the stream's end."""
    async with asyncio.timeout(SOON):
        return [line async for line in lines]


def test_a_change_in_the_store_is_told_to_all_who_listen_and_nothing_else_is(play: Play) -> None:
    async def story(door: Door) -> None:
        async with door.listening() as one, door.listening() as other:
            await until(one, ": beat")
            await asyncio.sleep(2.5)  # the first look has been taken
            await door.board.store.write("main", owe)
            await until(one, "event: changed")
            await until(other, "event: changed")
            assert await anext(one) == "data:", "no word of what changed"

    play(story)


def test_an_event_parked_on_redis_is_told_soon_and_each_listener_costs_redis_nothing(
    play: Play, redis_url: str
) -> None:
    async def story(door: Door) -> None:
        door.use_redis(redis_url)
        with Redis.from_url(redis_url) as redis:
            alone = len(redis.client_list())
            async with AsyncExitStack() as listeners:
                lines = [await listeners.enter_async_context(door.listening()) for _ in range(4)]
                await asyncio.sleep(2.5)  # the first look has been taken
                assert len(redis.client_list()) == alone + 1
                async with aclosing(TenantEventBus(redis_url, "main")) as bus:
                    await park_one(bus)
                began = asyncio.get_running_loop().time()
                for one in lines:
                    await until(one, "event: changed")
                assert asyncio.get_running_loop().time() - began < 4
                async with aclosing(TenantEventDesk(redis_url, "main")) as desk:
                    await desk.drop("escalations", "sales", ["main:e1"])
                await until(lines[0], "event: changed")
            await asyncio.sleep(1)
            assert len(redis.client_list()) == alone, "nobody listens any more"

    play(story)


def test_a_bus_that_falls_silent_is_told_and_the_rest_goes_on_being_told(
    play: Play, tmp_path: Path
) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # it is asked, and answers nothing
        writer.close()

    async def story(door: Door) -> None:
        socket = tmp_path / "redis.sock"
        with running_redis() as url:
            door.use_redis(url)
            async with door.listening() as lines:
                await asyncio.sleep(2.5)
                fall_silent(url, socket)
                await until(lines, "event: changed")
                server = await asyncio.start_unix_server(silent, url.removeprefix("unix://"))
                async with server:
                    await door.board.store.write("main", owe)
                    await until(lines, "event: changed")

    play(story)


def fall_silent(url: str, elsewhere: Path) -> None:
    """Who asks Redis is cut off, and finds it no more."""
    Path(url.removeprefix("unix://")).rename(elsewhere)
    with Redis.from_url(f"unix://{elsewhere}") as redis:
        redis.client_kill_filter(_type="normal", skipme=True)


async def park_one(bus: EventBus) -> None:
    told = AgentEvent(
        event_id="main:e1",
        event_type=EventType.AGENT_HEALTH,
        tenant_id="main",
        source_agent_id="tam",
        timestamp=NOW,
    )
    await bus.publish("escalations", told)
    (given,) = await bus.take("escalations", "sales", consumer="one", most=1)
    await bus.park(given, error="no such account")


def test_another_tenants_changes_are_not_told(play: Play) -> None:
    async def story(door: Door) -> None:
        async with door.listening() as lines:
            await asyncio.sleep(2.5)
            await door.board.store.write("kiwi", owe)
            await asyncio.sleep(3)
            door.is_shut = True
            assert "event: changed" not in await rest_of(lines)

    play(story)


def test_a_stream_ends_with_its_session(play: Play) -> None:
    async def story(door: Door) -> None:
        token = read_token(door.board.cookies[COOKIE])
        assert token is not None
        async with door.listening() as lines:
            await door.board.store.write("main", lambda unit: unit.sessions.end(token.digest))
            assert "event: changed" not in await rest_of(lines)
        assert await door.status() == 303, "asked again, it leads to the way in"

    play(story)


def test_streams_end_by_themselves_when_the_service_stops(play: Play) -> None:
    async def story(door: Door) -> None:
        async with door.listening() as one, door.listening() as other:
            loop = asyncio.get_running_loop()
            began = loop.time()
            door.is_shut = True
            await rest_of(one)
            await rest_of(other)
            assert loop.time() - began < 2
        assert await door.status() == 503

    play(story)


def test_a_session_has_a_few_streams_and_one_that_was_left_makes_room(play: Play) -> None:
    async def story(door: Door) -> None:
        async with asyncio.timeout(SOON):
            opened = [door.listening() for _ in range(MOST_OF_A_SESSION)]
            for one in opened:
                await one.__aenter__()
            assert await door.status() == 429
            for one in opened:
                await one.__aexit__(None, None, None)
            await asyncio.sleep(1)
            assert await door.status() == 200

    play(story)


def test_whoever_begins_many_sessions_leaves_room_for_others() -> None:
    def session(digest: str, by: str) -> WebSession:
        return WebSession(digest=digest, by=by, is_by_link=False, began_at=NOW, seen_at=NOW)

    async def story() -> None:
        changes = Changes(shut)
        with ExitStack() as held:
            for number in range(MOST_OF_A_PERSON):
                held.enter_context(changes.listening("main", session(f"{number}", "kim")))
            with pytest.raises(TooMany):
                held.enter_context(changes.listening("main", session("one more", "kim")))
            held.enter_context(changes.listening("main", session("hers", "lee")))
            held.enter_context(changes.listening("other", session("another kim's", "kim")))
        with changes.listening("main", session("later", "kim")):
            pass

    asyncio.run(story())


def test_nobody_listens_who_does_not_see_operations(play: Play) -> None:
    async def story(door: Door) -> None:
        assert await door.status() == 200
        await asyncio.to_thread(door.board.sign_in, OWN_REP)
        assert await door.status() == 404
        door.board.cookies.clear()
        assert await door.status() == 303

    play(story)
