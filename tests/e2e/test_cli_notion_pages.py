"""Profiles and reviews from the command line: made in Notion, kept up, and heard before a scan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.feed import FactKind
from app.domain.notion import NotionPageKind
from app.storage.sql_store import open_store
from tests import builders
from tests.e2e.typed import Said, typed
from tests.integration.notion_story import Story
from tests.integration.notion_workspace import TENANT
from tests.servers.notion import TOKEN


class Office:
    """A data folder with one account, and the Notion it is connected to behind a socket."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.home, self.address = home, ""
        self.story = Story(store=open_store(f"sqlite:///{home / 'tend.sqlite3'}"))
        self.story.clock.now = datetime.now(UTC)
        self.story.workspace.server.now = datetime.now(UTC)
        self.story.add_accounts("acme")
        person = builders.stakeholder(email="sam@acme.example", name="Sam")
        self.story.bring(FactKind.STAKEHOLDERS, builders.rows_of(person))
        self.story.bring(FactKind.CONTRACTS, builders.rows_of(builders.contract()))

    def tend(self, *words: str) -> Said:
        connection = json.dumps({"token": TOKEN, "base_url": self.address})
        said = typed(self.home, *words, TEND_NOTION=connection)
        assert said.code == 0, said.words
        return said

    def heard(self, begin: str) -> int:
        return len(self.story.workspace.server.heard(path=begin))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "home")
    with made.story.workspace.server.serving() as address:
        made.address = address
        yield made
    made.story.store.close()


def test_what_agents_keep_is_shown_and_what_reps_write_is_heard(office: Office) -> None:
    story = office.story
    office.tend("scan")
    assert office.heard("file_uploads") == 0
    office.tend("task", "update_relationship_profile", "--account", "acme")
    office.tend("task", "generate_qbr", "--account", "acme")
    told = json.loads(office.tend("notion", "publish", "--json").out)
    assert told["pages"]["done"] == told["pages"]["due"]
    profile = story.page("acme", NotionPageKind.PROFILE)
    assert profile.page_id
    assert len(story.store.read_now(TENANT, lambda u: u.notion.pages(NotionPageKind.QBR))) == 1
    assert story.value("acme", "TAM Profile") == profile.url
    story.workspace.server.now = datetime.now(UTC)
    story.edit(story.block(profile.page_id, "Sam"), "Sam | technical maturity high, surely")
    story.touch(profile.page_id)
    office.tend("scan")
    word = story.store.read_now(TENANT, lambda unit: unit.words.maturities("acme"))
    assert word["sam@acme.example"].by == "ada@tend.example"
    assert "Sam | technical maturity high, surely" in story.lines(profile.page_id)


def test_one_account_is_heard_where_it_is_scanned_alone(office: Office) -> None:
    story = office.story
    office.tend("task", "update_relationship_profile", "--account", "acme")
    office.tend("notion", "publish", "acme")
    page_id = story.page("acme", NotionPageKind.PROFILE).page_id
    story.edit(story.block(page_id, "Sam"), "Sam | technical maturity low")
    office.tend("scan", "--account", "acme")
    assert office.heard("search") == 0
    assert "sam@acme.example" in story.store.read_now(
        TENANT, lambda unit: unit.words.maturities("acme")
    )
