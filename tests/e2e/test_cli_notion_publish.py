"""Commands that show things in Notion: after a scan, and when they are asked to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.feed import FactKind
from app.domain.notion import NotionRole
from app.storage.sql_store import SqlStore, open_store
from tests import builders
from tests.e2e.typed import Said, typed
from tests.integration.notion_workspace import TENANT, Workspace
from tests.servers.notion import TOKEN, Connection
from tests.servers.notion.world import Page

ROLE = NotionRole.ACCOUNTS


class Office:
    """A data folder with two accounts, and the Notion it is connected to behind a socket."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.home, self.address, self.token = home, "", TOKEN
        self.store: SqlStore = open_store(f"sqlite:///{home / 'tend.sqlite3'}")
        accounts = [builders.account(), builders.account(account_id="beta", name="Beta \u202eX")]
        self.store.write_now(
            TENANT, lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, builders.rows_of(*accounts))
        )
        self.workspace = Workspace()
        self.workspace.connect(self.store)

    def tend(self, *words: str) -> Said:
        connection = json.dumps({"token": self.token, "base_url": self.address})
        return typed(self.home, *words, TEND_NOTION=connection)

    def row(self, key: str) -> str:
        value = self.workspace.value
        return next(r for r in self.workspace.rows(ROLE) if value(r, "External ID") == key)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "home")
    with made.workspace.server.serving() as address:
        made.address = address
        yield made
    made.store.close()


def test_a_scan_shows_its_accounts_and_says_so(office: Office) -> None:
    said = office.tend("scan")
    assert said.code == 0, said.words
    assert "0 account rows written, 2 made" in said.words
    assert office.workspace.value(office.row("acme"), "Last Health Scan") is not None
    again = office.tend("notion", "publish")
    assert again.code == 0, again.words
    assert "nothing new on 2 accounts" in again.words


def test_what_was_shown_is_told_as_json(office: Office) -> None:
    scanned = json.loads(office.tend("scan", "--json").out)
    assert scanned["shown"]["accounts"]["made"] == 2
    told = json.loads(office.tend("notion", "publish", "acme", "--json").out)
    assert (told["accounts"]["looked"], told["stopped"]) == (1, "")


def test_a_row_that_was_deleted_comes_back_when_it_is_asked_for(office: Office) -> None:
    office.tend("scan")
    office.workspace.server.world.find(Page, office.row("acme")).in_trash = True
    assert office.tend("scan").code == 0
    assert len(office.workspace.rows(ROLE)) == 1
    refused = office.tend("notion", "publish", "--anew")
    assert refused.code == 2
    assert "--anew needs an ACCOUNT" in refused.err
    assert office.tend("notion", "publish", "Acme", "--anew").code == 0
    assert len(office.workspace.rows(ROLE)) == 2


def test_a_revoked_token_is_one_clear_line_and_mended_by_another(office: Office) -> None:
    office.workspace.server.connections[TOKEN].is_revoked = True
    said = office.tend("notion", "publish")
    assert said.code == 1
    assert said.out.count("revoked") == 1
    assert "The next scan does the rest" in said.words
    server = office.workspace.server
    server.connections["ntn_new"] = Connection(bot=server.world.bot)
    office.token = "ntn_new"
    assert office.tend("notion", "publish").code == 0
    assert len(office.workspace.rows(ROLE)) == 2


def test_without_a_connection_it_says_what_connects_one(tmp_path: Path) -> None:
    said = typed(tmp_path / "home", "notion", "publish")
    assert "tend connect notion" in said.words
