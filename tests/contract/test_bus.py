"""What every event bus promises agents: over a real Redis, and in stores of both kinds."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from app.errors import InvalidInput, PermanentServiceError
from app.ports.bus import PutOff, StreamState, Trimmed
from tests.builders import NOW
from tests.contract.buses import (
    HASTY,
    OTHER_STREAM,
    PATIENT,
    SALES,
    SOON_SECONDS,
    STREAM,
    SUCCESS,
    Lines,
    Play,
    event,
    numbers,
    only_group,
    publish,
    take,
    take_soon,
    told,
)


def test_a_stream_gives_its_events_in_order_and_each_once(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus = await lines.bus()
        assert await take(bus) == []
        await publish(bus, *range(5))
        first = await take(bus, most=3)
        assert numbers(first) == [0, 1, 2]
        assert [one.event for one in first] == [told(0), told(1), told(2)]
        assert [one.receipt.count for one in first] == [1, 1, 1]
        assert numbers(await take(bus, most=3)) == [3, 4]
        assert await take(bus, most=3) == []

    play_bus(story)


def test_consumers_of_a_group_share_its_events(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, another = await lines.bus(), await lines.bus()
        await publish(bus, *range(6))
        taken = await asyncio.gather(
            *(take(bus, consumer="one", most=2), take(another, consumer="two", most=2)),
            take(bus, consumer="one", most=2),
        )
        assert sorted(number for some in taken for number in numbers(some)) == list(range(6))

    play_bus(story)


def test_groups_see_everything_and_know_nothing_of_each_other(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus = await lines.bus()
        await publish(bus, 1, 2)
        for delivery in await take(bus, SALES):
            assert await bus.acknowledge(delivery)
        await publish(bus, 3)
        assert numbers(await take(bus, SUCCESS)) == [1, 2, 3]
        assert numbers(await take(bus, SALES)) == [3]

    play_bus(story)


def test_streams_are_apart(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus = await lines.bus()
        await publish(bus, 1, 2)
        await publish(bus, 3, stream=OTHER_STREAM)
        assert numbers(await take(bus, stream=OTHER_STREAM)) == [3]
        assert numbers(await take(bus)) == [1, 2]
        assert list(await (await lines.desk()).streams()) == [
            StreamState(stream=STREAM, length=2, trimmed=0),
            StreamState(stream=OTHER_STREAM, length=1, trimmed=0),
        ]

    play_bus(story)


def test_an_event_is_published_once_by_its_id(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, another, desk = await lines.bus(), await lines.bus(), await lines.desk()
        changed = told(1).model_copy(update={"data": {"number": 7}})
        tries = [bus.publish(STREAM, told(1)), another.publish(STREAM, changed)]
        tries += [bus.publish(OTHER_STREAM, told(1)) for _ in range(4)]
        assert sorted(await asyncio.gather(*tries)) == [False] * 5 + [True]
        counts = {state.stream: state.length for state in await desk.streams()}
        assert sum(counts.values()) == 1

    play_bus(story)


def test_an_id_stays_known_when_its_event_was_dropped(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        await publish(bus, *range(4))
        await desk.trim(STREAM, most=0)
        assert not await bus.publish(STREAM, told(1))
        await publish(bus, 9)
        assert [one.event_id for one in await desk.events(STREAM, most=9)] == ["main:e9"]

    play_bus(story)


def test_an_event_of_another_tenant_is_refused(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        with pytest.raises(ValueError, match="of tenant other, not main"):
            await bus.publish(STREAM, told(1, "other"))
        assert not await desk.streams()

    play_bus(story)


def test_another_tenants_streams_cannot_be_reached(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, other = await lines.bus("main"), await lines.bus("other")
        desk, others_desk = await lines.desk("main"), await lines.desk("other")
        await publish(bus, 1, 2)
        assert await take(other) == []
        assert [state.length for state in await others_desk.streams()] == [0]
        assert not await others_desk.events(STREAM, most=9)
        assert await others_desk.replay(STREAM, SALES, ["main:e1"]) == 0
        assert await others_desk.trim(STREAM, most=0) == Trimmed()
        (first, second) = await take(bus)
        for settle in (
            other.hold(first),
            other.acknowledge(first),
            other.park(first, error="mine"),
            other.put_off(first, seconds=0, error="mine"),
        ):
            with pytest.raises(ValueError, match="of tenant main, not other"):
                await settle
        assert await bus.park(second, error="broken")
        assert not await others_desk.parked(most=9)
        # the same names, side by side
        await publish(other, 1)
        assert await other.publish(STREAM, event(event_id="main:e2", tenant_id="other"))
        assert (await only_group(desk)).in_hand == 1
        assert len(await take(other)) == 2

    play_bus(story)


def test_what_is_acknowledged_is_never_given_again(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(rules=HASTY), await lines.desk()
        await publish(bus, 1)
        (delivery,) = await take(bus)
        assert await bus.acknowledge(delivery)
        assert not await bus.acknowledge(delivery)
        await asyncio.sleep(2 * HASTY.idle_seconds)
        assert await take(bus) == []
        state = await only_group(desk)
        assert (state.lag, state.in_hand, state.waiting, state.parked) == (0, 0, 0, 0)

    play_bus(story)


def test_a_silent_consumers_events_go_to_another_one_by_one(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus = await lines.bus(rules=HASTY)
        await publish(bus, 1, 2, 3)
        assert numbers(await take(bus, consumer="dead")) == [1, 2, 3]
        await bus.wait([STREAM], SALES, seconds=SOON_SECONDS)
        await publish(bus, 4)
        again = []
        for _ in range(3):
            (delivery,) = await take_soon(bus, consumer="living")
            assert (delivery.receipt.count, delivery.receipt.consumer) == (2, "living")
            assert await bus.acknowledge(delivery)
            again.append(delivery)
        assert numbers(again) == [1, 2, 3]
        assert numbers(await take(bus, consumer="living")) == [4]

    play_bus(story)


def test_a_consumer_that_speaks_keeps_what_it_has(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        patient, hasty = await lines.bus(rules=PATIENT), await lines.bus(rules=HASTY)
        await publish(hasty, 1)
        (mine,) = await take(hasty, consumer="slow")
        assert await patient.hold(mine)
        await asyncio.sleep(2 * HASTY.idle_seconds)
        assert await take(patient, consumer="other") == []
        assert await patient.acknowledge(mine)
        # so does one to whom it was given again
        await publish(hasty, 2)
        await take(hasty, consumer="dead")
        (again,) = await take_soon(hasty, consumer="slow")
        assert await patient.hold(again)
        assert not await patient.hold(replace(again, receipt=replace(again.receipt, count=1)))
        await asyncio.sleep(2 * HASTY.idle_seconds)
        assert await take(hasty, consumer="other") == []

    play_bus(story)


def test_who_lost_an_event_to_another_can_only_say_that_it_is_handled(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        hasty, bus, desk = await lines.bus(rules=HASTY), await lines.bus(), await lines.desk()
        await publish(hasty, 1)
        (lost,) = await take(hasty, consumer="slow")
        (held,) = await take_soon(hasty, consumer="quick")
        assert await bus.hold(held)
        assert not await bus.hold(lost)
        assert not await bus.park(lost, error="mine")
        assert await bus.put_off(lost, seconds=0, error="mine") is PutOff.GONE
        assert await bus.acknowledge(lost)
        assert not await bus.hold(held)
        assert (await only_group(desk)).in_hand == 0

    play_bus(story)


def test_what_is_put_off_comes_again_and_counts(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        await publish(bus, 1, 2)
        first, second = await take(bus)
        assert await bus.put_off(first, seconds=0, error="no answer") is PutOff.LATER
        assert await bus.put_off(second, seconds=3600, error="no answer") is PutOff.LATER
        await publish(bus, 3)
        state = await only_group(desk)
        assert (state.lag, state.in_hand, state.waiting) == (1, 0, 2)
        (again,) = await take(bus)
        assert (numbers([again]), again.receipt.count) == ([1], 2)
        assert again.event == first.event
        assert numbers(await take(bus)) == [3]
        assert await take(bus) == []

    play_bus(story)


def test_what_is_given_back_untried_does_not_count(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus = await lines.bus(rules=replace(PATIENT, most_deliveries=1))
        await publish(bus, 1, 2, 3)
        for delivery in await take(bus):
            assert await bus.put_off(delivery, seconds=0, error="", tried=False) is PutOff.LATER
        await publish(bus, 4)
        given = [*(await take(bus)), *(await take(bus)), *(await take(bus)), *(await take(bus))]
        assert numbers(given) == [1, 2, 3, 4]
        assert [one.receipt.count for one in given] == [1, 1, 1, 1]

    play_bus(story)


def test_an_event_that_cannot_be_handled_is_parked_after_its_last_delivery(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        await publish(bus, 1, 2)
        outcomes = []
        poison, neighbour = await take(bus)
        assert await bus.acknowledge(neighbour)
        for count in range(1, bus.rules.most_deliveries + 1):
            assert poison.receipt.count == count
            outcomes.append(await bus.put_off(poison, seconds=0, error=f"broken {count}"))
            poison = next(iter(await take(bus)), poison)
        assert outcomes == [PutOff.LATER] * 4 + [PutOff.PARKED]
        assert await take(bus) == []
        (parked,) = await desk.parked(most=9)
        assert (parked.group, parked.stored.stream) == (SALES, STREAM)
        assert (parked.stored.event_id, parked.deliveries) == ("main:e1", 5)
        assert parked.error == "broken 5"
        assert parked.stored.body["data"] == {"number": 1}
        assert parked.stored.published_at == NOW
        assert (await only_group(desk)).parked == 1

    play_bus(story)


def test_an_event_that_ends_its_consumers_is_parked_too(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(rules=HASTY), await lines.desk()
        await publish(bus, 1)
        for number in range(bus.rules.most_deliveries):
            (delivery,) = await take_soon(bus, consumer=f"victim{number}")
            assert delivery.receipt.count == number + 1
        await bus.wait([STREAM], SALES, seconds=SOON_SECONDS)
        assert await take(bus) == []
        (parked,) = await desk.parked(most=9)
        assert parked.error == "given 5 times and never settled"
        await bus.wait([STREAM], SALES, seconds=0.1)
        assert await take(bus) == []

    play_bus(story)


def test_waiting_ends_when_something_comes_and_not_before(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, another = await lines.bus(), await lines.bus()
        began = time.monotonic()
        await bus.wait([STREAM, OTHER_STREAM], SALES, seconds=0.3)
        assert 0.29 <= time.monotonic() - began < SOON_SECONDS

        waiting = asyncio.create_task(
            bus.wait([STREAM, OTHER_STREAM], SALES, seconds=3 * SOON_SECONDS)
        )
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await publish(another, 1, stream=OTHER_STREAM)
        async with asyncio.timeout(SOON_SECONDS):
            await waiting
        (delivery,) = await take(bus, stream=OTHER_STREAM)
        waiting = asyncio.create_task(
            bus.wait([STREAM, OTHER_STREAM], SALES, seconds=3 * SOON_SECONDS)
        )
        await asyncio.sleep(0.1)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert waiting.cancelled()
        assert await bus.acknowledge(delivery)

    play_bus(story)


def test_waiting_ends_when_something_put_off_is_due(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus = await lines.bus()
        await publish(bus, 1)
        (delivery,) = await take(bus)
        await bus.put_off(delivery, seconds=0.3, error="no answer")
        began = time.monotonic()
        await bus.wait([STREAM], SALES, seconds=3 * SOON_SECONDS)
        assert 0.2 <= time.monotonic() - began < SOON_SECONDS
        assert numbers(await take(bus)) == [1]

    play_bus(story)


def test_what_cannot_be_kept_is_refused(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        for name in ("", "Escalations", "a b", "a:b", "x" * 64, "{other}", "ä"):
            with pytest.raises(InvalidInput, match="no name of a stream"):
                await bus.publish(name, told(1))
            with pytest.raises(InvalidInput, match="no name of a group"):
                await bus.take(STREAM, name, consumer="one", most=1)
            with pytest.raises(InvalidInput, match="no name of a stream"):
                await desk.events(name, most=1)
        with pytest.raises(InvalidInput, match="cannot take 0 events"):
            await take(bus, most=0)
        with pytest.raises(InvalidInput, match="cannot take"):
            await take(bus, consumer="")
        with pytest.raises(PermanentServiceError, match="no Unicode"):
            await bus.publish(STREAM, event(data={"text": "\ud800"}))
        with pytest.raises(PermanentServiceError, match="plain letters"):
            await bus.publish(STREAM, event(event_id="a\x00b"))
        assert not await desk.streams()

    play_bus(story)


def test_strange_but_lawful_text_comes_back_as_it_was(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus = await lines.bus()
        text = "[red]\x00\x1b[31m\u2028\u202e 'quoted' \"twice\" {}%s ☃ \U0001f600 \\u0000"
        strange = event(
            event_id="ä '\" %s ${jndi}", data={text: [text, 10**30, 1.5e-300, None, True, {}, []]}
        )
        assert await bus.publish(STREAM, strange)
        (delivery,) = await take(bus)
        assert delivery.event == strange
        await bus.put_off(delivery, seconds=0, error=text)
        (again,) = await take(bus)
        assert again.event == strange

    play_bus(story)


def test_the_bus_says_whether_it_can_be_had(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        await (await lines.bus()).check()

    play_bus(story)
