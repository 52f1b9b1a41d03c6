"""Commands where Notion is connected: what the team wrote there is read before a scan looks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.storage.sql_store import open_store
from tests.e2e.typed import Said, typed
from tests.integration.notion_crm import Crm
from tests.servers.notion import TOKEN


class Office:
    """A data folder whose Notion is connected, and that Notion behind a socket."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.home = home
        self.crm = Crm(store=open_store(f"sqlite:///{home / 'tend.sqlite3'}"), home=home)
        self.crm.server.now = datetime.now(UTC) - timedelta(hours=1)
        self.crm.with_tickets()
        self.address = ""

    def tend(self, *words: str) -> Said:
        connection = json.dumps({"token": TOKEN, "base_url": self.address})
        return typed(self.home, *words, TEND_NOTION=connection)

    def heard(self, begin: str) -> list[str]:
        return [one.path for one in self.crm.server.heard() if one.path.startswith(begin)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "home")
    with made.crm.server.serving() as address:
        made.address = address
        yield made
    made.crm.store.close()


def test_a_scan_brings_in_what_stands_in_notion_first(office: Office) -> None:
    acme = office.crm.account("Acme \u202e=1+1", {"ARR": 1_000, "NPS": 77})
    office.crm.ticket("T-1", acme, {"Priority": "P1"})
    said = office.tend("scan")
    assert said.code == 0, said.words
    assert "Acme =1+1" in said.out
    feeds = office.tend("feeds").words
    assert "notion" in feeds
    assert "1 value is refused" in feeds
    assert (office.home / "notion-rejects-main.csv").exists()


def test_a_scan_of_one_account_asks_for_that_account_alone(office: Office) -> None:
    pages = [office.crm.account(f"Company {number}") for number in range(3)]
    assert office.tend("scan").code == 0
    office.crm.edit(pages[1], {"Notes": "called"})
    office.crm.server.log.clear()
    assert office.tend("scan", "--account", "company-1").code == 0
    assert f"pages/{pages[1]}" in office.heard("pages/")
    assert not office.heard(f"data_sources/{office.crm.accounts}/query")
    assert office.crm.known("company-1").notes == "called"


def test_a_token_that_is_refused_is_told_and_the_scan_goes_on(office: Office) -> None:
    office.crm.account("Acme")
    assert office.tend("scan").code == 0
    office.crm.server.connections[TOKEN].is_revoked = True
    assert office.tend("scan").code == 0
    assert "tend connect notion" in office.tend("feeds").words
