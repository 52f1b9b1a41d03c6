"""Databases and columns made, each once: what may have been saved is looked up before another try.

A database is known again by its place, its title and who made it; a column by its name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress

from app.blocks.rich_text import NotionObject
from app.domain.notion import NotionRole
from app.errors import PermanentServiceError
from app.services.notion.client import NotionApi
from app.services.notion.columns import TITLES
from app.services.notion.errors import SYSTEM, UnknownOutcome
from app.services.notion.setup.bodies import database_body
from app.services.notion.setup.schema import Source, container_of
from app.services.notion.setup.workspace import databases_on, source_in

MOST_TRIES = 5
LAG_SECONDS = 3.0
"""How late what was saved may still appear; it is looked for twice."""


async def make_database(
    api: NotionApi,
    role: NotionRole,
    *,
    parent_id: str,
    bot_id: str,
    accounts_source: str,
    known: Collection[str],
    lag_seconds: float = LAG_SECONDS,
) -> Source:
    """Make the database of a role below a page.

    `known` are the databases that lie there already: another of the title that the connection made
    is the one whose making was not answered. Raises ServiceError.
    """
    body = database_body(role, parent_id, accounts_source)
    for _ in range(MOST_TRIES):
        try:
            made = container_of(await api.databases.create(**body)).database_id
        except UnknownOutcome as exc:
            made = exc.committed_resource_id
            for _ in range(2):
                if not made:
                    await asyncio.sleep(lag_seconds)
                    made = await _appeared(api, role, parent_id, bot_id, known)
        if made:
            return await source_in(api, made)
    told = f"it is not known whether {TITLES[role]} was made: run tend connect notion again"
    raise PermanentServiceError(SYSTEM, "databases.create", told)


async def add_columns(api: NotionApi, source: Source, columns: NotionObject) -> Source:
    """Add columns by name; the data source as it is then. Raises ServiceError."""
    missing = columns
    for _ in range(MOST_TRIES):
        with suppress(UnknownOutcome):  # what became of it is read below
            await api.data_sources.update(source.data_source_id, properties=missing)
        source = await source_in(api, source.database_id, source.data_source_id)
        missing = {name: body for name, body in columns.items() if source.named(name) is None}
        if not missing:
            return source
    told = f"these columns could not be added: {', '.join(missing)}"
    raise PermanentServiceError(SYSTEM, "data_sources.update", told)


async def _appeared(
    api: NotionApi, role: NotionRole, parent_id: str, bot_id: str, known: Collection[str]
) -> str:
    """The database of the title that was not there before; empty: there is none."""
    for child in await databases_on(api, parent_id):
        is_ours = child.made_by == bot_id and child.title == TITLES[role]
        if is_ours and child.database_id not in known:
            return child.database_id
    return ""
