"""The feeds that a process brings up to date: a folder, sources of tickets, and Notion."""

from __future__ import annotations

from functools import partial

from pydantic import JsonValue

from app.bootstrap.surfaces import Surfaces, is_connected
from app.bootstrap.ticket_systems import ticket_feeds_of, ticket_link_of
from app.clock import Clock
from app.domain.notion import NOTION
from app.feeds.folder import FOLDER
from app.feeds.sync import TicketSync
from app.jobs.flows.feed import FeedBody, FeedFlow
from app.jobs.flows.folder_feed import FolderFeed
from app.jobs.flows.ticket_feed import TicketFeed
from app.ports.engine import Steps
from app.ports.limits import Limiter
from app.ports.store import Store
from app.settings import Settings


def feed_flow(store: Store, settings: Settings, clock: Clock, surfaces: Surfaces) -> FeedFlow:
    """All feeds that there are; one that a tenant has not brings nothing.

    Raises ConfigurationError.
    """

    async def notion(steps: Steps, account_id: str | None) -> JsonValue:
        from app.jobs.flows.notion_feed import NotionFeed  # brings the client of Notion along

        feed = NotionFeed(
            store=store,
            clock=clock,
            link_of=surfaces.link,
            rejects_of=settings.notion_rejects_of,
        )
        brought = await feed(steps, account_id)
        heard = await steps.run("pages", partial(_heard, surfaces, store, clock, steps, account_id))
        return _both(brought, heard)

    folder = FolderFeed(
        store=store,
        clock=clock,
        folder_of=settings.feed_folder_of,
        rejects_of=settings.rejects_of,
    )
    feeds: dict[str, FeedBody] = {FOLDER: folder, NOTION: notion}
    for name in ticket_feeds_of(settings, settings.tenant):
        ticket_link_of(settings, settings.tenant, name, surfaces.limiter)  # said at start
        sync_of = partial(_sync_of, store, settings, surfaces.limiter, name)
        feeds[name] = TicketFeed(clock=clock, sync_of=sync_of)
    return FeedFlow(feeds=feeds, asked_for=feeds_asked_for(settings))


def _sync_of(
    store: Store, settings: Settings, limiter: Limiter, name: str, tenant: str
) -> TicketSync | None:
    if name not in ticket_feeds_of(settings, tenant):
        return None
    return ticket_sync_of(store, settings, tenant, name, limiter)


def ticket_sync_of(
    store: Store, settings: Settings, tenant: str, name: str, limiter: Limiter
) -> TicketSync:
    """A source of tickets that can be read; close its `system`. Raises ConfigurationError."""
    link = ticket_link_of(settings, tenant, name, limiter)
    return TicketSync(
        store=store,
        tenant_id=tenant,
        feed=name,
        system=link.system,
        overrides=link.choices.overrides,
        full_read_hours=link.choices.full_read_hours,
        most_gone_share=link.choices.most_gone_share,
    )


async def _heard(
    surfaces: Surfaces, store: Store, clock: Clock, steps: Steps, account_id: str | None
) -> JsonValue:
    """What people wrote on profiles since it was last read: their word counts in this scan."""
    from app.bootstrap.notion_pages import listener_of

    link = surfaces.link(steps.tenant_id)
    if link is None:
        return {}
    listener = listener_of(link, store, clock, steps.tenant_id)
    return await (listener.everything() if account_id is None else listener.account(account_id))


def _both(brought: JsonValue, heard: JsonValue) -> JsonValue:
    """The figures of the rows, and those of the pages where there are any."""
    if isinstance(brought, dict) and isinstance(heard, dict) and heard:
        return {**brought, "pages": heard}
    return brought


def feeds_of(settings: Settings) -> tuple[str, ...]:
    """What is brought up to date before each scan of the schedule. Raises ConfigurationError."""
    folder = () if settings.feed_folder is None else (FOLDER,)
    return (*folder, *feeds_asked_for(settings))


def feeds_asked_for(settings: Settings) -> tuple[str, ...]:
    """What is brought up to date before a scan that somebody asks for: files wait for the schedule.

    Raises ConfigurationError.
    """
    notion = (NOTION,) if is_connected(settings, settings.tenant) else ()
    return (*ticket_feeds_of(settings, settings.tenant), *notion)
