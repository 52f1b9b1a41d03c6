"""The line before a channel whose effects go one at a time."""

from __future__ import annotations

import asyncio
import time

from app.jobs.turns import LONGEST_AWAY_SECONDS, Line

PATIENCE = 0.2


async def come(line: Line, *, seconds: float) -> float | None:
    async with line.turn() as away:
        if away is None:
            await asyncio.sleep(seconds)
        return away


def test_turns_are_taken_one_at_a_time_and_in_order() -> None:
    line = Line(patience_seconds=5)
    order: list[str] = []

    async def step(name: str) -> None:
        async with line.turn() as away:
            assert away is None
            order.append(f"{name} comes")
            await asyncio.sleep(0.01)
            order.append(f"{name} goes")

    async def story() -> None:
        await asyncio.gather(step("a"), step("b"), step("c"))

    asyncio.run(story())
    assert order == [f"{name} {moves}" for name in "abc" for moves in ("comes", "goes")]


def test_nobody_waits_longer_than_its_patience() -> None:
    line = Line(patience_seconds=PATIENCE)

    async def story() -> list[float | None]:
        return await asyncio.gather(*(come(line, seconds=1.0) for _ in range(20)))

    began = time.monotonic()
    told = asyncio.run(story())
    assert told.count(None) == 1
    assert all(away >= PATIENCE for away in told if away is not None)
    assert time.monotonic() - began < 2.0


def test_a_line_known_to_be_slow_sends_away_at_once_each_to_a_moment_of_its_own() -> None:
    line = Line(patience_seconds=PATIENCE)

    async def story() -> tuple[list[float], float]:
        for _ in range(2):
            assert await come(line, seconds=0.3) is None
        holder = asyncio.create_task(come(line, seconds=0.3))
        await asyncio.sleep(0)
        began = time.monotonic()
        sent = [await come(line, seconds=0.3) for _ in range(300)]
        seconds = time.monotonic() - began
        assert await holder is None
        return [away for away in sent if away is not None], seconds

    sent, seconds = asyncio.run(story())
    assert seconds < PATIENCE
    assert len(sent) == 300
    assert sent[1] - sent[0] > 0.2
    assert max(sent) <= LONGEST_AWAY_SECONDS


def test_one_slow_turn_may_be_bad_luck_and_sends_nobody_away() -> None:
    line = Line(patience_seconds=PATIENCE)

    async def story() -> list[float | None]:
        await come(line, seconds=0.0)
        await come(line, seconds=0.3)
        return await asyncio.gather(*(come(line, seconds=0.0) for _ in range(20)))

    assert asyncio.run(story()) == [None] * 20


def test_who_leaves_with_an_error_leaves_the_turn_to_the_next() -> None:
    line = Line(patience_seconds=PATIENCE)

    async def failing() -> None:
        async with line.turn():
            raise ValueError

    async def story() -> float | None:
        await asyncio.gather(failing(), return_exceptions=True)
        return await come(line, seconds=0.0)

    assert asyncio.run(story()) is None
