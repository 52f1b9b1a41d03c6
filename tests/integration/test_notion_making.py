"""Pages made on the Notion test server: once each, whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.blocks.rich_text import NotionObject
from app.domain.notion import NotionPage, NotionPageKind, NotionRole
from app.errors import InvalidInput, ServiceError, TransientServiceError
from app.services.notion.client import NotionApi
from app.services.notion.errors import NotionRefused, UnknownOutcome
from app.services.notion.intents import HOLD_SECONDS, LAG_SECONDS
from app.services.notion.making import Below, PageMaker, Row, Wanted
from app.storage.sql_store import SqlStore
from tests.integration.notion_workspace import TENANT, Moment, Workspace, faults
from tests.servers.notion import Fault, Kind
from tests.servers.notion.world import Page

T = TypeVar("T")
_NUMBERS = count()
POST = "^pages$"


def wanted_row(workspace: Workspace, key: str = "acme") -> Wanted:
    database = workspace.databases[NotionRole.ACCOUNTS]
    name: NotionObject = {"title": [{"type": "text", "text": {"content": "Acme"}}]}
    return Wanted(
        kind=NotionPageKind.ACCOUNT,
        key=key,
        place=Row(
            data_source_id=database.data_source_id,
            key_column=database.columns["External ID"],
            properties={database.columns["Name"].property_id: name},
        ),
    )


def wanted_below(workspace: Workspace, title: str = "Acme – profile") -> Wanted:
    place = Below(page_id=workspace.root, title=title)
    return Wanted(kind=NotionPageKind.PROFILE, key="acme", place=place)


def during(workspace: Workspace, work: Callable[[NotionApi], Awaitable[T]]) -> T:
    async def run() -> T:
        api = workspace.api()
        try:
            return await work(api)
        finally:
            await api.aclose()

    return asyncio.run(run())


def maker(api: NotionApi, store: SqlStore, clock: Moment, tenant: str = TENANT) -> PageMaker:
    return PageMaker(api=api, store=store, tenant_id=tenant, clock=clock)


def made(workspace: Workspace, store: SqlStore, clock: Moment, wanted: Wanted) -> NotionPage:
    return during(workspace, lambda api: maker(api, store, clock).made(wanted))


def posts(workspace: Workspace) -> int:
    return len(workspace.server.heard("POST", "pages"))


def test_a_row_is_made_with_its_key_and_known_from_then_on(sqlite_store: SqlStore) -> None:
    workspace, clock = Workspace(), Moment()
    first = made(workspace, sqlite_store, clock, wanted_row(workspace))
    again = made(workspace, sqlite_store, clock, wanted_row(workspace))
    assert again == first
    assert first.url.startswith("https://")
    assert first.intended_at is None
    (row,) = workspace.rows(NotionRole.ACCOUNTS)
    assert row == first.page_id
    assert workspace.value(row, "External ID") == "acme"
    assert len(workspace.server.log) == 1


@pytest.mark.parametrize("kind", [Kind.INTERNAL, Kind.GATEWAY_TIMEOUT, Kind.SILENT, Kind.RESET])
def test_a_row_saved_without_an_answer_is_found_and_not_made_again(
    sqlite_store: SqlStore, kind: Kind
) -> None:
    workspace, clock = Workspace(), Moment()
    workspace.server.go_wrong(Fault(kind=kind, method="POST", path=POST, is_late=True))
    wanted = wanted_row(workspace)
    with pytest.raises(UnknownOutcome):
        made(workspace, sqlite_store, clock, wanted)
    with pytest.raises(TransientServiceError) as too_soon:
        made(workspace, sqlite_store, clock, wanted)
    assert too_soon.value.retry_after == pytest.approx(LAG_SECONDS)
    clock.advance(LAG_SECONDS)
    page = made(workspace, sqlite_store, clock, wanted)
    assert workspace.rows(NotionRole.ACCOUNTS) == [page.page_id]
    assert posts(workspace) == 1


def test_a_row_that_was_not_saved_is_made_after_a_look(sqlite_store: SqlStore) -> None:
    workspace, clock = Workspace(), Moment()
    workspace.server.go_wrong(Fault(kind=Kind.UNAVAILABLE, method="POST", path=POST))
    wanted = wanted_row(workspace)
    with pytest.raises(UnknownOutcome):
        made(workspace, sqlite_store, clock, wanted)
    clock.advance(LAG_SECONDS)
    page = made(workspace, sqlite_store, clock, wanted)
    assert workspace.rows(NotionRole.ACCOUNTS) == [page.page_id]
    assert len(workspace.server.heard("POST", "data_sources")) == 1


def test_what_notion_says_it_saved_is_adopted_at_once(sqlite_store: SqlStore) -> None:
    workspace, clock = Workspace(), Moment()
    workspace.server.go_wrong(Fault(kind=Kind.UNAVAILABLE, method="POST", path=POST, is_late=True))
    page = made(workspace, sqlite_store, clock, wanted_row(workspace))
    assert workspace.rows(NotionRole.ACCOUNTS) == [page.page_id]
    assert page.url


def test_what_was_saved_and_cannot_be_read_is_found_later(sqlite_store: SqlStore) -> None:
    workspace, clock = Workspace(), Moment()
    workspace.server.go_wrong(
        Fault(kind=Kind.UNAVAILABLE, method="POST", path=POST, is_late=True),
        *[Fault(kind=Kind.INTERNAL, method="GET", path="^pages/")] * 12,
    )
    wanted = wanted_row(workspace)
    with pytest.raises(UnknownOutcome):
        made(workspace, sqlite_store, clock, wanted)
    clock.advance(LAG_SECONDS)
    page = made(workspace, sqlite_store, clock, wanted)
    assert workspace.rows(NotionRole.ACCOUNTS) == [page.page_id]


def test_a_refusal_leaves_nothing_behind(sqlite_store: SqlStore) -> None:
    workspace, clock = Workspace(), Moment()
    wanted = wanted_row(workspace)
    assert isinstance(wanted.place, Row)
    wanted.place.properties["nope"] = {"number": 1}
    with pytest.raises(NotionRefused):
        made(workspace, sqlite_store, clock, wanted)
    known = sqlite_store.read_now(TENANT, lambda unit: unit.notion.pages(NotionPageKind.ACCOUNT))
    assert known == {}


def test_an_overload_may_be_tried_again_at_once(sqlite_store: SqlStore) -> None:
    workspace, clock = Workspace(), Moment()
    busy = Fault(kind=Kind.OVERLOADED, method="POST", path=POST, retry_after=0)
    workspace.server.go_wrong(*[busy] * 8)
    with pytest.raises(TransientServiceError):
        made(workspace, sqlite_store, clock, wanted_row(workspace))
    workspace.server.plan.planned = []
    assert made(workspace, sqlite_store, clock, wanted_row(workspace)).page_id


def test_an_intent_of_a_dead_process_is_taken_over_when_its_call_is_surely_over(
    sqlite_store: SqlStore,
) -> None:
    workspace, clock = Workspace(), Moment()
    row = workspace.row(NotionRole.ACCOUNTS, {"External ID": "acme"})
    intent = NotionPage(kind=NotionPageKind.ACCOUNT, key="acme", intended_at=clock.now)
    sqlite_store.write_now(TENANT, lambda unit: unit.notion.save_pages([intent]))
    clock.advance(HOLD_SECONDS - 1)
    with pytest.raises(TransientServiceError):
        made(workspace, sqlite_store, clock, wanted_row(workspace))
    assert workspace.server.log == []
    clock.advance(1)
    assert made(workspace, sqlite_store, clock, wanted_row(workspace)).page_id == row


def test_a_look_that_fails_leaves_the_intent_for_the_next(sqlite_store: SqlStore) -> None:
    workspace, clock = Workspace(), Moment()
    wanted = wanted_row(workspace)
    workspace.server.go_wrong(Fault(kind=Kind.RESET, method="POST", path=POST, is_late=True))
    with pytest.raises(UnknownOutcome):
        made(workspace, sqlite_store, clock, wanted)
    clock.advance(LAG_SECONDS)
    workspace.server.go_wrong(*[Fault(kind=Kind.INTERNAL, path="query$")] * 12)
    with pytest.raises(TransientServiceError):
        made(workspace, sqlite_store, clock, wanted)
    workspace.server.plan.planned = []
    page = made(workspace, sqlite_store, clock, wanted)
    assert workspace.rows(NotionRole.ACCOUNTS) == [page.page_id]


def test_of_several_rows_with_the_key_the_oldest_is_ours(sqlite_store: SqlStore) -> None:
    workspace, clock = Workspace(), Moment()
    oldest = workspace.row(NotionRole.ACCOUNTS, {"External ID": "acme"})
    workspace.server.advance(minutes=5)
    workspace.row(NotionRole.ACCOUNTS, {"External ID": "acme"})
    workspace.row(NotionRole.ACCOUNTS, {"External ID": "ACME"})
    intent = NotionPage(kind=NotionPageKind.ACCOUNT, key="acme", intended_at=clock.now)
    sqlite_store.write_now(TENANT, lambda unit: unit.notion.save_pages([intent]))
    clock.advance(HOLD_SECONDS)
    assert made(workspace, sqlite_store, clock, wanted_row(workspace)).page_id == oldest


def test_a_page_below_another_is_known_by_its_title_and_its_maker(sqlite_store: SqlStore) -> None:
    workspace, clock = Workspace(), Moment()
    title = 'Acme "North/South" 🚀\u200b – profile'
    page = made(workspace, sqlite_store, clock, wanted_below(workspace, title))
    sqlite_store.write_now(
        TENANT, lambda unit: unit.notion.forget_pages(NotionPageKind.PROFILE, ["acme"])
    )
    again = made(workspace, sqlite_store, clock, wanted_below(workspace, title))
    assert again == page
    assert posts(workspace) == 1


def test_a_page_of_this_title_that_a_person_made_is_not_ours(sqlite_store: SqlStore) -> None:
    workspace, clock = Workspace(), Moment()
    person = workspace.server.seed.person("Ada", "ada@example.com")
    theirs = workspace.server.seed.page("Acme – profile", under=workspace.root)
    workspace.server.world.find(Page, theirs).created_by = person
    assert made(workspace, sqlite_store, clock, wanted_below(workspace)).page_id != theirs


@pytest.mark.parametrize("key", ["", "k" * 2001])
def test_a_key_that_no_column_can_carry_is_refused_before_anything(
    sqlite_store: SqlStore, key: str
) -> None:
    workspace = Workspace()
    with pytest.raises(InvalidInput):
        made(workspace, sqlite_store, Moment(), wanted_row(workspace, key))
    assert workspace.server.log == []


async def _try(work: PageMaker, wanted: Wanted) -> None:
    try:
        await work.made(wanted)
    except ServiceError:
        return


_FAULTS = st.lists(st.sampled_from([None, *faults(paths="")]), max_size=6)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    planned=_FAULTS,
    pauses=st.lists(st.sampled_from([0.0, 1.0, LAG_SECONDS, HOLD_SECONDS]), max_size=5),
    workers=st.integers(1, 3),
    is_below=st.booleans(),
)
def test_whatever_goes_wrong_and_whoever_tries_there_is_one_page_for_a_key(
    sqlite_store: SqlStore,
    planned: list[Fault | None],
    pauses: list[float],
    workers: int,
    is_below: bool,
) -> None:
    workspace, clock, tenant = Workspace(), Moment(), f"t-{next(_NUMBERS)}"
    wanted = wanted_below(workspace) if is_below else wanted_row(workspace)
    fine = Fault(kind=Kind.SLOW)
    workspace.server.go_wrong(*[fault or fine for fault in planned])

    async def run(api: NotionApi) -> NotionPage:
        makers = [maker(api, sqlite_store, clock, tenant) for _ in range(workers)]
        for pause in pauses:
            await asyncio.gather(*[_try(one, wanted) for one in makers])
            clock.advance(pause)
        workspace.server.plan.planned = []
        clock.advance(HOLD_SECONDS)
        return await makers[0].made(wanted)

    page = during(workspace, run)
    world = workspace.server.world
    there = (
        [node.id for node in world.living(workspace.root) if isinstance(node, Page)]
        if is_below
        else workspace.rows(NotionRole.ACCOUNTS)
    )
    assert there == [page.page_id]
