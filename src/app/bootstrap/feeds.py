"""The feeds that a process brings up to date: a folder, and Notion where it is connected."""

from __future__ import annotations

from pydantic import JsonValue

from app.bootstrap.surfaces import Surfaces, is_connected
from app.clock import Clock
from app.domain.notion import NOTION
from app.feeds.folder import FOLDER
from app.jobs.flows.feed import FeedFlow
from app.jobs.flows.folder_feed import FolderFeed
from app.ports.engine import Steps
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
        return await feed(steps, account_id)

    folder = FolderFeed(
        store=store,
        clock=clock,
        folder_of=settings.feed_folder_of,
        rejects_of=settings.rejects_of,
    )
    return FeedFlow(feeds={FOLDER: folder, NOTION: notion}, asked_for=feeds_asked_for(settings))


def feeds_of(settings: Settings) -> tuple[str, ...]:
    """What is brought up to date before each scan of the schedule. Raises ConfigurationError."""
    folder = () if settings.feed_folder is None else (FOLDER,)
    return (*folder, *feeds_asked_for(settings))


def feeds_asked_for(settings: Settings) -> tuple[str, ...]:
    """What is brought up to date before a scan that somebody asks for: files wait for the schedule.

    Raises ConfigurationError.
    """
    return (NOTION,) if is_connected(settings, settings.tenant) else ()
