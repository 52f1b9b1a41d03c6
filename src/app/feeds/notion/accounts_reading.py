"""Accounts read out of Notion: all of them, those that were edited, or one that is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from app.blocks.rich_text import NotionObject
from app.domain.feed import FactKind
from app.domain.notion import NotionDatabase, NotionPage, NotionPageKind
from app.feeds.notion.account_values import ReadAccount, read_account
from app.feeds.notion.account_writing import write_accounts
from app.feeds.notion.ground import Ground, only
from app.feeds.notion.ticket_writing import directory_in
from app.feeds.unresolved import place_unresolved
from app.ports.store import Unit
from app.services.notion.fields import gone as taken_away

LONG = "Notes"


async def read_accounts(ground: Ground, database: NotionDatabase) -> None:
    """Bring in what there is. Raises ServiceError, TooManyGone: then it is not over.

    An account whose row is gone stays, with all that is known of it; only its page is forgotten,
    and none is made in its place.
    """
    since = None if ground.is_due(database) else database.read_until
    pages = ground.everything(database) if since is None else ground.edited(database, since)
    await _take(ground, database, pages)
    ties = ground.known.ties
    gone = ties.gone(ground.tally.seen) if since is None else []
    ground.believe(gone, len(ties.known), "accounts")

    def settle(unit: Unit) -> None:
        _place_tickets(unit, ground)
        unit.notion.forget_pages(NotionPageKind.ACCOUNT, gone)
        taken = [taken_away(NotionPageKind.ACCOUNT, key, "", now=ground.now) for key in gone]
        unit.notion.save_fields(taken)
        ground.keep_cursor(unit, database, is_full=since is None)

    await ground.store.write(ground.tenant_id, settle)
    ties.forget(gone)
    ground.tally.gone += gone


async def read_account_page(ground: Ground, database: NotionDatabase, page: NotionPage) -> None:
    """Bring in one account, by its page; one in the trash is left for the next whole reading.

    Raises ServiceError.
    """
    answer = await ground.api.pages.retrieve(page.page_id)
    if answer.get("in_trash") is not True:
        await _take(ground, database, only(answer))
        await ground.store.write(ground.tenant_id, lambda unit: _place_tickets(unit, ground))


async def _take(
    ground: Ground, database: NotionDatabase, pages: AsyncIterator[NotionObject]
) -> None:
    known = ground.known

    async def read() -> AsyncIterator[ReadAccount]:
        async for row in ground.rows(pages, database, LONG):
            yield read_account(row, database.columns, known.reading)

    def write(unit: Unit, rows: Sequence[ReadAccount]) -> None:
        write_accounts(
            unit,
            rows,
            known.ties,
            ground.tally,
            now=ground.now,
            reports=FactKind.SIGNALS in known.feed.provides,
        )

    await ground.in_batches(read(), write)


def _place_tickets(unit: Unit, ground: Ground) -> None:
    """Tickets that wait for one of these accounts may have it now."""
    known = ground.known.ties.known
    place_unresolved(unit, lambda unit, named: directory_in(unit, known, named))
