"""Notion as a feed among the flows: found by its name, before scans, for one account or all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.bootstrap.feeds import feeds_asked_for, feeds_of
from app.bootstrap.notion import NotionLink
from app.domain.flow import FlowAsk, FlowName, FlowState
from app.domain.notion import NOTION
from app.jobs.flows.feed import FeedFlow
from app.jobs.flows.notion_feed import NotionFeed
from app.jobs.flows.scan_flow import ScanFlow, feed_ask, scan_ask
from app.jobs.inline import InlineEngine
from app.ports.engine import FlowBody
from app.settings import Settings
from app.storage.sql_store import SqlStore
from tests.integration.notion_crm import NOW, Crm


@pytest.fixture
def crm(sqlite_store: SqlStore, tmp_path: Path) -> Crm:
    return Crm(store=sqlite_store, home=tmp_path)


def nowhere(tenant: str) -> bool:
    return False


def run(crm: Crm, asks: Sequence[FlowAsk]) -> list[JsonValue]:
    """Run these flows, one after the other; what each returns."""
    crm.server.now = crm.now
    crm.server.log.clear()

    async def all_of_them() -> list[JsonValue]:
        link = NotionLink(config=crm.config, api=crm.api())
        feed = NotionFeed(
            store=crm.store,
            clock=lambda: crm.now,
            link_of=lambda tenant: link if tenant == crm.tenant else None,
            rejects_of=lambda _: crm.rejects,
        )
        scan = ScanFlow(store=crm.store, clock=lambda: crm.now, shows=nowhere)
        shapes: dict[FlowName, FlowBody] = {
            FlowName.FEED: FeedFlow(feeds={NOTION: feed}),
            FlowName.SCAN: scan,
        }
        engine = InlineEngine(shapes=shapes, clock=lambda: crm.now)
        results: list[JsonValue] = []
        for ask in asks:
            await engine.enqueue(ask)
            results.append(await engine.result(ask.tenant_id, ask.flow_id, timeout_seconds=5))
        flows = await engine.flows("main", states=tuple(FlowState))
        assert {flow.state for flow in flows} <= {FlowState.DONE}
        await link.api.aclose()
        return results

    return asyncio.run(all_of_them())


def test_a_scan_sees_what_its_feed_brought(crm: Crm) -> None:
    crm.account("Acme")
    crm.account("North")
    (done,) = run(crm, [scan_ask("main", "one", feeds=[NOTION])])
    assert isinstance(done, dict)
    assert done["assessed"] == 4


def test_the_scan_of_an_account_asks_its_feeds_for_that_account(crm: Crm) -> None:
    pages = [crm.account(name) for name in ("Acme", "North")]
    run(crm, [feed_ask("main", NOTION, request_id="one")])
    run(crm, [scan_ask("main", "two", account_id="acme", feeds=[NOTION])])
    assert crm.asked() == [("GET", pages[0])]


def test_a_tenant_that_is_not_connected_has_nothing_to_read(crm: Crm) -> None:
    assert run(crm, [feed_ask("other", NOTION, request_id="one")]) == [{}]
    assert not crm.server.log


def test_a_feed_that_fails_is_told_and_the_scan_goes_on(crm: Crm) -> None:
    crm.account("Acme")
    run(crm, [feed_ask("main", NOTION, request_id="one")])
    crm.server.connections["ntn_test"].is_revoked = True
    (done,) = run(crm, [scan_ask("main", "two", feeds=[NOTION])])
    assert isinstance(done, dict)
    assert done["assessed"] == 2
    assert crm.feed().failed_since == NOW


def test_feeds_are_those_that_the_settings_name(tmp_path: Path) -> None:
    bare = Settings(home=tmp_path)
    both = Settings(home=tmp_path, feed_folder=tmp_path, notion={"token": "ntn_x"})
    assert (feeds_of(bare), feeds_asked_for(bare)) == ((), ())
    assert (feeds_of(both), feeds_asked_for(both)) == (("folder", "notion"), ("notion",))
