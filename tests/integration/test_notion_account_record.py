"""The account record where Notion is connected: the store's flag, and the row beside it."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.effect import EffectKind, WorkOwed
from app.errors import AccessExpired, PermanentServiceError, ServiceError, TransientServiceError
from app.services.account_flag import FlagAccount
from app.services.notion.account_record import FlagAccountAndRow
from app.services.notion.publishing import AccountRows
from app.storage.sql_store import SqlStore
from tests import builders
from tests.integration.notion_surface import Shown
from tests.integration.notion_workspace import TENANT
from tests.servers.notion import Fault, Kind
from tests.servers.notion.faults import Mix
from tests.servers.notion.world import Page

WORK = builders.work_owed(
    key="main:tam_escalation:acme:1:1:record",
    kind=EffectKind.RECORD,
    payload={"agent": "tam", "account_id": "acme", "incident_id": "i-1"},
)


@pytest.fixture
def shown(sqlite_store: SqlStore) -> Shown:
    made = Shown(store=sqlite_store)
    made.add_accounts("acme")
    made.assess("acme", score=20, band=Band.RED)
    return made


def perform(shown: Shown, work: WorkOwed = WORK) -> str:
    async def run() -> str:
        api = shown.workspace.api(token=shown.token)
        sink = FlagAccountAndRow(
            FlagAccount(shown.store, TENANT), lambda: shown.rows_of(api), api.aclose
        )
        try:
            return await sink.create(work, at=shown.clock(), repeat=False)
        finally:
            await sink.aclose()

    return asyncio.run(run())


def flag(shown: Shown) -> str:
    records = shown.store.read_now(TENANT, lambda unit: unit.health.records(Agent.TAM, ["acme"]))
    return records["acme"].incident_id


def test_the_store_is_flagged_and_the_row_says_how_it_stands(shown: Shown) -> None:
    assert perform(shown) == "tam:acme"
    assert flag(shown) == "i-1"
    assert shown.value("acme", "Health Status") == "Red"
    assert len(shown.since("PATCH")) == 1
    assert shown.publish().accounts.written == 0


def test_a_row_that_was_shown_since_the_scan_is_not_written_again(shown: Shown) -> None:
    shown.publish()
    shown.since("PATCH")
    assert perform(shown) == "tam:acme"
    assert flag(shown) == "i-1"
    assert shown.since("PATCH") == []


def test_a_row_whose_flag_is_owed_is_left_to_it(shown: Shown) -> None:
    shown.add_accounts("beta")
    shown.assess("beta")
    owed = builders.work_owed(
        key="main:i-1:1:record", kind=EffectKind.RECORD, subject="acme", payload=WORK.payload
    )
    shown.store.write_now(TENANT, lambda unit: unit.effects.owe([owed]))
    shown.publish()
    assert shown.value("beta", "Health Status") == "Green"
    assert shown.value("acme", "Health Status") is None
    assert perform(shown, owed) == "tam:acme"
    assert shown.value("acme", "Health Status") == "Red"


def test_what_a_person_changed_by_hand_is_put_right(shown: Shown) -> None:
    perform(shown)
    ada = shown.workspace.server.seed.person("Ada", "ada@e.com")
    row = shown.page("acme").page_id
    shown.workspace.server.seed.edit(row, {"Health Status": "Green"}, by=ada)
    shown.clock.advance(86_400)
    shown.assess("acme", score=20, band=Band.RED)
    perform(shown)
    assert shown.value("acme", "Health Status") == "Red"


def failing(shown: Shown) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        perform(shown)
    assert flag(shown) == "i-1"
    return caught.value


def test_without_a_row_it_is_tried_again_later(shown: Shown) -> None:
    kinds = shown.page("acme").kind
    shown.store.write_now(TENANT, lambda unit: unit.notion.forget_pages(kinds, ["acme"]))
    error = failing(shown)
    assert isinstance(error, TransientServiceError)
    assert error.retry_after == 60


def test_notion_that_is_down_leaves_the_flag_set(shown: Shown) -> None:
    down = Fault(kind=Kind.INTERNAL, method="PATCH")
    shown.workspace.server.go_wrong(mix=Mix(share=1.0, faults=(down,)))
    assert isinstance(failing(shown), TransientServiceError)
    shown.workspace.server.plan.mix = None
    assert perform(shown) == "tam:acme"


def test_a_revoked_token_is_told_apart(shown: Shown) -> None:
    shown.token = "ntn_revoked"
    assert isinstance(failing(shown), AccessExpired)


def test_a_row_that_a_person_took_away_is_for_a_person(shown: Shown) -> None:
    shown.workspace.server.world.find(Page, shown.page("acme").page_id).in_trash = True
    shown.publish()
    error = failing(shown)
    assert isinstance(error, PermanentServiceError)
    assert "taken away" in str(error)


def test_where_no_database_is_connected_the_flag_is_all(sqlite_store: SqlStore) -> None:
    shown = Shown(store=sqlite_store)
    assert perform(shown, builders.work_owed(kind=EffectKind.RECORD, payload=WORK.payload))
    assert shown.since() == []


def test_its_check_asks_whether_the_token_is_taken(shown: Shown) -> None:
    async def run(token: str, *, rows: bool) -> None:
        api = shown.workspace.api(token=token)
        found: AccountRows | None = shown.rows_of(api) if rows else None
        sink = FlagAccountAndRow(FlagAccount(shown.store, TENANT), lambda: found, api.aclose)
        try:
            await sink.check()
        finally:
            await sink.aclose()

    asyncio.run(run(shown.token, rows=True))
    asyncio.run(run("ntn_wrong", rows=False))
    with pytest.raises(AccessExpired):
        asyncio.run(run("ntn_wrong", rows=True))
