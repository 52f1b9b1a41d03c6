"""Who counts a tenant's calls to outside systems."""

from __future__ import annotations

from app.errors import ConfigurationError
from app.ports.limits import Limiter
from app.services.budgets import budgets_of
from app.services.limiter import LocalLimiter
from app.settings import Settings


def limiter_of(settings: Settings) -> Limiter:
    """Who counts calls to outside systems: this process, or Redis for all of them.

    Close it when done. Raises ConfigurationError naming TEND_LIMITS or TEND_REDIS_URL.
    """
    budgets = budgets_of(settings.limits)
    if not settings.redis_url:
        return LocalLimiter(budgets)
    try:
        from app.services.redis_limiter import RedisLimiter  # an extra
    except ImportError as exc:
        msg = "TEND_REDIS_URL: Redis needs the extra: pip install 'tend[redis]'"
        raise ConfigurationError(msg) from exc
    return RedisLimiter(settings.redis_url, budgets)
