"""Notion asked how everything stands that is connected; the judgement is made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.blocks.rich_text import NotionObject
from app.domain.notion import NotionColumn, NotionDatabase, NotionRole
from app.errors import AccessExpired, NotFound, ServiceError
from app.services.notion.client import NotionApi
from app.services.notion.columns import TITLES
from app.services.notion.query import query_all
from app.services.notion.rows import Cell, row_of
from app.services.notion.setup.drift import (
    CONNECT,
    KEYS,
    Drift,
    drift_of,
    ownership_drift,
    renewed,
    rows_drift,
)
from app.services.notion.setup.sampling import sample_of
from app.services.notion.setup.wishes import ROLES
from app.services.notion.setup.workspace import Bot, bot_of, source_in, title_of_page

NOTION = "Notion"
"""What a drift is about where it is the connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How everything stands."""

    bot: Bot | None
    """None: it could not be asked."""
    drifts: tuple[Drift, ...]
    databases: tuple[NotionDatabase, ...] = ()
    """Those that could be read, with the names that their columns have now."""

    @property
    def is_well(self) -> bool:
        """Whether nothing must be mended."""
        return not any(drift.is_wrong for drift in self.drifts)


async def checked(
    api: NotionApi,
    stored: Mapping[NotionRole, NotionDatabase],
    *,
    parent_id: str,
    with_rows: bool,
) -> Checked:
    """Look at the connection and each database; with its rows, at all of them.

    What cannot be reached is told as a drift; nothing is raised.
    """
    try:
        bot = await bot_of(api)
    except ServiceError as exc:
        return Checked(bot=None, drifts=(_unreached(NOTION, exc),))
    drifts: list[Drift] = []
    if not stored:
        says = "the token works, and no database is connected: nothing is read or written"
        drifts.append(Drift(about=NOTION, says=says, mend=CONNECT, is_wrong=True))
    drifts += await _of_parent(api, parent_id)
    accounts = stored.get(NotionRole.ACCOUNTS)
    accounts_source = "" if accounts is None else accounts.data_source_id
    read: list[NotionDatabase] = []
    for role, database in ((role, stored[role]) for role in ROLES if role in stored):
        try:
            source = await source_in(api, database.database_id, database.data_source_id)
            drifts += drift_of(database, source, accounts_source=accounts_source)
            read.append(renewed(database, source))
            drifts += await _of_rows(api, database, bot.bot_id, with_rows=with_rows)
        except NotFound as exc:
            mend = f"or have another found or made for it: {CONNECT} --anew"
            drifts.append(Drift(about=TITLES[role], says=str(exc), mend=mend, is_wrong=True))
        except ServiceError as exc:
            drifts.append(_unreached(TITLES[role], exc))
    return Checked(bot=bot, drifts=tuple(drifts), databases=tuple(read))


async def _of_parent(api: NotionApi, parent_id: str) -> list[Drift]:
    if not parent_id:
        return []
    try:
        await title_of_page(api, parent_id)
    except NotFound as exc:
        mend = "needed when a database is to be made: share it, or set parent_page"
        return [Drift(about=NOTION, says=str(exc), mend=mend)]
    except ServiceError as exc:
        return [_unreached(NOTION, exc)]
    return []


async def _of_rows(
    api: NotionApi, database: NotionDatabase, bot_id: str, *, with_rows: bool
) -> list[Drift]:
    if not with_rows:
        return []
    drifts: list[Drift] = []
    if database.role is NotionRole.TICKETS and database.is_written:
        sample = await sample_of(api, database.data_source_id, bot_id)
        drifts += ownership_drift(database, sample)
    column = database.columns.get(KEYS[database.role])
    if column is not None:
        rows = query_all(api, database.data_source_id, only=[column.property_id])
        keys = [_key(page, column) async for page in rows]
        drifts += rows_drift(database.role, keys)
    return drifts


def _key(page: NotionObject, column: NotionColumn) -> str:
    row = row_of(page)
    cell = None if row is None else row.cell(column)
    return (cell or Cell()).text.strip()


def _unreached(about: str, error: ServiceError) -> Drift:
    if isinstance(error, AccessExpired):
        mend = "tend connect notion --new-token, or set another token in TEND_NOTION"
    else:
        mend = "try again in some minutes"
    return Drift(about=about, says=str(error), mend=mend, is_wrong=True)
