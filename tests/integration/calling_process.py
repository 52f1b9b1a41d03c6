"""One of several processes that share a budget: makes calls as fast as it may, prints when."""

from __future__ import annotations

import asyncio
import json
import sys

from app.ports.limits import Budget
from app.services.limiter import Told
from app.services.redis_limiter import RedisLimiter

SYSTEM = "notion"
BUDGETS = {SYSTEM: Budget(calls=30, per_seconds=1, burst=5)}


class Noting(RedisLimiter):
    """Notes the moment of every call granted, by the server's clock."""

    def __init__(self, url: str) -> None:
        super().__init__(url, BUDGETS)
        self.granted: list[float] = []

    async def ask(self, tenant_id: str, system: str) -> Told:
        told = await super().ask(tenant_id, system)
        if not told.wait_seconds:
            self.granted.append(told.at_seconds)
        return told


async def call(url: str, tenant: str, calls: int) -> list[float]:
    limiter = Noting(url)
    try:
        await asyncio.gather(*(limiter.acquire(tenant, SYSTEM) for _ in range(calls)))
    finally:
        await limiter.aclose()
    return limiter.granted


if __name__ == "__main__":
    moments = asyncio.run(call(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    sys.stdout.write(json.dumps(moments))
