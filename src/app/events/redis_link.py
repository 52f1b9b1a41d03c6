"""The line to Redis: one tenant's keys, scripts run by their name, errors translated once.

It knows nothing of events. An error goes without the server's own words: they may quote the
address, and its password.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias, TypeVar

from pydantic import TypeAdapter
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from app.errors import AccessExpired, ConfigurationError, TransientServiceError
from app.events.checked import SYSTEM

TIMEOUT_SECONDS = 2.0
MOST_CONNECTIONS = 16
"""Of one bus; who finds none free waits for one."""
_TENANT = re.compile(r"[A-Za-z0-9_.-]{1,63}")

T = TypeVar("T")
Given: TypeAlias = str | int
"""What a script is given."""


class RedisLink:
    """One tenant's share of a Redis server. The server is reached when first asked."""

    def __init__(self, url: str, tenant_id: str) -> None:
        """Raises ConfigurationError for what is no address, ValueError for what is no tenant."""
        if not _TENANT.fullmatch(tenant_id):  # a brace would put it among another's keys
            raise ValueError(f"{tenant_id!r} is no name of a tenant")
        self._scripts: dict[str, AsyncScript] = {}
        self.base = f"tend:{{{tenant_id}}}:"
        try:  # the client's own time-outs swallow a cancellation now and then
            pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
                url,
                max_connections=MOST_CONNECTIONS,
                timeout=None,
                socket_timeout=None,
                socket_connect_timeout=None,
                retry=Retry(NoBackoff(), 1),  # a connection that went stale, not an outage
                decode_responses=True,
                encoding_errors="replace",
            )
            self.redis = Redis.from_pool(pool)
        except ValueError as exc:
            raise ConfigurationError("TEND_REDIS_URL: not an address of a Redis server") from exc

    def key(self, name: str) -> str:
        """The tenant's key of this name."""
        return f"{self.base}{name}"

    async def run(self, script: str, stream: str, *given: Given, shape: TypeAdapter[T]) -> T:
        """What one of our scripts answers about a stream, parsed.

        Raises TransientServiceError naming TEND_REDIS_URL, AccessExpired where we are refused.
        """
        words = [self.base, stream, *given]
        known = self._scripts.setdefault(script, self.redis.register_script(script))
        async with self.answering():
            answer = await known([self.key(f"events:{stream}")], words)
        return shape.validate_python(answer)

    @asynccontextmanager
    async def answering(self, *, seconds: float = 0) -> AsyncIterator[None]:
        """The server is asked within; it may take `seconds` longer than an answer does.

        Raises TransientServiceError naming TEND_REDIS_URL, AccessExpired where we are refused.
        """
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS + seconds):
                yield
        except (RedisError, OSError) as exc:  # a TimeoutError among the latter
            # the client wraps a refusal at connecting into an error of the connection
            told = {type(one) for one in (exc, exc.__cause__, exc.__context__)}
            if told & {AuthenticationError, NoPermissionError}:
                message = "the Redis server of TEND_REDIS_URL refuses us"
                raise AccessExpired(SYSTEM, "ask", message) from exc
            message = "no answer from the Redis server of TEND_REDIS_URL"
            raise TransientServiceError(SYSTEM, "ask", f"{message} ({type(exc).__name__})") from exc

    async def aclose(self) -> None:
        """Let go of connections."""
        await self.redis.aclose()
