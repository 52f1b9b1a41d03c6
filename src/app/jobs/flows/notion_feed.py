"""Notion as a feed, read in a step of a durable flow that bears being run again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from pydantic import JsonValue

from app.clock import Clock
from app.feeds.notion.bringing_in import NotionIntake
from app.ports.engine import Steps
from app.ports.store import Store
from app.services.notion.client import NotionApi
from app.services.notion.config import NotionConfig


class Linked(Protocol):
    """A tenant's connection."""

    @property
    def api(self) -> NotionApi:
        """Makes the calls."""
        ...

    @property
    def config(self) -> NotionConfig:
        """How it is used."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionFeed:
    """`FeedBody` over each tenant's connection."""

    store: Store
    clock: Clock
    link_of: Callable[[str], Linked | None]
    """A tenant's connection; None: it has none."""
    rejects_of: Callable[[str], Path]
    """Where a tenant's refused values are written."""

    async def __call__(self, steps: Steps, account_id: str | None) -> JsonValue:
        """Read what is due, or one account; the result is figures."""
        link = self.link_of(steps.tenant_id)
        if link is None:
            return {}
        return await steps.run("read", partial(self._read, steps.tenant_id, link, account_id))

    async def _read(self, tenant_id: str, link: Linked, account_id: str | None) -> JsonValue:
        intake = NotionIntake(
            store=self.store,
            api=link.api,
            config=link.config,
            tenant_id=tenant_id,
            rejects=self.rejects_of(tenant_id),
        )
        if account_id is not None:
            return await intake.account(self.clock(), account_id)
        return await intake.everything(self.clock())
