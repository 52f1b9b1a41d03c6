"""A plan carried out: one database made or completed, and what is to be remembered of it."""

from __future__ import annotations

from dataclasses import replace

from app.domain.notion import NotionDatabase
from app.errors import AccessExpired, InvalidInput, PermanentServiceError
from app.services.notion.client import NotionApi
from app.services.notion.columns import TITLES
from app.services.notion.errors import SYSTEM, BlockLimitReached
from app.services.notion.setup.bodies import additions
from app.services.notion.setup.making import LAG_SECONDS, add_columns, make_database
from app.services.notion.setup.matching import NEW, Asked, columns_of, matched
from app.services.notion.setup.planning import Plan, Survey
from app.services.notion.setup.schema import Source

_USED_UP = (
    "the workspace has used up the 1,000 blocks that a free one with several members has: nothing "
    "new can be made there; upgrade it, or connect databases that are there"
)


async def settled(
    api: NotionApi,
    survey: Survey,
    plan: Plan,
    *,
    parent_id: str,
    accounts_source: str,
    lag_seconds: float = LAG_SECONDS,
) -> NotionDatabase:
    """Make what is missing of one database; where nothing is, nothing is sent.

    `accounts_source` is that of the accounts, once they are there. Raises ServiceError in words
    that say what to do.
    """
    try:
        if plan.source is None:
            source = await make_database(
                api,
                plan.role,
                parent_id=parent_id,
                bot_id=survey.bot.bot_id,
                accounts_source=accounts_source,
                known={child.database_id for child in survey.children},
                lag_seconds=lag_seconds,
            )
            plan = with_source(plan, source, accounts_source)
        if plan.added and plan.source is not None:
            columns = additions(plan.added, accounts_source)
            plan = with_source(plan, await add_columns(api, plan.source, columns), accounts_source)
    except BlockLimitReached as exc:
        raise PermanentServiceError(SYSTEM, exc.operation, _USED_UP) from exc
    except AccessExpired as exc:
        told = (
            f"{TITLES[plan.role]} cannot be changed: {exc}; in Notion's settings give the "
            "connection the rights to read, update and insert content"
        )
        raise AccessExpired(SYSTEM, exc.operation, told) from exc
    return remembered(plan)


def remembered(plan: Plan) -> NotionDatabase:
    """The database as it is to be kept; where columns changed, it is read anew from its beginning.

    What was read of it stays known where the same columns of the same data source are mapped.
    Raises InvalidInput for one that is still to be made.
    """
    source = plan.source
    if source is None:
        raise InvalidInput(f"{TITLES[plan.role]} is not there yet")
    new = NotionDatabase(
        role=plan.role,
        database_id=source.database_id,
        data_source_id=source.data_source_id,
        columns=columns_of(plan.matches),
        is_written=plan.is_written,
        url=source.url,
    )
    earlier = plan.earlier
    if earlier is None or _ids(earlier) != _ids(new):
        return new
    return replace(new, read_until=earlier.read_until, full_read_at=earlier.full_read_at)


def with_source(plan: Plan, source: Source, accounts_source: str) -> Plan:
    """The plan matched anew: what was to be added under a name is there under that name now."""
    asked = plan.asked
    if asked is None:
        asked = Asked(
            role=plan.role, source=source, accounts_source=accounts_source, is_written=True
        )
    chosen = {
        ours: name.removeprefix(NEW) if source.named(name.removeprefix(NEW)) else name
        for ours, name in asked.chosen.items()
    }
    asked = replace(asked, source=source, chosen=chosen)
    return replace(plan, source=source, asked=asked, matches=matched(asked))


def _ids(database: NotionDatabase) -> dict[str, tuple[str, str]]:
    return {name: (one.property_id, one.type) for name, one in database.columns.items()}
