"""One suite for every limiter: in this process, and over a real Redis."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TransientServiceError
from app.ports.limits import Budget
from app.services.limiter import LocalLimiter, PacedLimiter, Told
from app.services.redis_limiter import RedisLimiter

BUDGETS = {
    "even": Budget(calls=20, per_seconds=1),
    "bursting": Budget(calls=20, per_seconds=1, burst=8),
    "slow": Budget(calls=1, per_seconds=60),
    "open": Budget(calls=1_000, per_seconds=1, burst=1_000),
}
TELLING = 2e-6
"""A microsecond each way is lost when a moment is told."""


class Watched(PacedLimiter):
    """Another limiter, with a note of every call it granted, by the clock that counts."""

    def __init__(self, inner: PacedLimiter) -> None:
        super().__init__(BUDGETS)
        self.inner = inner
        self.granted: list[float] = []
        self.asked = 0

    async def ask(self, tenant_id: str, system: str) -> Told:
        self.asked += 1
        told = await self.inner.ask(tenant_id, system)
        if not told.wait_seconds:
            self.granted.append(told.at_seconds)
        return told

    async def hold_off(self, tenant_id: str, system: str, seconds: float) -> None:
        await self.inner.hold_off(tenant_id, system, seconds)

    async def aclose(self) -> None:
        await self.inner.aclose()


def most_within(seconds: float, moments: list[float]) -> int:
    """The largest number of moments in any stretch so long, its end left out."""
    return max(sum(first <= m < first + seconds - TELLING for m in moments) for first in moments)


Task: TypeAlias = asyncio.Task[None]
Story: TypeAlias = Callable[[Watched], Awaitable[None]]
Play: TypeAlias = Callable[[Story], None]


@pytest.fixture(params=["local", "redis"])
def play(request: pytest.FixtureRequest) -> Play:
    """Play a story on a fresh limiter of each kind in turn."""
    url: str = request.getfixturevalue("redis_url") if request.param == "redis" else ""

    async def on_a_loop(story: Story) -> None:
        watched = Watched(RedisLimiter(url, BUDGETS) if url else LocalLimiter(BUDGETS))
        try:
            await story(watched)
        finally:
            await watched.aclose()

    return lambda story: asyncio.run(on_a_loop(story))


@asynccontextmanager
async def waiting(limiter: Watched, system: str, callers: int) -> AsyncIterator[list[Task]]:
    """So many callers in line meanwhile, who give up in the end."""
    line = [asyncio.create_task(limiter.acquire("acme", system)) for _ in range(callers)]
    await asyncio.sleep(0)
    yield line
    for caller in line:
        caller.cancel()
    await asyncio.wait(line)


async def many(limiter: Watched, system: str, calls: int, *, tenant: str = "acme") -> None:
    await asyncio.gather(*(limiter.acquire(tenant, system) for _ in range(calls)))


async def refused(limiter: Watched, system: str, within: float) -> float:
    """The wait that a caller is sent away with."""
    with pytest.raises(TransientServiceError) as caught:
        await limiter.acquire("acme", system, within_seconds=within)
    assert caught.value.retry_after is not None
    return caught.value.retry_after


@pytest.mark.parametrize("system", ["even", "bursting"])
def test_no_stretch_of_time_has_more_calls_than_the_budget(play: Play, system: str) -> None:
    async def story(limiter: Watched) -> None:
        await many(limiter, system, 45)
        assert len(limiter.granted) == 45
        assert most_within(1, limiter.granted) <= 20

    play(story)


def test_calls_without_a_burst_are_evenly_spaced(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await many(limiter, "even", 15)
        assert most_within(BUDGETS["even"].interval_seconds, limiter.granted) == 1

    play(story)


def test_calls_beyond_the_burst_keep_the_even_pace(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await many(limiter, "bursting", 20)
        interval = BUDGETS["bursting"].interval_seconds
        first, *_ = moments = sorted(limiter.granted)
        for number, moment in enumerate(moments[8:], start=1):
            assert moment >= first + number * interval - TELLING

    play(story)


def test_a_quiet_time_earns_no_more_than_the_burst(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.acquire("acme", "bursting")
        await asyncio.sleep(1.2)
        await many(limiter, "bursting", 20)
        assert most_within(1, limiter.granted) <= 20
        assert most_within(0.01, limiter.granted[1:]) <= 9

    play(story)


def test_a_budget_that_is_not_spent_makes_nobody_wait(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await many(limiter, "open", 200)
        assert limiter.asked == 200

    play(story)


def test_waiting_asks_once_a_call_and_not_all_the_time(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await many(limiter, "even", 20)
        assert limiter.asked <= 3 * 20

    play(story)


def test_first_come_is_first_served(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        served: list[int] = []

        async def caller(number: int) -> None:
            await limiter.acquire("acme", "even")
            served.append(number)

        async with asyncio.TaskGroup() as group:
            for number in range(12):
                group.create_task(caller(number))
        assert served == list(range(12))

    play(story)


def test_a_tenant_that_waits_slows_no_other_and_no_other_system(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.acquire("acme", "slow")
        async with waiting(limiter, "slow", 1) as (blocked,):
            await limiter.hold_off("acme", "slow", 600)
            await limiter.acquire("globex", "slow", within_seconds=30)
            await limiter.acquire("acme", "open", within_seconds=30)
            assert not blocked.done()

    play(story)


def test_nobody_calls_before_the_wait_that_a_remote_asked_for(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await many(limiter, "open", 3)
        asked_at = limiter.granted[-1]
        await limiter.hold_off("acme", "open", 0.4)
        await many(limiter, "open", 5)
        assert min(limiter.granted[3:]) >= asked_at + 0.4 - TELLING

    play(story)


def test_those_who_wait_already_heed_a_later_wait(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.acquire("acme", "even")
        async with waiting(limiter, "even", 1) as (caller,):
            await limiter.hold_off("acme", "even", 0.4)
            await caller
        assert limiter.granted[1] >= limiter.granted[0] + 0.4 - TELLING

    play(story)


def test_a_shorter_wait_does_not_end_a_longer_one(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.hold_off("acme", "open", 300)
        await limiter.hold_off("acme", "open", 0.001)
        await asyncio.sleep(0.01)
        assert await refused(limiter, "open", within=1) > 200

    play(story)


@pytest.mark.parametrize("seconds", [-5, 0, math.nan, -math.inf])
def test_a_wait_that_is_none_holds_nobody_off(play: Play, seconds: float) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.hold_off("acme", "open", seconds)
        await limiter.acquire("acme", "open", within_seconds=30)

    play(story)


def test_a_wait_beyond_reason_is_believed_for_an_hour(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.hold_off("acme", "open", math.inf)
        assert 3000 < await refused(limiter, "open", within=1) <= 3600

    play(story)


def test_a_caller_without_the_time_is_told_at_once_when_to_come_back(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.acquire("acme", "slow")
        began = time.monotonic()
        wait = await refused(limiter, "slow", within=20)
        assert time.monotonic() - began < 10
        assert 30 < wait <= 60

    play(story)


def test_those_who_are_sent_away_are_told_different_moments(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.acquire("acme", "slow")
        waits = [await refused(limiter, "slow", within=1) for _ in range(6)]
        assert all(later - sooner > 30 for sooner, later in pairwise(waits))

    play(story)


def test_a_caller_far_back_in_line_is_sent_away_without_waiting(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.acquire("acme", "slow")
        async with waiting(limiter, "slow", 5):
            assert await refused(limiter, "slow", within=100) > 100

    play(story)


def test_a_caller_whose_time_ends_in_line_is_sent_away_then(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.acquire("acme", "slow")
        async with waiting(limiter, "slow", 1):
            assert await refused(limiter, "slow", within=0.05) > 0

    play(story)


def test_callers_that_are_cancelled_take_nothing_with_them(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.acquire("acme", "slow")
        async with waiting(limiter, "slow", 30):
            await asyncio.sleep(0.05)
        assert (await limiter.ask("acme", "slow")).wait_seconds <= 60

    play(story)


def test_callers_behind_those_who_leave_are_served(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.acquire("acme", "even")
        async with waiting(limiter, "even", 30) as line:
            for leaving in line[:25]:
                leaving.cancel()
            await asyncio.gather(*line[25:])

    play(story)


def test_a_caller_is_cancelled_whatever_it_is_doing(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.acquire("acme", "slow")
        for turns in range(20):
            caller = asyncio.create_task(limiter.acquire("acme", "slow"))
            for _ in range(turns):
                await asyncio.sleep(0)
            caller.cancel()
            await asyncio.wait([caller])
            assert caller.cancelled()
            await limiter.acquire("acme", "open")

    play(story)


def test_a_system_without_a_budget_has_a_call_a_second(play: Play) -> None:
    async def story(limiter: Watched) -> None:
        await limiter.acquire("acme", "fax")
        assert 0 < await refused(limiter, "fax", within=0.01) <= 1

    play(story)


@given(
    calls=st.integers(1, 50),
    per_seconds=st.floats(0.1, 120),
    share=st.floats(0, 1),
    steps=st.lists(st.floats(0, 5), min_size=1, max_size=150),
)
def test_whatever_the_rhythm_no_stretch_has_more_than_the_budget(
    calls: int, per_seconds: float, share: float, steps: list[float]
) -> None:
    budget = Budget(calls=calls, per_seconds=per_seconds, burst=max(1, round(share * calls)))
    now = 0.0

    async def story() -> list[float]:
        nonlocal now
        limiter = LocalLimiter({"x": budget}, monotonic=lambda: now)
        granted = []
        for step in steps:
            now += step
            told = await limiter.ask("acme", "x")
            if told.wait_seconds and step < 1:
                now += told.wait_seconds
                told = await limiter.ask("acme", "x")
            if not told.wait_seconds:
                granted.append(told.at_seconds)
        return granted

    moments = asyncio.run(story())
    assert most_within(per_seconds, moments) <= calls
    assert most_within(budget.interval_seconds / 2, moments) <= budget.burst
