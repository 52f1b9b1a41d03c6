"""Whether the Redis server of the settings answers.

Its own words are kept back: they may quote the address, and its password.
"""

from __future__ import annotations

from app.errors import ConfigurationError, TransientServiceError

SECONDS = 3.0


async def check_redis(url: str) -> None:
    """Ask it for a sign of life.

    Raises ConfigurationError where the extra or a usable address is missing,
    TransientServiceError where nobody answers.
    """
    try:
        from redis.asyncio import Redis  # an extra
        from redis.exceptions import RedisError
    except ImportError as exc:
        msg = "TEND_REDIS_URL: Redis needs the extra: pip install 'tend[redis]'"
        raise ConfigurationError(msg) from exc
    try:
        redis = Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)
    except ValueError as exc:
        raise ConfigurationError("TEND_REDIS_URL: not an address of a Redis server") from exc
    try:
        await redis.ping()
    except (RedisError, OSError) as exc:
        raise TransientServiceError(
            "redis", "check", f"no answer from TEND_REDIS_URL ({type(exc).__name__})"
        ) from exc
    finally:
        await redis.aclose()
