"""Profiles and reviews in Notion put together: who writes these pages, and who listens to them."""

from __future__ import annotations

import asyncio

from app.bootstrap.notion import NotionLink
from app.clock import Clock
from app.jobs.notion_pages import NotionPages
from app.jobs.notion_pages_listening import PageListener
from app.ports.store import Store
from app.services.notion.layout_writing import SETTLE_SECONDS, LayoutWriter
from app.services.notion.pictures import Pictures


def pages_of(link: NotionLink, store: Store, clock: Clock, tenant: str) -> NotionPages:
    """A tenant's pages over its connection."""
    pictures = Pictures(api=link.api)
    return NotionPages(
        store=store,
        api=link.api,
        tenant_id=tenant,
        clock=clock,
        writer=LayoutWriter(api=link.api, pictures=pictures, settle_seconds=SETTLE_SECONDS),
        sleep=asyncio.sleep,
    )


def listener_of(link: NotionLink, store: Store, clock: Clock, tenant: str) -> PageListener:
    """Who takes in what people write on a tenant's profiles."""
    return PageListener(
        pages=pages_of(link, store, clock, tenant),
        store=store,
        api=link.api,
        tenant_id=tenant,
        clock=clock,
    )
