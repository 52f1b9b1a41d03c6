"""The door's workings put together from a started process, and what is told before and after."""

from __future__ import annotations

from functools import cache

from app.bootstrap import App
from app.bootstrap.mailboxes import draft_boxes_of
from app.bootstrap.sections import section_of
from app.errors import TransientServiceError
from app.jobs.acts.draft_desk import DraftDesk
from app.services.draft_files import DraftFiles
from app.services.passwords import strong_passwords
from app.settings import Settings
from app.web.api import Api, HttpConfig, limiter_for
from app.web.hosts import is_loopback
from app.web.site import Site


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


def site_of(app: App, host: str) -> Site:
    """What the pages work with; `host` is where the service listens. Raises ConfigurationError."""

    @cache
    def drafts_of(tenant: str) -> DraftDesk:
        return DraftDesk(
            store=app.store,
            tenant_id=tenant,
            boxes=draft_boxes_of(app.store, app.settings, tenant, app.limiter),
            files=DraftFiles(folder=app.settings.outbox_of(tenant)),
        )

    drafts_of(app.settings.tenant)
    return Site(
        store=app.store,
        clock=app.clock,
        settings=app.settings,
        desk=app.engine,
        drafts_of=drafts_of,
        passwords=strong_passwords(),
        is_local=is_loopback(host),
    )


def shut() -> Site:
    """The pages before the store is open, and after. Raises TransientServiceError, always."""
    raise TransientServiceError("dashboard", "answer", "the service is starting or stopping")
