"""Commands where support works in a Jira: tickets come in, before scans and when asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.storage.sql_store import open_store
from tests.e2e.typed import Said, typed
from tests.integration.jira_syncing import Syncing, issue
from tests.servers.jira.server import EMAIL, TOKEN, JiraDesk


class Desk:
    """A data folder whose tickets are in a Jira behind a socket."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.home = home
        issues = [issue(number, project="AC" if number % 2 else "ODD") for number in range(1, 9)]
        self.jira = JiraDesk(issues)
        self.syncing = Syncing(open_store(f"sqlite:///{home / 'tend.sqlite3'}"), self.jira)
        self.syncing.know("acme", "zeta", projects={"AC": "acme"})
        self.address = ""

    def tend(self, *words: str, **more: JsonValue) -> Said:
        """Type a command."""
        source = {"system": "jira", "url": self.address, "email": EMAIL, "token": TOKEN, **more}
        return typed(self.home, *words, TEND_TICKETS=json.dumps({"support": source}))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The Jira serves."""
    made = Desk(tmp_path / "home")
    with made.jira.serving() as address:
        made.address = address
        yield made
    made.syncing.store.close()


def test_tickets_come_in_and_those_of_nobody_are_listed_and_assigned(desk: Desk) -> None:
    said = desk.tend("sync")
    assert said.code == 0, said.words
    assert "8 tickets read (everything): 4 inserted, 4 unresolved" in said.words

    listed = json.loads(desk.tend("tickets", "unresolved", "--json").out)
    assert [one["ticket"] for one in listed] == ["ODD-2", "ODD-4", "ODD-6", "ODD-8"]
    assert "ODD-2" in desk.tend("tickets", "unresolved").words

    alone = desk.tend("tickets", "assign", "ODD-2", "zeta")
    assert "Nothing was learnt" in alone.words
    learnt = desk.tend("tickets", "assign", "ODD-4", "Zeta", "--by", "project")
    assert "From now on jira-project ODD is zeta. 2 more tickets have" in learnt.words
    assert "Every ticket has its account" in desk.tend("tickets", "unresolved").words

    again = desk.tend("sync", "support", "--full", "--json")
    figures = json.loads(again.out)["support"]
    assert (figures["unresolved"], figures["by_rule"]) == (0, {"project": 8})


def test_tickets_that_are_gone_or_moved_are_listed_with_their_reason(desk: Desk) -> None:
    assert "No ticket is gone, moved or merged" in desk.tend("tickets", "ended").words
    desk.tend("sync")
    moved = datetime.now(UTC) - timedelta(minutes=1)
    desk.jira.issues.pop("10001")
    desk.jira.move("10003", "ODD-33", moved)
    desk.tend("sync", "--full")

    listed = json.loads(desk.tend("tickets", "ended", "--json").out)

    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert {one["ticket"]: (one["reason"], one["account"], one["subject"]) for one in listed} == {
        "AC-1": (f"gone from its source, seen {today}", "acme", "Trouble 1"),
        "AC-3": ("moved to ODD-33", "acme", "Trouble 3"),
    }
    assert {one["ended_at"][:10] for one in listed} == {today}
    said = desk.tend("tickets", "ended", "--most", "1").words
    assert "1 more: --most 2" in said
    assert "moved to ODD-33" in desk.tend("tickets", "ended").words


def test_what_a_ticket_does_not_offer_cannot_be_learnt(desk: Desk) -> None:
    desk.tend("sync")

    said = desk.tend("tickets", "assign", "ODD-2", "zeta", "--by", "organization")

    assert said.code == 2
    assert "offers no organization; it offers project" in said.words
    assert desk.tend("tickets", "assign", "AC-1", "zeta").code == 2


def test_a_scan_reads_what_is_new_first(desk: Desk) -> None:
    soon = datetime.now(UTC) - timedelta(minutes=1)
    desk.jira.change("10001", soon, priority={"name": "Blocker"})

    said = desk.tend("scan")

    assert said.code == 0, said.words
    feeds = desk.tend("feeds").words
    assert "support" in feeds
    assert "fresh" in feeds
    assert desk.syncing.ticket("AC-1").priority == "P1"


def test_a_key_that_is_refused_is_said_with_its_mend(desk: Desk) -> None:
    desk.jira.is_expired = True

    said = desk.tend("sync")

    assert said.code == 1
    assert "the key is wrong, or has expired; put a new one into [tickets.support]" in said.words
    assert TOKEN not in said.words
    assert "failed" in desk.tend("feeds").words


def test_a_condition_that_the_source_refuses_is_said(desk: Desk) -> None:
    said = desk.tend("sync", jql="issuetype = Yeti")

    assert said.code == 1
    assert "answered 400 (Bad Request); check the address and what is asked for" in said.words


def test_settings_that_cannot_be_used_are_named_and_never_shown(desk: Desk) -> None:
    unknown = desk.tend("sync", system="trello")
    wrong = desk.tend("sync", token="", jql="project = A ORDER BY key")
    none = typed(desk.home, "sync")

    assert "'trello' is no system; there are jira, kayako" in unknown.words
    assert "TEND_TICKETS.SUPPORT: jql" in wrong.words
    assert "no source of tickets is set" in none.words
    assert (unknown.code, wrong.code, none.code) == (2, 2, 2)


def test_a_jira_is_tried_before_it_is_connected(desk: Desk) -> None:
    said = typed(
        desk.home,
        *("connect", "jira", "--url", desk.address, "--email", EMAIL, "--project", "AC"),
        JIRA_TOKEN=TOKEN,
    )

    assert said.code == 0, said.words
    assert "Jira Cloud, as Tend, in America/Denver; organisations of a service desk" in said.words
    assert "Projects: AC, ODD. Issues to read: about 4." in said.words
    assert "Of 4 issues 4 have an account (4 by project), 0 none." in said.words
    assert f'[tickets.jira] system = "jira" url = "{desk.address}"' in said.words
    assert TOKEN not in said.words
    assert desk.syncing.tickets() == {}

    told = json.loads(desk.tend("connect", "jira", "support", "--json").out)
    assert (told["issues"], told["by_rule"]) == (8, {"project": 4})
    assert told["unresolved"] == ["ODD-2", "ODD-4", "ODD-6", "ODD-8"]

    none = typed(desk.home, "connect", "jira")
    assert none.code == 2
    assert "no url and no token: put them into [tickets.jira]" in none.words


def test_the_doctor_says_how_each_source_stands(desk: Desk) -> None:
    well = {one["about"]: one for one in json.loads(desk.tend("doctor", "--json").out)["findings"]}
    assert well["tickets support"]["verdict"] == "ok"

    desk.jira.is_expired = True
    ill = {one["about"]: one for one in json.loads(desk.tend("doctor", "--json").out)["findings"]}

    assert ill["tickets support"]["verdict"] == "wrong"
    assert "[tickets.support]" in ill["tickets support"]["mend"]
