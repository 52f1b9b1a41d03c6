"""The count of calls kept in Redis, so that all processes share one budget, exactly.

It speaks to Redis alone. Where Redis cannot be had it refuses: counting on alone would let every
process spend the whole budget, and forget the waits that remotes asked for.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Mapping

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.errors import ConfigurationError, TransientServiceError
from app.ports.limits import Budget
from app.services.budgets import DEFAULT_BUDGETS, budget_of
from app.services.limiter import PacedLimiter, Told, believed

TIMEOUT_SECONDS = 2.0
_MICROS = 1_000_000

# The generic cell rate algorithm, by the server's clock in whole microseconds. What is spent can
# never lie further ahead than a whole burst: should that clock be set back, or the budget be
# changed, the count heals by itself. The key ends when it says nothing any more.
_ASK = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local most = tonumber(ARGV[3])
local spent = tonumber(redis.call('HGET', KEYS[1], 'spent') or 0)
local held = tonumber(redis.call('HGET', KEYS[1], 'held') or 0)
spent = math.min(spent, now + burst * interval)
held = math.min(held, now + most)
local wait = math.max(held, spent - (burst - 1) * interval) - now
if wait > 0 then
  return {wait, now}
end
spent = math.max(spent, now) + interval
redis.call('HSET', KEYS[1], 'spent', string.format('%.0f', spent))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', (spent - now) / 1000 + 1000))
return {0, now}
"""

_HOLD_OFF = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local held = tonumber(redis.call('HGET', KEYS[1], 'held') or 0)
local till = math.max(held, now + tonumber(ARGV[1]))
redis.call('HSET', KEYS[1], 'held', string.format('%.0f', till))
local left = math.max(redis.call('PTTL', KEYS[1]), (till - now) / 1000 + 1000)
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', left))
return {0, now}
"""


class RedisLimiter(PacedLimiter):
    """Counts in Redis, for every process that uses the same server.

    The server is reached when first asked. One who is cancelled in the very moment in which the
    server grants the call leaves that one call unused.
    """

    def __init__(self, url: str, budgets: Mapping[str, Budget] = DEFAULT_BUDGETS) -> None:
        super().__init__(budgets)
        try:  # the client's own time-outs swallow a cancellation now and then; see `_answered`
            self._redis = Redis.from_url(
                url,
                socket_timeout=None,
                socket_connect_timeout=None,
                retry=Retry(NoBackoff(), 1),  # a connection that went stale, not an outage
            )
        except ValueError as exc:
            raise ConfigurationError("TEND_REDIS_URL: not an address of a Redis server") from exc
        self._asking = self._redis.register_script(_ASK)
        self._holding_off = self._redis.register_script(_HOLD_OFF)

    async def ask(self, tenant_id: str, system: str) -> Told:
        """Whether one call may be made now, by the server's clock; counted if so.

        Raises TransientServiceError naming TEND_REDIS_URL.
        """
        budget = budget_of(self._budgets, system)
        interval = math.ceil(budget.interval_seconds * _MICROS)
        keys, longest = [_key(tenant_id, system)], _micros(math.inf)
        wait, now = await _answered(self._asking(keys, [interval, budget.burst, longest]))
        return Told(wait_seconds=wait / _MICROS, at_seconds=now / _MICROS)

    async def hold_off(self, tenant_id: str, system: str, seconds: float) -> None:
        """Let nobody of this tenant call this system before `seconds` from now, in any process.

        Raises TransientServiceError naming TEND_REDIS_URL.
        """
        await _answered(self._holding_off([_key(tenant_id, system)], [_micros(seconds)]))

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._redis.aclose()


def _key(tenant_id: str, system: str) -> str:
    """All keys of a tenant lie together, also on a cluster."""
    return f"tend:{{{tenant_id}}}:limit:{system}"


def _micros(seconds: float) -> int:
    return math.ceil(believed(seconds) * _MICROS)


async def _answered(call: Awaitable[list[int]]) -> list[int]:
    """What the server answers, in time.

    An error goes without the server's own words: they may quote the address, and its password.
    """
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await call
    except (RedisError, OSError) as exc:  # a TimeoutError among the latter
        told = f"the Redis server of TEND_REDIS_URL, which counts calls ({type(exc).__name__})"
        raise TransientServiceError("redis", "limits", f"no answer from {told}") from exc
