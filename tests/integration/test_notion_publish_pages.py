"""Pages of blocks in the publish flow: in turn, each on its own, and linked from their rows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from pydantic import JsonValue

from app.domain.notion import NotionPage, NotionPageKind
from app.errors import AccessExpired, AppError, NotFound, TransientServiceError
from app.jobs.flows.publish_pages import NoPages
from app.services.notion.errors import BlockLimitReached
from app.storage.sql_store import SqlStore
from tests.integration.notion_surface import Shown
from tests.integration.notion_workspace import TENANT

PASSING = TransientServiceError("notion", "append", "answered 500")
URL = "https://notion.so/profile"


@dataclass
class Pages:
    """`PagesPart` whose pages go wrong as told; every key asked for is kept."""

    store: SqlStore
    keys: Sequence[str] = ()
    errors: dict[str, AppError] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    asked: list[Sequence[str] | None] = field(default_factory=list)

    async def due(self, tenant_id: str, account_ids: Sequence[str] | None) -> Sequence[str]:
        assert tenant_id == TENANT
        self.asked.append(account_ids)
        return self.keys

    async def one(self, tenant_id: str, key: str) -> JsonValue:
        self.tried.append(key)
        if key in self.errors:
            raise self.errors[key]
        page = NotionPage(kind=NotionPageKind.PROFILE, key=key, page_id="p", url=URL)
        await self.store.write(tenant_id, lambda unit: unit.notion.save_pages([page]))
        return {}


@pytest.fixture
def shown(sqlite_store: SqlStore) -> Shown:
    made = Shown(store=sqlite_store)
    made.add_accounts("acme", "beta")
    made.assess("acme", "beta")
    return made


def test_a_new_profile_is_linked_from_its_row_in_the_same_run(shown: Shown) -> None:
    shown.pages = pages = Pages(shown.store, keys=["acme"])
    done = shown.publish()
    assert (done.pages.due, done.pages.done) == (1, 1)
    assert shown.value("acme", "TAM Profile") == URL
    assert done.accounts.written == 3
    shown.publish("beta")
    assert [one if one is None else list(one) for one in pages.asked] == [None, ["beta"]]


def test_a_page_that_fails_keeps_no_other_from_its_turn(shown: Shown) -> None:
    errors: dict[str, AppError] = {"a": PASSING, "c": NotFound("there is no account")}
    shown.pages = pages = Pages(shown.store, keys=["a", "b", "c", "d", "b"], errors=errors)
    done = shown.publish()
    assert pages.tried == ["a", "b", "c", "d"]
    assert (done.pages.due, done.pages.done) == (4, 2)
    assert list(done.pages.refused) == ["a", "c"]
    assert done.stopped == ""


def test_a_revoked_token_ends_the_pages_too(shown: Shown) -> None:
    revoked = AccessExpired("notion", "append", "the token was revoked")
    shown.pages = pages = Pages(shown.store, keys=["a", "b"], errors={"a": revoked})
    assert "revoked" in shown.publish().stopped
    assert pages.tried == ["a"]


def test_pages_that_notion_does_not_take_are_left_after_three_in_a_row(shown: Shown) -> None:
    keys = ["a", "b", "c", "d", "e", "f"]
    errors: dict[str, AppError] = {key: PASSING for key in keys if key != "b"}
    shown.pages = pages = Pages(shown.store, keys=keys, errors=errors)
    assert "answered 500" in shown.publish().stopped
    assert pages.tried == ["a", "b", "c", "d", "e"]


def test_a_full_workspace_ends_the_pages_and_not_the_run(shown: Shown) -> None:
    full = BlockLimitReached("append", "no blocks left", status=403, code="restricted_resource")
    shown.pages = pages = Pages(shown.store, keys=["a", "b"], errors={"a": full})
    done = shown.publish()
    assert (done.pages.is_full, done.stopped) == (True, "")
    assert pages.tried == ["a"]


def test_nothing_but_rows_means_no_pages() -> None:
    assert asyncio.run(NoPages().due(TENANT, None)) == ()
    with pytest.raises(NotFound):
        asyncio.run(NoPages().one(TENANT, "acme"))
