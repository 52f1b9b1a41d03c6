"""Where tenants' accounts, tickets and pages are shown: in Notion, where that is connected.

Whether it is, is asked at each run, so that a token that was renewed is taken up without a restart.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from pydantic import JsonValue

from app.bootstrap.sections import is_own
from app.clock import Clock, system_clock
from app.domain.flow import Argument
from app.ports.effects import Sink
from app.ports.engine import Steps
from app.ports.limits import Limiter
from app.ports.store import Store
from app.services.account_flag import FlagAccount
from app.services.notion.kept_token import TokenFile
from app.settings import Settings

if TYPE_CHECKING:
    from app.bootstrap.notion import NotionLink
    from app.jobs.flows.publish import Surface
    from app.services.notion.publishing import AccountRows


@dataclass(frozen=True, slots=True, kw_only=True)
class Surfaces:
    """Each tenant's place, made when it is first needed. Close it when done."""

    settings: Settings
    store: Store
    limiter: Limiter
    clock: Clock
    _links: dict[str, list[NotionLink]] = field(default_factory=dict, repr=False)
    """The one in use last; those before it had another token."""

    def shows(self, tenant: str) -> bool:
        """Whether the tenant has one. Raises ConfigurationError."""
        return is_connected(self.settings, tenant)

    async def publish(self, steps: Steps, argument: Argument) -> JsonValue:
        """The body of the publish flow. Raises ConfigurationError."""
        from app.jobs.flows.publish import PublishFlow  # brings the client of Notion along

        return await PublishFlow(surface_of=self.of, sleep=asyncio.sleep)(steps, argument)

    def of(self, tenant: str) -> Surface | None:
        """A tenant's place; None: it has none. Raises ConfigurationError."""
        from app.bootstrap.notion_pages import pages_of
        from app.jobs.flows.publish import Surface
        from app.services.notion.publishing_tickets import TicketRows

        rows, link = self.rows_of(tenant), self.link(tenant)
        if rows is None or link is None:
            return None
        pages = pages_of(link, self.store, self.clock, tenant)
        return Surface(accounts=rows, tickets=TicketRows(rows=rows), pages=pages)

    def rows_of(self, tenant: str) -> AccountRows | None:
        """The rows of a tenant's accounts; None: it has none. Raises ConfigurationError."""
        from app.services.notion.publishing import AccountRows

        link = self.link(tenant)
        if link is None:
            return None
        return AccountRows(
            api=link.api,
            store=self.store,
            tenant_id=tenant,
            clock=self.clock,
            stamp=timedelta(days=link.config.stamp_days),
        )

    async def aclose(self) -> None:
        """Let go of all connections."""
        for links in self._links.values():
            for link in links:
                await link.api.aclose()

    def link(self, tenant: str) -> NotionLink | None:
        """A tenant's connection; None: it has none. Raises ConfigurationError."""
        if not self.shows(tenant):
            return None
        from app.bootstrap.notion import link_of, notion_config_of

        config = notion_config_of(self.settings, tenant)
        if config is None or not config.token.get_secret_value():
            return None
        links = self._links.setdefault(tenant, [])
        if not links or links[-1].config != config:
            links.append(link_of(config, tenant, self.limiter))
        return links[-1]


def is_connected(settings: Settings, tenant: str) -> bool:
    """Whether a tenant's Notion is known. Raises ConfigurationError."""
    if not is_own(settings, tenant):
        return False
    return bool(settings.notion) or TokenFile(settings.home, tenant).read() is not None


def record_sink_of(store: Store, settings: Settings, tenant: str, limiter: Limiter) -> Sink:
    """Where account records are flagged: in the store, and in Notion where it is connected.

    Raises ConfigurationError.
    """
    flag = FlagAccount(store, tenant)
    surfaces = Surfaces(settings=settings, store=store, limiter=limiter, clock=system_clock)
    if not surfaces.shows(tenant):
        return flag
    from app.services.notion.account_record import FlagAccountAndRow

    return FlagAccountAndRow(flag, partial(surfaces.rows_of, tenant), surfaces.aclose)
