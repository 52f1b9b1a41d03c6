"""Several processes and one Redis: one budget, one wait, and what happens when Redis is away."""

from __future__ import annotations

import asyncio
import json
import math
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from redis import Redis

from app.errors import ConfigurationError, TransientServiceError
from app.ports.limits import Budget
from app.services.redis_limiter import RedisLimiter
from tests.integration.calling_process import BUDGETS, SYSTEM
from tests.servers.redis import running_redis

ROOT = Path(__file__).parents[2]


def started(url: str, tenant: str, calls: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.calling_process", url, tenant, str(calls)],
        cwd=ROOT, text=True, stdout=subprocess.PIPE,
    )  # fmt: skip


def granted(process: subprocess.Popen[str]) -> list[float]:
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    moments: list[float] = json.loads(said)
    return moments


def test_two_processes_spend_one_budget_and_two_tenants_have_two(redis_url: str) -> None:
    acme = [started(redis_url, "acme", 45), started(redis_url, "acme", 45)]
    globex = started(redis_url, "globex", 45)
    of_acme = sorted(moment for process in acme for moment in granted(process))
    of_globex = sorted(granted(globex))
    assert len(of_acme) == 90
    budget = BUDGETS[SYSTEM]
    for moments in (of_acme, of_globex):
        stretches = [sum(m <= t < m + 1 - 2e-6 for t in moments) for m in moments]
        assert max(stretches) <= budget.calls
    # 85 calls beyond the burst at the even pace, with as much again for a busy machine.
    assert of_acme[-1] - of_acme[0] < 2 * 85 * budget.interval_seconds


def alone(story: Callable[[], Awaitable[None]]) -> None:
    async def on_a_loop() -> None:
        await story()

    asyncio.run(on_a_loop())


def test_a_wait_asked_of_one_process_holds_off_the_other(redis_url: str) -> None:
    async def story() -> None:
        one, other = RedisLimiter(redis_url), RedisLimiter(redis_url)
        await one.hold_off("acme", "notion", 120)
        assert 100 < (await other.ask("acme", "notion")).wait_seconds <= 120
        assert (await other.ask("globex", "notion")).wait_seconds == 0
        await one.aclose()
        await other.aclose()

    alone(story)


def test_counts_vanish_when_they_say_nothing_any_more(redis_url: str) -> None:
    async def story() -> None:
        limiter = RedisLimiter(redis_url, {"notion": Budget(calls=1, per_seconds=30)})
        await limiter.acquire("acme", "notion")
        await limiter.hold_off("globex", "notion", 90)
        await limiter.hold_off("globex", "notion", 1)
        await limiter.aclose()

    alone(story)
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        assert set(redis.scan_iter()) == {"tend:{acme}:limit:notion", "tend:{globex}:limit:notion"}
        assert 25_000 < redis.pttl("tend:{acme}:limit:notion") <= 31_000
        assert 85_000 < redis.pttl("tend:{globex}:limit:notion") <= 91_000


def test_a_server_whose_clock_was_set_back_does_not_stop_calls(redis_url: str) -> None:
    ahead = int((time.time() + 10 * 86_400) * 1_000_000)
    with Redis.from_url(redis_url) as redis:
        redis.hset("tend:{acme}:limit:notion", "spent", str(ahead))
        redis.hset("tend:{globex}:limit:notion", "held", str(ahead))

    async def story() -> None:
        limiter = RedisLimiter(redis_url, {"notion": Budget(calls=10, per_seconds=1)})
        assert (await limiter.ask("acme", "notion")).wait_seconds <= 0.1
        assert (await limiter.ask("globex", "notion")).wait_seconds <= 3600
        await limiter.aclose()

    alone(story)


async def outage(url: str) -> TransientServiceError:
    limiter = RedisLimiter(url)
    try:
        with pytest.raises(TransientServiceError, match="TEND_REDIS_URL") as asking:
            await limiter.acquire("acme", "notion", within_seconds=math.inf)
        with pytest.raises(TransientServiceError, match="TEND_REDIS_URL"):
            await limiter.hold_off("acme", "notion", 1)
    finally:
        await limiter.aclose()
    return asking.value


def test_nothing_is_called_while_redis_is_away() -> None:
    error = asyncio.run(outage("redis://ana:hunter2@127.0.0.1:1/0"))
    assert "hunter2" not in str(error)


def test_a_redis_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        asyncio.run(outage(f"redis://127.0.0.1:{mute.getsockname()[1]}"))


def test_a_redis_that_wants_a_password_is_named() -> None:
    with running_redis() as url:
        with Redis.from_url(url) as redis:
            redis.config_set("requirepass", "hunter2")
        error = asyncio.run(outage(url))
    assert "hunter2" not in str(error)


def test_calls_go_on_when_redis_is_back() -> None:
    async def story() -> None:
        with running_redis() as url:
            limiter = RedisLimiter(url, {"notion": Budget(calls=1, per_seconds=60)})
            await limiter.acquire("acme", "notion")
            with Redis.from_url(url) as redis:
                redis.script_flush()
                redis.client_kill_filter(_type="normal", skipme=True)
            assert (await limiter.ask("acme", "notion")).wait_seconds > 0
            await limiter.aclose()

    alone(story)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="TEND_REDIS_URL"):
        RedisLimiter("redis://host:port")
