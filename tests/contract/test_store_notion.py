"""What is remembered of Notion, as every store keeps it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from app.domain.notion import (
    NotionColumn,
    NotionDatabase,
    NotionFields,
    NotionLayout,
    NotionPage,
    NotionPageKind,
    NotionRole,
)
from app.storage.sql_store import SqlStore
from tests.builders import NOW, days_ago

ACCOUNTS = NotionDatabase(
    role=NotionRole.ACCOUNTS,
    database_id="d1",
    data_source_id="s1",
    columns={"Health Score": NotionColumn(property_id="a%3Ab", type="number", name="Punkte")},
    is_written=True,
    url="https://notion.example/d1",
)
page = partial(NotionPage, kind=NotionPageKind.ACCOUNT, key="acme", page_id="p1")
fields = partial(
    NotionFields,
    kind=NotionPageKind.ACCOUNT,
    key="acme",
    written={"Health Score": 61, "Health Status": "Amber"},
    written_at=NOW,
)
layout = partial(
    NotionLayout,
    kind=NotionPageKind.PROFILE,
    key="acme",
    body={"blocks": [{"id": "b1"}]},
    digest="d",
    kept_at=NOW,
)


def test_a_database_is_kept_by_its_role(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.notion.save_database(ACCOUNTS))
    read = replace(ACCOUNTS, read_until=days_ago(1), full_read_at=NOW)
    store.write_now("main", lambda unit: unit.notion.save_database(read))

    found = store.read_now("main", lambda unit: unit.notion.databases())

    assert found == {NotionRole.ACCOUNTS: read}


def test_pages_are_found_by_kind_and_key(store: SqlStore) -> None:
    pages = [
        page(),
        page(key="zeta", page_id="", intended_at=NOW),
        page(kind=NotionPageKind.TICKET, key="T-1", page_id="p2"),
    ]
    store.write_now("main", lambda unit: unit.notion.save_pages(pages))

    accounts = store.read_now("main", lambda unit: unit.notion.pages(NotionPageKind.ACCOUNT))
    one = store.read_now(
        "main", lambda unit: unit.notion.pages(NotionPageKind.ACCOUNT, ["zeta", "none"])
    )

    assert accounts == {"acme": pages[0], "zeta": pages[1]}
    assert one == {"zeta": pages[1]}


def test_a_page_that_was_made_is_not_intended_any_more(store: SqlStore) -> None:
    store.write_now(
        "main", lambda unit: unit.notion.save_pages([page(page_id="", intended_at=NOW)])
    )
    store.write_now("main", lambda unit: unit.notion.save_pages([page()]))

    assert store.read_now("main", lambda unit: unit.notion.pages(NotionPageKind.ACCOUNT)) == {
        "acme": page()
    }


def test_what_was_written_is_replaced_as_a_whole(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.notion.save_fields([fields()]))
    later = fields(written={"Health Score": None})
    store.write_now("main", lambda unit: unit.notion.save_fields([later]))
    store.write_now("main", lambda unit: unit.notion.save_layout(layout()))
    store.write_now("main", lambda unit: unit.notion.save_layout(layout(digest="e")))

    assert store.read_now("main", lambda unit: unit.notion.fields(NotionPageKind.ACCOUNT)) == {
        "acme": later
    }
    assert store.read_now(
        "main", lambda unit: unit.notion.layouts(NotionPageKind.PROFILE, ["acme"])
    ) == {"acme": layout(digest="e")}


def test_a_page_that_is_forgotten_takes_along_what_stood_on_it(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.notion.save_pages([page(), page(key="other")]))
    store.write_now("main", lambda unit: unit.notion.save_fields([fields()]))
    store.write_now(
        "main", lambda unit: unit.notion.save_layout(layout(kind=NotionPageKind.ACCOUNT))
    )

    store.write_now("main", lambda unit: unit.notion.forget_pages(NotionPageKind.ACCOUNT, ["acme"]))

    kind = NotionPageKind.ACCOUNT
    left = store.read_now(
        "main",
        lambda unit: (unit.notion.pages(kind), unit.notion.fields(kind), unit.notion.layouts(kind)),
    )
    assert left == ({"other": page(key="other")}, {}, {})


def test_a_tenant_sees_and_forgets_its_own_alone(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.notion.save_database(ACCOUNTS))
    store.write_now("main", lambda unit: unit.notion.save_pages([page()]))
    store.write_now("main", lambda unit: unit.notion.save_fields([fields()]))
    store.write_now("main", lambda unit: unit.notion.save_layout(layout()))

    store.write_now("other", lambda unit: unit.notion.save_pages([page(page_id="theirs")]))
    store.write_now(
        "other", lambda unit: unit.notion.forget_pages(NotionPageKind.ACCOUNT, ["acme"])
    )

    assert store.read_now("other", lambda unit: unit.notion.databases()) == {}
    assert store.read_now("other", lambda unit: unit.notion.layouts(NotionPageKind.PROFILE)) == {}
    assert store.read_now("main", lambda unit: unit.notion.pages(NotionPageKind.ACCOUNT)) == {
        "acme": page()
    }
    assert store.read_now("main", lambda unit: unit.notion.fields(NotionPageKind.ACCOUNT)) == {
        "acme": fields()
    }


def test_what_rows_told_is_kept_by_account(store: SqlStore) -> None:
    first = {"acme": {"owner_email", "notes"}, "zeta": set[str]()}
    store.write_now("main", lambda unit: unit.notion.save_said(first))
    store.write_now("main", lambda unit: unit.notion.save_said({"acme": ["notes"]}))

    found = store.read_now("main", lambda unit: unit.notion.said(["acme", "zeta", "nobody"]))

    assert found == {"acme": frozenset({"notes"}), "zeta": frozenset()}
    assert store.read_now("other", lambda unit: unit.notion.said(["acme"])) == {}
