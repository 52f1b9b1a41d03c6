"""Notion put together: one client for each tenant that is connected, at the tenant's pace."""

from __future__ import annotations

from dataclasses import dataclass

from app.bootstrap.sections import is_own, section_of
from app.errors import ConfigurationError, InvalidInput
from app.ports.limits import Limiter
from app.services.notion.client import NotionApi
from app.services.notion.config import NotionConfig
from app.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionLink:
    """A tenant's connection. Close its `api` when done."""

    config: NotionConfig
    api: NotionApi


def notion_of(settings: Settings, tenant: str, limiter: Limiter) -> NotionLink | None:
    """The tenant's connection; None: it has none. Raises ConfigurationError naming TEND_NOTION."""
    if not settings.notion or not is_own(settings, tenant):
        return None
    config = section_of("notion", settings.notion, NotionConfig)
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
