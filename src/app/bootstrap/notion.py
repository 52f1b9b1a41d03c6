"""Notion put together: one client for each tenant that is connected, at the tenant's pace.

A tenant is connected where its token is known: by the settings, or as `tend connect notion` was
told it.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.bootstrap.sections import is_own, section_of
from app.errors import ConfigurationError, InvalidInput
from app.ports.limits import Limiter
from app.services.notion.client import NotionApi
from app.services.notion.config import NotionConfig
from app.services.notion.kept_token import TokenFile
from app.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionLink:
    """A tenant's connection. Close its `api` when done."""

    config: NotionConfig
    api: NotionApi


def notion_of(settings: Settings, tenant: str, limiter: Limiter) -> NotionLink | None:
    """The tenant's connection; None: it has none. Raises ConfigurationError naming TEND_NOTION."""
    config = notion_config_of(settings, tenant)
    if config is None or not config.token.get_secret_value():
        return None
    return link_of(config, tenant, limiter)


def notion_config_of(settings: Settings, tenant: str) -> NotionConfig | None:
    """What is said of the tenant's Notion, its token may be empty; None: nothing is said at all.

    The settings go before what `tend connect notion` kept. Raises ConfigurationError.
    """
    if not is_own(settings, tenant):
        return None
    kept = TokenFile(settings.home, tenant).read()
    if kept is None and not settings.notion:
        return None
    config = section_of("notion", settings.notion, NotionConfig)
    if kept is None:
        return config
    token = config.token if config.token.get_secret_value() else kept.token
    parent = config.parent_page or kept.parent_page
    return config.model_copy(update={"token": token, "parent_page": parent})


def link_of(config: NotionConfig, tenant: str, limiter: Limiter) -> NotionLink:
    """The connection of a token. Raises ConfigurationError naming TEND_NOTION."""
    try:
        api = NotionApi(
            token=config.token.get_secret_value(),
            tenant_id=tenant,
            limiter=limiter,
            base_url=config.base_url,
        )
    except InvalidInput as exc:
        raise ConfigurationError(f"TEND_NOTION: token: {exc}") from None
    return NotionLink(config=config, api=api)
