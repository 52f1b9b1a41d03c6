"""Tickets that others keep in Notion, read: the open ones, and those that were closed meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from app.blocks.rich_text import NotionObject
from app.domain.notion import NotionColumn, NotionDatabase, NotionPage
from app.feeds.notion.ground import Ground
from app.feeds.notion.stages import Stages, stages_of
from app.feeds.notion.ticket_values import ReadTicket, read_ticket
from app.feeds.notion.ticket_writing import close_tickets, write_tickets
from app.ports.store import Unit

HISTORY = timedelta(days=183)
"""How far back closed tickets are brought in when a database is read for the first time."""
LONG = "Account"


async def read_tickets(ground: Ground, database: NotionDatabase) -> None:
    """Bring in what there is. Raises ServiceError, TooManyGone: then it is not over.

    A whole reading asks for open tickets and for those closed since the last one; one that was
    open and is not there any more is closed.
    """
    stages = await _stages(ground, database)
    since = None if ground.is_due(database) else database.read_until
    if since is not None:
        await _take(ground, database, stages, ground.edited(database, since))
    else:
        where = stages.still_open
        await _take(ground, database, stages, ground.everything(database, where))
        if where is not None:
            until = database.read_until or ground.now - HISTORY
            await _take(ground, database, stages, ground.edited(database, until, stages.over))
    known = ground.known.tickets
    gone = known.gone(ground.tally.seen) if since is None else []
    ground.believe(gone, len(known.by_ticket), "tickets")

    def settle(unit: Unit) -> None:
        close_tickets(unit, gone, ground.now)
        ground.keep_cursor(unit, database, is_full=since is None)

    await ground.store.write(ground.tenant_id, settle)
    known.forget(gone)
    ground.tally.closed += len(gone)


async def read_tickets_of(
    ground: Ground, database: NotionDatabase, account_id: str, page: NotionPage
) -> None:
    """Bring in the tickets of one account. Raises ServiceError."""
    column = database.columns.get("Account")
    where = None if column is None else await _of_account(ground, column, account_id, page)
    if where is None:
        return
    stages = await _stages(ground, database)
    await _take(ground, database, stages, ground.everything(database, where))


async def _of_account(
    ground: Ground, column: NotionColumn, account_id: str, page: NotionPage
) -> NotionObject | None:
    """A filter for the account's tickets; None: its column cannot be asked for them."""
    if column.type == "relation":
        return {"property": column.property_id, "relation": {"contains": page.page_id}}
    if column.type != "rich_text":
        return None
    found = await ground.store.read(ground.tenant_id, lambda unit: unit.book.accounts([account_id]))
    names = {account_id, *(account.name for account in found.values())}
    return {
        "or": [
            {"property": column.property_id, "rich_text": {"equals": name}}
            for name in sorted(names)
        ]
    }


async def _stages(ground: Ground, database: NotionDatabase) -> Stages:
    column = database.columns.get("Status")
    if column is None or column.type not in {"select", "status"}:
        return Stages()
    return stages_of(await ground.api.data_sources.retrieve(database.data_source_id), column)


async def _take(
    ground: Ground, database: NotionDatabase, stages: Stages, pages: AsyncIterator[NotionObject]
) -> None:
    known, tally = ground.known, ground.tally

    async def read() -> AsyncIterator[ReadTicket]:
        async for row in ground.rows(pages, database, LONG):
            tally.tickets += 1
            tally.seen.add(row.page_id)
            ticket, refused = read_ticket(row, database.columns, stages, known.reading)
            for value in refused:
                tally.refuse(value)
            if ticket is not None:
                yield ticket

    def write(unit: Unit, rows: Sequence[ReadTicket]) -> None:
        write_tickets(unit, rows, known.ties.known, known.tickets, tally, now=ground.now)

    await ground.in_batches(read(), write)
