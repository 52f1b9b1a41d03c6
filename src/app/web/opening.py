"""The door's workings put together from a started process, and what is told before and after."""

from __future__ import annotations

from app.bootstrap import App
from app.bootstrap.sections import section_of
from app.errors import TransientServiceError
from app.settings import Settings
from app.web.api import Api, HttpConfig, limiter_for


def config_of(settings: Settings) -> HttpConfig:
    """`[http]` of the settings. Raises ConfigurationError."""
    return section_of("http", settings.http, HttpConfig)


def api_of(app: App) -> Api:
    """What the routes work with. Raises ConfigurationError."""
    config = config_of(app.settings)
    return Api(
        store=app.store,
        clock=app.clock,
        tenant_id=app.settings.tenant,
        desk=app.engine,
        config=config,
        limiter=limiter_for(config),
    )


def closed() -> Api:
    """The door before the store is open, and after. Raises TransientServiceError, always."""
    raise TransientServiceError("http", "answer", "the service is starting or stopping")
