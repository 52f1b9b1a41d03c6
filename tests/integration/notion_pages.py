"""What stands on pages of the Notion test server, as a test asks for it; and adapters on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.services.notion.client import NotionApi
from tests.integration.notion_workspace import Workspace
from tests.servers.notion.shapes import Json
from tests.servers.notion.texts import plain
from tests.servers.notion.world import Block, Page

T = TypeVar("T")


def during(
    workspace: Workspace, work: Callable[[NotionApi], Awaitable[T]], *, within_seconds: float = 5.0
) -> T:
    """Work with the real client on the server."""

    async def run() -> T:
        api = workspace.api(within_seconds=within_seconds)
        try:
            return await work(api)
        finally:
            await api.aclose()

    return asyncio.run(run())


def lines(workspace: Workspace, page_id: str) -> list[str]:
    """The texts of a page's first level, sub-pages by their titles."""
    return [_words(node) for node in workspace.server.world.living(page_id)]


def kinds(workspace: Workspace, page_id: str) -> list[str]:
    """The kinds of a page's first level."""
    nodes = workspace.server.world.living(page_id)
    return [node.type if isinstance(node, Block) else "child_page" for node in nodes]


def sub_pages(workspace: Workspace, page_id: str) -> list[str]:
    """The ids of a page's sub-pages."""
    nodes = workspace.server.world.living(page_id)
    return [node.id for node in nodes if isinstance(node, Page)]


def _words(node: Json) -> str:
    if isinstance(node, Page):
        return plain(node.values["title"])
    return plain(node.content.get("rich_text", []))
