"""A scan with Notion connected, on the durable engine over a socket: from the fact to the row."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.bootstrap import open_app
from app.domain.effect import EffectKind, EffectState
from app.domain.notion import NotionPage, NotionPageKind, NotionRole
from app.jobs.flows.publish import PublishDone
from app.jobs.flows.publish_asking import publish_ask
from app.jobs.flows.scan_flow import scan_ask
from tests.integration.notion_workspace import Workspace
from tests.integration.small_book import MONDAY, TENANT, SmallBook
from tests.servers.notion import TOKEN

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[SmallBook]:
    opened = SmallBook.opened(tmp_path)
    opened.live_book("acme", "north")
    opened.open_p1s("acme", 4, since=TUESDAY - timedelta(days=6))
    yield opened
    opened.store.close()


def connect(book: SmallBook, workspace: Workspace, *rows: str) -> None:
    """The databases, and rows of accounts that the store knows."""
    workspace.connect(book.store)
    pages = [
        NotionPage(
            kind=NotionPageKind.ACCOUNT,
            key=key,
            page_id=workspace.row(NotionRole.ACCOUNTS, {"External ID": key, "Name": key}),
        )
        for key in rows
    ]
    book.store.write_now(TENANT, lambda unit: unit.notion.save_pages(pages))


async def scan(book: SmallBook, address: str, *, token: str = TOKEN) -> PublishDone:
    """A scan, and what was shown after it."""
    notion: dict[str, JsonValue] = {"token": token, "base_url": address}
    settings = book.settings.model_copy(update={"notion": notion})
    async with open_app(settings, clock=lambda: TUESDAY, look_seconds=0.05) as app:
        ask = scan_ask(TENANT, "2026-03-10")
        await app.engine.enqueue(ask)
        await app.engine.result(TENANT, ask.flow_id, timeout_seconds=300)
        shown = publish_ask(TENANT, ask.flow_id)
        told = await app.engine.result(TENANT, shown.flow_id, timeout_seconds=300)
        await until_idle(book)
    return PublishDone.model_validate(told)


async def until_idle(book: SmallBook) -> None:
    """Until nothing is under way that could end by itself at once."""
    for _ in range(200):
        counts = await book.store.read(TENANT, lambda unit: unit.work.counts())
        waiting = counts[EffectState.INTENT]
        due = await book.store.read(
            TENANT, lambda unit: len(unit.work.due(most=9, stale_after_seconds=600))
        )
        if not waiting and not due:
            return
        await asyncio.sleep(0.05)


def record_state(book: SmallBook) -> str:
    rows = book.store.read_now(
        TENANT, lambda unit: unit.work.open(states=frozenset(EffectState), most=99)
    )
    return next(row.state.value for row in rows if row.work.kind is EffectKind.RECORD)


def test_a_scan_shows_every_account_and_flags_the_one_that_fell(book: SmallBook) -> None:
    workspace = Workspace()
    connect(book, workspace, "acme")
    with workspace.server.serving() as address:
        done = asyncio.run(scan(book, address))
    assert (done.accounts.made, done.stopped) == (1, "")
    assert done.tickets.made == 4
    rows = {
        str(workspace.value(row, "External ID")): row for row in workspace.rows(NotionRole.ACCOUNTS)
    }
    assert sorted(rows) == ["acme", "north"]
    assert workspace.value(rows["acme"], "Health Status") in {"Amber", "Red"}
    assert workspace.value(rows["north"], "Last Health Scan") is not None
    assert record_state(book) == "done"


def test_a_revoked_token_fails_no_scan_and_parks_the_record_alone(book: SmallBook) -> None:
    workspace = Workspace()
    connect(book, workspace, "acme", "north")
    with workspace.server.serving() as address:
        done = asyncio.run(scan(book, address, token="ntn_revoked"))
    assert "revoked" in done.stopped
    assert book.record("acme").incident_id
    assert record_state(book) == "parked"
    counts = book.store.read_now(TENANT, lambda unit: unit.work.counts())
    assert counts[EffectState.PARKED] == 1


def test_without_notion_nothing_is_shown_anywhere(book: SmallBook) -> None:
    async def run() -> list[str]:
        async with open_app(book.settings, clock=lambda: TUESDAY, look_seconds=0.05) as app:
            ask = scan_ask(TENANT, "2026-03-10")
            await app.engine.enqueue(ask)
            await app.engine.result(TENANT, ask.flow_id, timeout_seconds=300)
            return [row.flow for row in await app.engine.flows(TENANT)]

    assert "publish" not in asyncio.run(run())
