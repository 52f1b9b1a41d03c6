"""What every event bus promises operators: dead letters, replays, trimming that counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.ports.bus import PutOff, StreamState, Trimmed
from tests.builders import NOW
from tests.contract.buses import (
    PATIENT,
    SALES,
    STREAM,
    SUCCESS,
    Lines,
    Play,
    numbers,
    only_group,
    publish,
    take,
    told,
)


def test_an_event_may_be_parked_at_once(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        await publish(bus, 1, 2)
        for delivery in await take(bus):
            assert await bus.park(delivery, error="no such account\x00\u202e\n" + "x" * 9_000)
            assert not await bus.park(delivery, error="again")
        parked = await desk.parked(most=9)
        assert [one.stored.event_id for one in parked] == ["main:e1", "main:e2"]
        assert parked[0].error.startswith("no such account xxx")
        assert len(parked[0].error) == 1_000
        assert len(await desk.parked(most=1)) == 1

    play_bus(story)


def test_parked_events_are_replayed_to_their_group_alone(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        await publish(bus, 1, 2, 3)
        for delivery in await take(bus):
            await bus.park(delivery, error="broken")
        for delivery in await take(bus, SUCCESS):
            await bus.acknowledge(delivery)
        await desk.trim(STREAM, most=0)
        assert await desk.replay(STREAM, SALES, ["main:e3", "main:e1", "main:e1", "what"]) == 2
        assert await take(bus, SUCCESS) == []
        given = [*(await take(bus)), *(await take(bus))]
        assert numbers(given) == [1, 3]
        assert [one.receipt.count for one in given] == [1, 1]
        assert [one.stored.event_id for one in await desk.parked(most=9)] == ["main:e2"]
        assert await bus.park(given[0], error="still")
        assert await bus.acknowledge(given[1])
        assert [one.error for one in await desk.parked(most=9)] == ["broken", "still"]

    play_bus(story)


def test_dropped_events_are_gone_from_the_parked_ones_of_their_group_alone(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        await publish(bus, 1, 2)
        for group in (SALES, SUCCESS):
            for delivery in await take(bus, group):
                await bus.park(delivery, error="broken")
        elsewhere = await lines.desk("kiwi")
        assert await elsewhere.drop(STREAM, SALES, ["main:e1"]) == 0
        assert await desk.drop("opportunities", SALES, ["main:e1"]) == 0
        assert await desk.drop(STREAM, SALES, ["main:e1", "main:e1", "what"]) == 1
        assert await desk.drop(STREAM, SALES, ["main:e1"]) == 0
        left = [(one.group, one.stored.event_id) for one in await desk.parked(most=9)]
        assert left == [(SALES, "main:e2"), (SUCCESS, "main:e1"), (SUCCESS, "main:e2")]
        assert {one.group: one.parked for one in await desk.groups()} == {SALES: 1, SUCCESS: 2}
        assert len(await desk.events(STREAM, most=9)) == 2
        assert not await bus.publish(STREAM, told(1)), "its id stays known"

    play_bus(story)


def test_the_mark_of_what_is_parked_moves_with_it_and_with_nothing_else(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        elsewhere = await (await lines.desk("kiwi")).parked_mark()
        seen = [await desk.parked_mark()]
        await publish(bus, 1, 2)
        given = await take(bus)
        assert await desk.parked_mark() == seen[0]
        for delivery in given:
            await bus.park(delivery, error="broken")
            seen.append(await desk.parked_mark())
        await desk.drop(STREAM, SALES, ["main:e1"])
        seen.append(await desk.parked_mark())
        assert await desk.parked_mark() == seen[-1]
        await desk.replay(STREAM, SALES, ["main:e2"])
        seen.append(await desk.parked_mark())
        assert len({*seen[1:]}) == len(seen) - 1
        assert len({*seen[:-1]}) == len(seen) - 1, "none parked is none parked, before and after"
        assert await (await lines.desk("kiwi")).parked_mark() == elsewhere

    play_bus(story)


def test_a_range_of_settled_events_is_given_once_more(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        await publish(bus, *range(12))
        settled = await take(bus, most=11)
        for delivery in settled[:10]:
            await bus.acknowledge(delivery)
        kept = await desk.events(STREAM, most=100)
        assert await desk.replay(STREAM, SALES, [one.event_id for one in kept]) == 10
        assert await desk.replay(STREAM, SALES, [one.event_id for one in kept]) == 0
        given = [delivery for _ in range(10) for delivery in await take(bus)]
        assert numbers(given) == list(range(10))
        assert numbers(await take(bus)) == [11]
        assert await desk.replay(STREAM, "nobody", ["main:e1"]) == 0

    play_bus(story)


def test_what_waits_for_its_time_is_due_at_once_when_replayed(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        await publish(bus, 1)
        (delivery,) = await take(bus)
        await bus.put_off(delivery, seconds=3600, error="no answer")
        assert await take(bus) == []
        assert await desk.replay(STREAM, SALES, ["main:e1"]) == 1
        assert numbers(await take(bus)) == [1]

    play_bus(story)


def test_trimming_counts_what_a_group_was_not_given_yet(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        await publish(bus, *range(10))
        for delivery in await take(bus, SALES, most=10):
            await bus.acknowledge(delivery)
        for delivery in await take(bus, SUCCESS, most=2):
            await bus.acknowledge(delivery)
        assert await desk.trim(STREAM, most=10) == Trimmed()
        assert await desk.trim(STREAM, most=4) == Trimmed(dropped=6, unacknowledged=4)
        groups = {state.group: state for state in await desk.groups()}
        assert (groups[SALES].lag, groups[SALES].missed) == (0, 0)
        assert (groups[SUCCESS].lag, groups[SUCCESS].missed) == (4, 4)
        assert await desk.trim(STREAM, most=3) == Trimmed(dropped=1, unacknowledged=1)
        (stream,) = await desk.streams()
        assert (stream.length, stream.trimmed) == (3, 7)
        assert numbers(await take(bus, SUCCESS)) == [7, 8, 9]
        assert {state.group: state.missed for state in await desk.groups()} == {
            SALES: 0,
            SUCCESS: 5,
        }

    play_bus(story)


def test_trimming_takes_nothing_out_of_anybodys_hand(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        await publish(bus, 1, 2, 3)
        held, put_off, lost = await take(bus)
        await bus.put_off(put_off, seconds=0, error="no answer")
        assert await desk.trim(STREAM, most=0) == Trimmed(dropped=3, unacknowledged=0)
        assert await bus.hold(held)
        assert await bus.put_off(lost, seconds=0, error="no answer") is PutOff.LATER
        again = [*(await take(bus)), *(await take(bus))]
        assert [one.event for one in again] == [told(2), told(3)]
        assert await bus.acknowledge(held)
        assert await bus.park(again[0], error="broken")
        assert [one.stored.body["data"] for one in await desk.parked(most=9)] == [{"number": 2}]

    play_bus(story)


def test_a_stream_that_grows_too_long_is_trimmed_by_publishing(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(rules=replace(PATIENT, most_kept=20)), await lines.desk()
        await take(bus)
        await publish(bus, *range(22))
        assert (await desk.streams())[0].length == 22
        await publish(bus, 22)
        assert (await desk.streams())[0] == StreamState(stream=STREAM, length=20, trimmed=3)
        assert (await only_group(desk)).missed == 3
        assert numbers(await take(bus)) == list(range(3, 23))

    play_bus(story)


def test_operators_read_a_stream_by_time_and_number(play_bus: Play) -> None:
    async def story(lines: Lines) -> None:
        bus, desk = await lines.bus(), await lines.desk()
        await publish(bus, *range(6))
        assert [one.event_id for one in await desk.events(STREAM, most=2)] == ["main:e4", "main:e5"]
        (newest,) = await desk.events(STREAM, most=1)
        assert newest.body == told(5).model_dump(mode="json")
        assert (newest.stream, newest.published_at) == (STREAM, NOW)
        later, hour = NOW + timedelta(hours=1), timedelta(hours=1)
        assert len(await desk.events(STREAM, most=9, since=NOW, until=NOW)) == 6
        assert not await desk.events(STREAM, most=9, since=later)
        assert not await desk.events(STREAM, most=9, until=NOW - hour)
        assert not await desk.events("nothing-there", most=9)

    play_bus(story)
