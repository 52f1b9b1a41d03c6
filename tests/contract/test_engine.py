"""One suite for every engine: each flow once by its id, steps recorded, tenants apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import JsonValue

from app.clock import system_clock
from app.domain.flow import Argument, FlowAsk, FlowName, FlowState, Urgency
from app.errors import CrossTenant, FlowFailed, NotFound, TransientServiceError
from app.jobs.dbos_client import DbosClient
from app.jobs.dbos_engine import DbosEngine
from app.jobs.inline import InlineEngine
from app.ports.engine import Engine, FlowBody, FlowDesk, Steps

SOON = 20.0


@dataclass
class Diary:
    """What bodies and steps did, in order."""

    lines: list[str] = field(default_factory=list)

    async def wrote(self, line: str) -> JsonValue:
        self.lines.append(line)
        return line


def ask(
    flow_id: str,
    flow: FlowName = FlowName.ACT,
    *,
    tenant_id: str = "main",
    argument: Argument | None = None,
    delay_seconds: float = 0,
) -> FlowAsk:
    return FlowAsk(
        tenant_id=tenant_id,
        flow=flow,
        flow_id=flow_id,
        argument=argument or {},
        urgency=Urgency.ASKED,
        delay_seconds=delay_seconds,
    )


@pytest.fixture(params=["inline", "sqlite", "postgresql"])
def engine_url(request: pytest.FixtureRequest) -> str:
    """Where each kind of engine keeps its flows; "": nowhere."""
    if request.param == "inline":
        return ""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("empty_postgres_url")
        return url
    return f"sqlite:///{request.getfixturevalue('tmp_path')}/flows.sqlite3"


@asynccontextmanager
async def running(
    url: str, shapes: dict[FlowName, FlowBody], worker: str = "w1"
) -> AsyncIterator[Engine]:
    engine: Engine = (
        DbosEngine(shapes=shapes, url=url, worker=worker, look_seconds=0.05)
        if url
        else InlineEngine(shapes=shapes, clock=system_clock)
    )
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop(grace_seconds=0)


async def result(desk: FlowDesk, flow_id: str, tenant_id: str = "main") -> JsonValue:
    return await desk.result(tenant_id, flow_id, timeout_seconds=SOON)


def test_a_flow_runs_once_however_often_it_is_asked_for(engine_url: str) -> None:
    diary = Diary()

    async def body(steps: Steps, argument: Argument) -> JsonValue:
        await steps.run("write", lambda: diary.wrote(str(argument["who"])))
        return {"who": argument["who"], "flow": steps.flow_id, "tenant": steps.tenant_id}

    async def story() -> None:
        async with running(engine_url, {FlowName.ACT: body}) as engine:
            for _ in range(20):
                await engine.enqueue(ask("main:act:1", argument={"who": "acme"}))
            done = await result(engine, "main:act:1")
            await engine.enqueue(ask("main:act:1", argument={"who": "other"}))
            assert await result(engine, "main:act:1") == done
            assert done == {"who": "acme", "flow": "main:act:1", "tenant": "main"}

    asyncio.run(story())
    assert diary.lines == ["acme"]


def test_what_a_step_returns_comes_back_as_json_would(engine_url: str) -> None:
    async def body(steps: Steps, argument: Argument) -> JsonValue:
        async def pair() -> JsonValue:
            return {"pair": [1, 2.5, None, "ü"], "argument": argument["list"]}

        return await steps.run("pair", pair)

    async def story() -> None:
        async with running(engine_url, {FlowName.ACT: body}) as engine:
            await engine.enqueue(ask("main:act:1", argument={"list": ["a"]}))
            assert await result(engine, "main:act:1") == {
                "pair": [1, 2.5, None, "ü"],
                "argument": ["a"],
            }

    asyncio.run(story())


def test_a_flow_starts_others_and_waits_for_one(engine_url: str) -> None:
    async def parent(steps: Steps, argument: Argument) -> JsonValue:
        for number in range(3):
            await steps.start(
                ask(f"main:child:{number}", FlowName.CHANNEL, argument={"number": number})
            )
        return [await steps.wait(f"main:child:{number}") for number in range(3)]

    async def child(steps: Steps, argument: Argument) -> JsonValue:
        return f"{steps.flow_id}={argument['number']}"

    async def story() -> None:
        shapes: dict[FlowName, FlowBody] = {FlowName.ACT: parent, FlowName.CHANNEL: child}
        async with running(engine_url, shapes) as engine:
            await engine.enqueue(ask("main:act:1"))
            assert await result(engine, "main:act:1") == [
                f"main:child:{number}={number}" for number in range(3)
            ]

    asyncio.run(story())


def test_a_failed_flow_says_why_to_whoever_waits(engine_url: str) -> None:
    async def failing(steps: Steps, argument: Argument) -> JsonValue:
        async def look() -> JsonValue:
            raise NotFound("there is no account 'x'")

        return await steps.run("look", look)

    async def parent(steps: Steps, argument: Argument) -> JsonValue:
        await steps.start(ask("main:child", FlowName.CHANNEL))
        try:
            return await steps.wait("main:child")
        except FlowFailed as exc:
            return f"told: {exc}"

    async def story() -> None:
        shapes: dict[FlowName, FlowBody] = {FlowName.ACT: parent, FlowName.CHANNEL: failing}
        async with running(engine_url, shapes) as engine:
            await engine.enqueue(ask("main:act:1"))
            assert await result(engine, "main:act:1") == "told: there is no account 'x'"
            with pytest.raises(FlowFailed, match="no account 'x'"):
                await result(engine, "main:child")
            row = await engine.flow("main", "main:child")
            assert row is not None
            assert (row.state, row.error) == (FlowState.FAILED, "there is no account 'x'")

    asyncio.run(story())


def test_a_delayed_flow_waits_for_its_moment(engine_url: str) -> None:
    async def body(steps: Steps, argument: Argument) -> JsonValue:
        return "done"

    async def story() -> None:
        async with running(engine_url, {FlowName.ACT: body}) as engine:
            await engine.enqueue(ask("main:act:later", delay_seconds=3600))
            await engine.enqueue(ask("main:act:now"))
            assert await result(engine, "main:act:now") == "done"
            later = await engine.flow("main", "main:act:later")
            assert later is not None
            assert later.state is FlowState.WAITING
            with pytest.raises(TimeoutError):
                await engine.result("main", "main:act:later", timeout_seconds=0.2)

    asyncio.run(story())


def test_flows_are_listed_newest_first_and_by_state(engine_url: str) -> None:
    async def body(steps: Steps, argument: Argument) -> JsonValue:
        return None

    async def story() -> None:
        async with running(engine_url, {FlowName.ACT: body}) as engine:
            for name in ("a", "b"):
                await engine.enqueue(ask(f"main:act:{name}"))
                await result(engine, f"main:act:{name}")
            await engine.enqueue(ask("main:act:c", delay_seconds=3600))
            done = await engine.flows("main", states=[FlowState.DONE])
            assert {row.flow_id for row in done} == {"main:act:a", "main:act:b"}
            assert len(await engine.flows("main")) == 3
            assert len(await engine.flows("main", most=1)) == 1
            assert await engine.flow("main", "main:act:nothing") is None
            with pytest.raises(NotFound):
                await result(engine, "main:act:nothing")

    asyncio.run(story())


def test_flows_that_have_not_ended_well_are_found_by_their_state(engine_url: str) -> None:
    async def body(steps: Steps, argument: Argument) -> JsonValue:
        if "fails" in steps.flow_id:
            raise NotFound("no such account")
        return None

    async def story() -> None:
        async with running(engine_url, {FlowName.ACT: body}) as engine:
            for number in range(3):
                await engine.enqueue(ask(f"main:act:{number}"))
                await engine.enqueue(ask(f"main:act:fails-{number}"))
                await result(engine, f"main:act:{number}")
                with pytest.raises(FlowFailed):
                    await result(engine, f"main:act:fails-{number}")
            await engine.enqueue(ask("kiwi:act:fails", tenant_id="kiwi"))
            if not engine_url:
                assert len(await engine.unsettled("main", most=9)) == 3
                return
            for number in range(3):
                await engine.enqueue(ask(f"main:act:later-{number}", delay_seconds=90 - number))
            found = await engine.unsettled("main", most=2)
            failed = [row for row in found if row.state is FlowState.FAILED]
            assert {row.flow_id for row in failed} == {"main:act:fails-2", "main:act:fails-1"}
            assert "no such account" in failed[0].error
            waiting = {row.flow_id for row in found if row.state is FlowState.WAITING}
            assert waiting == {"main:act:later-2", "main:act:later-1"}, "the first to begin"
            assert len(found) == 4
            assert await engine.unsettled("mai", most=9) == ()
            client = DbosClient(engine_url)
            assert await client.unsettled("main", most=2) == found
            client.close()

    asyncio.run(story())


def test_old_flows_are_forgotten_and_those_under_way_are_not(engine_url: str) -> None:
    async def body(steps: Steps, argument: Argument) -> JsonValue:
        return None

    async def story() -> None:
        async with running(engine_url, {FlowName.ACT: body}) as engine:
            await engine.enqueue(ask("main:act:old"))
            await result(engine, "main:act:old")
            await engine.enqueue(ask("main:act:later", delay_seconds=3600))
            assert await engine.forget(datetime.now(UTC) - timedelta(days=1)) == 0
            assert await engine.forget(datetime.now(UTC) + timedelta(days=1)) == 1
            (left,) = await engine.flows("main")
            assert left.flow_id == "main:act:later"

    asyncio.run(story())


def test_no_tenant_reaches_anothers_flows(engine_url: str) -> None:
    diary = Diary()

    async def greedy(steps: Steps, argument: Argument) -> JsonValue:
        try:
            await steps.start(ask("other:act:2", FlowName.CHANNEL))
        except CrossTenant:
            await steps.run("refused", lambda: diary.wrote("start refused"))
        return "mine"

    async def story() -> None:
        shapes: dict[FlowName, FlowBody] = {FlowName.ACT: greedy, FlowName.CHANNEL: greedy}
        async with running(engine_url, shapes) as engine:
            await engine.enqueue(ask("other:act:1", tenant_id="other"))
            await result(engine, "other:act:1", tenant_id="other")
            await engine.enqueue(ask("main:act:1"))
            await result(engine, "main:act:1")
            with pytest.raises(CrossTenant):
                await engine.enqueue(ask("other:act:3"))
            with pytest.raises(CrossTenant):
                await engine.flow("main", "other:act:1")
            with pytest.raises(CrossTenant):
                await result(engine, "other:act:1")
            assert [row.flow_id for row in await engine.flows("main")] == ["main:act:1"]
            assert await engine.flows("mai") == ()

    asyncio.run(story())
    assert "start refused" in diary.lines


@pytest.fixture(params=["sqlite", "postgresql"])
def kept_url(request: pytest.FixtureRequest) -> str:
    """Where the durable engine keeps its flows."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("empty_postgres_url")
        return url
    return f"sqlite:///{request.getfixturevalue('tmp_path')}/flows.sqlite3"


def test_a_dead_workers_flow_goes_on_with_what_it_had_recorded(kept_url: str) -> None:
    diary = Diary()
    has_begun, may_end = asyncio.Event(), asyncio.Event()

    async def body(steps: Steps, argument: Argument) -> JsonValue:
        async def second() -> JsonValue:
            has_begun.set()
            await asyncio.wait_for(may_end.wait(), SOON)
            return await diary.wrote("second")

        first = await steps.run("first", lambda: diary.wrote("first"))
        return [first, await steps.run("second", second)]

    async def story() -> None:
        async with running(kept_url, {FlowName.ACT: body}, worker="dead") as engine:
            await engine.enqueue(ask("main:act:1"))
            await asyncio.wait_for(has_begun.wait(), SOON)
            assert await engine.workers() == {"dead"}
        may_end.set()
        async with running(kept_url, {FlowName.ACT: body}, worker="heir") as engine:
            assert await engine.recover(["dead"]) == 1
            assert await engine.recover(["heir"]) == 0
            assert await result(engine, "main:act:1") == ["first", "second"]

    asyncio.run(story())
    assert diary.lines.count("first") == 1


def test_a_flow_that_waits_for_another_is_left_at_a_stop_and_goes_on_at_its_wait(
    kept_url: str,
) -> None:
    diary = Diary()
    shapes = parent_and_child(diary, lambda: diary.wrote("before"), delay_seconds=3)

    async def story() -> None:
        engine = DbosEngine(shapes=shapes, url=kept_url, worker="first", look_seconds=0.05)
        await engine.start()
        await engine.enqueue(ask("main:act:1"))
        await until(lambda: has_state(engine, "main:channel:1", FlowState.WAITING))
        clock = asyncio.get_running_loop().time
        began = clock()
        await engine.stop(grace_seconds=SOON)
        assert clock() - began < SOON / 4
        assert diary.lines == ["before"]
        async with running(kept_url, shapes, worker="heir") as heir:
            assert await heir.workers() == {"first"}
            row = await heir.flow("main", "main:act:1")
            assert row is not None
            assert (row.state, row.error) == (FlowState.RUNNING, "")
            await heir.recover(["first"])
            assert await result(heir, "main:act:1") == ["before", "child", "after"]

    asyncio.run(story())
    assert diary.lines == ["before", "child", "after"]


def test_a_flow_that_comes_to_wait_during_a_stop_is_left_and_what_works_may_end(
    kept_url: str,
) -> None:
    diary = Diary()
    has_begun = asyncio.Event()

    async def slow() -> JsonValue:
        has_begun.set()
        await asyncio.sleep(1.5)
        return await diary.wrote("before")

    shapes = parent_and_child(diary, slow, delay_seconds=0)

    async def story() -> None:
        async with running(kept_url, shapes, worker="second"):
            pass  # the tables are made
        engine = DbosEngine(shapes=shapes, url=kept_url, worker="first", look_seconds=0.05)
        await engine.start()
        await engine.enqueue(ask("main:act:1"))
        await asyncio.wait_for(has_begun.wait(), SOON)
        clock = asyncio.get_running_loop().time
        began = clock()
        await engine.stop(grace_seconds=SOON)
        assert clock() - began < SOON / 4
        assert diary.lines == ["before"], "the step had its grace; the child was not taken up"
        async with running(kept_url, shapes, worker="heir") as heir:
            await heir.recover(["first"])
            assert await result(heir, "main:act:1") == ["before", "child", "after"]

    asyncio.run(story())
    assert diary.lines == ["before", "child", "after"]


def parent_and_child(
    diary: Diary, before: Callable[[], Awaitable[JsonValue]], *, delay_seconds: float
) -> dict[FlowName, FlowBody]:
    """A flow that works, waits for another, and works on."""

    async def parent(steps: Steps, argument: Argument) -> JsonValue:
        first = await steps.run("before", before)
        child = ask("main:channel:1", FlowName.CHANNEL, delay_seconds=delay_seconds)
        await steps.start(child)
        told = await steps.wait(child.flow_id)
        return [first, told, await steps.run("after", lambda: diary.wrote("after"))]

    async def channel(steps: Steps, argument: Argument) -> JsonValue:
        return await steps.run("child", lambda: diary.wrote("child"))

    return {FlowName.ACT: parent, FlowName.CHANNEL: channel}


async def has_state(desk: FlowDesk, flow_id: str, state: FlowState) -> bool:
    row = await desk.flow("main", flow_id)
    return row is not None and row.state is state


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SOON):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.02)


def test_a_step_that_fails_for_a_moment_is_tried_again(kept_url: str) -> None:
    diary = Diary()

    async def body(steps: Steps, argument: Argument) -> JsonValue:
        async def busy() -> JsonValue:
            await diary.wrote("tried")
            if len(diary.lines) < 3:
                raise TransientServiceError("store", "read", "busy")
            return "done"

        return await steps.run("busy", busy)

    async def story() -> None:
        async with running(kept_url, {FlowName.ACT: body}) as engine:
            await engine.enqueue(ask("main:act:1"))
            assert await result(engine, "main:act:1") == "done"

    asyncio.run(story())
    assert diary.lines == ["tried"] * 3


@pytest.mark.timeout(120)
def test_a_step_that_never_comes_through_tells_why(kept_url: str) -> None:
    async def body(steps: Steps, argument: Argument) -> JsonValue:
        async def busy() -> JsonValue:
            raise TransientServiceError("store", "read", "the disk is full")

        return await steps.run("busy", busy)

    async def story() -> None:
        async with running(kept_url, {FlowName.ACT: body}) as engine:
            await engine.enqueue(ask("main:act:1"))
            with pytest.raises(FlowFailed, match="the disk is full"):
                await engine.result("main", "main:act:1", timeout_seconds=60)
            row = await engine.flow("main", "main:act:1")
            assert row is not None
            assert row.error == "store: read: the disk is full (tried 6 times)"

    asyncio.run(story())


def test_a_client_asks_and_looks_without_taking_anything_up(kept_url: str) -> None:
    diary = Diary()

    async def body(steps: Steps, argument: Argument) -> JsonValue:
        return await steps.run("write", lambda: diary.wrote(str(argument["who"])))

    async def failing(steps: Steps, argument: Argument) -> JsonValue:
        raise NotFound("nowhere")

    async def story() -> None:
        shapes: dict[FlowName, FlowBody] = {FlowName.ACT: body, FlowName.CHANNEL: failing}
        async with running(kept_url, shapes):
            client = DbosClient(kept_url)
            await client.enqueue(ask("main:act:1", argument={"who": "acme"}))
            await client.enqueue(ask("main:act:1", argument={"who": "again"}))
            assert await result(client, "main:act:1") == "acme"
            await client.enqueue(ask("main:channel:1", FlowName.CHANNEL))
            with pytest.raises(FlowFailed, match="nowhere"):
                await result(client, "main:channel:1")
            with pytest.raises(CrossTenant):
                await client.enqueue(ask("other:act:1"))
            with pytest.raises(CrossTenant):
                await client.flow("main", "other:act:1")
            assert len(await client.flows("main")) == 2
            with pytest.raises(NotFound):
                await result(client, "main:act:nothing")
            client.close()

    asyncio.run(story())
    assert diary.lines == ["acme"]
