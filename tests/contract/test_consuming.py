"""Consumers, on every bus: each event is handled, none blocks its neighbours, none is forgotten."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from app.domain.event import AgentEvent
from app.errors import (
    AppError,
    InvalidInput,
    PermanentServiceError,
    ServiceError,
    TransientServiceError,
)
from app.events.consuming import Consumer, Done, Ignored, Outcome, Parked, Retry, handle_once
from app.ports.bus import BusRules, EventBus
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests import builders
from tests.contract.buses import (
    OTHER_STREAM,
    PATIENT,
    SALES,
    SOON_SECONDS,
    STREAM,
    Lines,
    Play,
    only_group,
    publish,
    take,
    told,
)


@dataclass(slots=True)
class Diary:
    """A handler that writes down what it was given, and does as it is told by number."""

    does: Mapping[int, Callable[[], Awaitable[Outcome]] | Outcome | Exception] = field(
        default_factory=dict
    )
    seen: list[int] = field(default_factory=list)

    async def __call__(self, event: AgentEvent) -> Outcome:
        number = int(event.event_id.split(":e")[1])
        self.seen.append(number)
        match self.does.get(number, Done()):
            case Exception() as exc:
                raise exc
            case Done() | Ignored() | Retry() | Parked() as outcome:
                return outcome
            case act:
                return await act()


def consumer_of(
    bus: EventBus, diary: Callable[[AgentEvent], Awaitable[Outcome]], name: str = "one"
) -> Consumer:
    return Consumer(
        bus=bus,
        group=SALES,
        streams=[STREAM, OTHER_STREAM],
        handler=diary,
        name=name,
        first_retry_seconds=0,
    )


async def settled(until: Callable[[], bool]) -> None:
    for _ in range(round(SOON_SECONDS / 0.01)):
        if until():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it took too long")


def test_events_of_all_streams_are_handled_in_their_order(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk, diary = await lines.bus(), await lines.desk(), Diary({3: Ignored("not ours")})
        await publish(bus, *range(40))
        await publish(bus, *range(100, 104), stream=OTHER_STREAM)
        with capture_logs() as logs:
            ended = await consumer_of(bus, diary).drain()
        assert ended == {Done: 43, Ignored: 1}
        assert [number for number in diary.seen if number < 100] == list(range(40))
        assert [number for number in diary.seen if number >= 100] == list(range(100, 104))
        assert [(one["event"], one["reason"]) for one in logs] == [("event.ignored", "not ours")]
        assert all(
            (state.lag, state.in_hand, state.waiting, state.parked) == (0, 0, 0, 0)
            for state in await desk.groups()
        )

    play_bus(story)


def test_a_poisonous_event_is_parked_after_five_deliveries_and_blocks_nobody(
    play_bus: Play,
) -> None:
    async def story(lines: Lines) -> None:
        bus, desk, diary = await lines.bus(), await lines.desk(), Diary({2: KeyError("score")})
        await publish(bus, 1, 2, 3)
        with capture_logs() as logs:
            await consumer_of(bus, diary).drain()
        assert Counter(diary.seen) == {1: 1, 2: 5, 3: 1}
        assert diary.seen[:3] == [1, 2, 3]
        (parked,) = await desk.parked(most=9)
        assert (parked.stored.event_id, parked.deliveries) == ("main:e2", 5)
        assert parked.error == "KeyError: 'score'"
        heard = Counter(one["event"] for one in logs)
        assert heard == {"event.handler_crashed": 5, "event.put_off": 4, "event.parked": 1}

    play_bus(story)


@pytest.mark.parametrize(
    "does, tries, error",
    [
        (Parked("no such account"), 1, "no such account"),
        (PermanentServiceError("crm", "write", "refused"), 1, "crm: write: refused"),
        (InvalidInput("no account is named"), 1, "no account is named"),
        (TransientServiceError("crm", "write", "busy", retry_after=0), 5, "crm: write: busy"),
        (Retry("not yet", 0), 5, "not yet"),
    ],
)
def test_what_fails_for_a_reason_is_tried_again_only_where_that_can_help(
    play_bus: Play, does: Outcome | AppError, tries: int, error: str
) -> None:
    async def story(lines: Lines) -> None:
        bus, desk, diary = await lines.bus(), await lines.desk(), Diary({1: does})
        await publish(bus, 1)
        await consumer_of(bus, diary).drain()
        assert len(diary.seen) == tries
        (parked,) = await desk.parked(most=9)
        assert (parked.deliveries, parked.error) == (tries, error)

    play_bus(story)


def test_what_is_replayed_is_handled_after_all(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        await publish(bus, 1)
        await consumer_of(bus, Diary({1: Parked("broken")})).drain()
        assert await desk.replay(STREAM, SALES, ["main:e1"]) == 1
        assert await consumer_of(bus, Diary()).drain() == {Done: 1}
        assert not await desk.parked(most=9)

    play_bus(story)


def test_a_handler_that_does_not_end_is_cut_off(play_bus: Play) -> None:
    async def forever() -> Outcome:
        await asyncio.sleep(3600)
        return Done()

    async def story(lines: Lines) -> None:
        bus = await lines.bus(rules=BusRules(idle_seconds=3, most_deliveries=1))
        diary = Diary({1: forever})
        await publish(bus, 1, 2)
        assert await consumer_of(bus, diary).drain() == {Retry: 1, Done: 1}
        (parked,) = await (await lines.desk()).parked(most=9)
        assert parked.error == "it was not handled within 1 s"

    play_bus(story)


def test_an_event_takes_effect_once_however_often_it_is_given(
    play_bus: Play, sqlite_store: SqlStore
) -> None:
    def effect(unit: Unit) -> None:
        count = len(unit.outbox.alerts())
        unit.outbox.add_alert(builders.alert(key=f"alert {count}"))

    async def handler(event: AgentEvent) -> Outcome:
        return await handle_once(sqlite_store, SALES, event, effect)

    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(rules=BusRules(idle_seconds=9)), await lines.desk()
        await publish(bus, 1, 2)
        first, _ = await take(bus, consumer="dead")
        assert await handler(first.event) == Done()  # and it dies before it can say so
        await bus.wait([STREAM], SALES, seconds=SOON_SECONDS)
        assert await consumer_of(bus, handler).drain() == {Ignored: 1, Done: 1}
        assert len(sqlite_store.read_now("main", lambda unit: unit.outbox.alerts())) == 2
        # a replay comes to nothing, unless the marks are taken off first
        ids = [one.event_id for one in await desk.events(STREAM, most=9)]
        assert await desk.replay(STREAM, SALES, ids) == 2
        assert await consumer_of(bus, handler).drain() == {Ignored: 2}
        forgot = sqlite_store.write_now("main", lambda unit: unit.handled.forget(SALES, ids))
        assert forgot == 2
        assert await desk.replay(STREAM, SALES, ids) == 2
        assert await consumer_of(bus, handler).drain() == {Done: 2}

    play_bus(story)


def test_an_effect_that_fails_leaves_no_mark(store: SqlStore) -> None:
    def fail(unit: Unit) -> None:
        unit.outbox.add_alert(builders.alert())
        raise InvalidInput("broken")

    with pytest.raises(InvalidInput, match="broken"):
        asyncio.run(handle_once(store, SALES, told(1), fail))
    assert store.read_now("main", lambda unit: unit.outbox.alerts()) == ()
    assert store.write_now("main", lambda unit: unit.handled.once(SALES, "main:e1"))


def test_marks_are_each_groups_own_and_each_tenants(store: SqlStore) -> None:
    def once(tenant: str, group: str) -> bool:
        return store.write_now(tenant, lambda unit: unit.handled.once(group, "e1"))

    assert [once("main", "a"), once("main", "b"), once("other", "a")] == [True, True, True]
    assert [once("main", "a"), once("main", "b"), once("other", "a")] == [False, False, False]
    assert store.write_now("other", lambda unit: unit.handled.forget("a", ["e1", "e2"])) == 1
    assert not once("main", "a")
    young = timedelta(hours=1)
    assert store.write_now("main", lambda unit: unit.handled.forget_older(than=young)) == 0
    assert store.write_now("main", lambda unit: unit.handled.forget_older(than=-young)) == 2


def test_a_store_out_of_reach_is_waited_for_and_counts_against_no_event(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        trouble = TransientServiceError("store", "write", "disk full")
        diary = Diary({2: trouble, 3: trouble})
        await publish(bus, 1, 2, 3)
        for _ in range(7):
            with pytest.raises(ServiceError, match="disk full"):
                await consumer_of(bus, diary).drain()
        assert len(diary.seen) == 8
        assert (await only_group(desk)).waiting == 2
        again = Diary()
        assert await consumer_of(bus, again).drain() == {Done: 2}
        assert sorted(again.seen) == [2, 3]

    play_bus(story)


def test_a_consumer_waits_for_events_and_stops_when_told(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, another, diary = await lines.bus(), await lines.bus(), Diary()
        consumer = consumer_of(bus, diary)
        running = asyncio.create_task(consumer.run())
        await asyncio.sleep(0.1)
        await publish(another, 1, 2)
        await settled(lambda: diary.seen == [1, 2])
        await publish(another, 3)
        await settled(lambda: diary.seen == [1, 2, 3])
        consumer.stop()
        async with asyncio.timeout(SOON_SECONDS):
            await running

    play_bus(story)


def test_a_consumer_that_stops_gives_back_what_it_did_not_try(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus = await lines.bus(rules=replace(PATIENT, most_deliveries=1))
        leaving = Diary()
        consumer = consumer_of(bus, leaving)

        async def stop() -> Outcome:
            consumer.stop()
            return Done()

        leaving.does = {2: stop}
        await publish(bus, *range(6))
        await consumer.run()
        assert leaving.seen == [0, 1, 2]
        await publish(bus, 6)
        staying = Diary()
        assert await consumer_of(bus, staying, "two").drain() == {Done: 4}
        assert staying.seen == [3, 4, 5, 6]

    play_bus(story)


def test_a_slow_batch_stays_in_hand(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, thief = await lines.bus(rules=BusRules(idle_seconds=4.5)), Diary()

        async def be_slow() -> Outcome:
            await asyncio.sleep(0.6)
            assert await consumer_of(bus, thief, "thief").drain() == {}
            return Done()

        diary = Diary(dict.fromkeys(range(7), be_slow))
        await publish(bus, *range(8))
        assert await consumer_of(bus, diary).drain() == {Done: 8}
        assert diary.seen == list(range(8))

    play_bus(story)


def test_what_was_lost_to_another_meanwhile_is_left_to_him(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, thief = await lines.bus(rules=BusRules(idle_seconds=0.9)), Diary()

        async def dawdle() -> Outcome:  # it holds up the whole process, time-outs included
            time.sleep(1.0)  # noqa: ASYNC251
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.01)
            await consumer_of(bus, thief, "thief").drain()
            return Done()

        diary = Diary({1: dawdle})
        await publish(bus, 1, 2, 3)
        await consumer_of(bus, diary).drain()
        assert diary.seen == [1]
        assert thief.seen == [1, 2, 3]

    play_bus(story)
