"""`tend notion`: what it says of a connection that is not as it was, by a Notion of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.notion import NotionDatabase, NotionRole
from app.storage.sql_store import open_store
from tests.e2e.service_process import running
from tests.e2e.typed import Said, typed
from tests.servers.notion import TOKEN, NotionServer
from tests.servers.notion.world import Column, Database, Source
from tests.servers.templates import at_head


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A data folder that is connected to a workspace."""

    home: Path
    notion: NotionServer
    address: str
    page: str

    def says(self, *words: str) -> Said:
        told = {"token": TOKEN, "base_url": self.address, "parent_page": self.page}
        return typed(self.home, *words, TEND_NOTION=json.dumps(told))

    def stored(self, role: NotionRole = NotionRole.ACCOUNTS) -> NotionDatabase:
        store = open_store(f"sqlite:///{self.home / 'tend.sqlite3'}")
        try:
            return store.read_now("main", lambda unit: unit.notion.databases())[role]
        finally:
            store.close()

    def database(self, role: NotionRole = NotionRole.ACCOUNTS) -> Database:
        return self.notion.world.find(Database, self.stored(role).database_id)

    def source(self, role: NotionRole = NotionRole.ACCOUNTS) -> Source:
        return self.notion.world.find(Source, self.stored(role).data_source_id)

    def column(self, name: str) -> Column:
        return next(one for one in self.source().columns.values() if one.name == name)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    notion = NotionServer()
    page = notion.seed.page("CRM")
    with notion.serving() as address:
        at_head(tmp_path / "tend.sqlite3")
        there = Place(home=tmp_path, notion=notion, address=address, page=page)
        said = there.says("connect", "notion", "--yes")
        assert said.code == 0, said.words
        yield there


def test_a_connection_as_it_was_made_has_nothing_to_mend(place: Place) -> None:
    said = place.says("notion", "check")
    assert said.code == 0
    assert "Tend, in Test workspace: Accounts, Support Tickets, QBRs." in said.words
    assert "Nothing must be mended." in said.words
    status = place.says("notion")
    assert "Accounts: 27 columns, read and written, not read yet." in status.words


def test_a_renamed_column_is_said_and_its_name_is_remembered(place: Place) -> None:
    place.column("Health Score").name = "Punktzahl"
    said = place.says("notion", "check", "--no-rows")
    assert said.code == 0
    assert "Health Score is called Punktzahl now, which changes nothing" in said.words
    assert place.stored().columns["Health Score"].name == "Punktzahl"
    assert "Punktzahl" not in place.says("notion", "check", "--no-rows").words


def test_what_must_be_mended_ends_with_code_1_and_says_how(place: Place) -> None:
    del place.source().columns[place.column("NPS").id]
    place.column("Health Score").type = "rich_text"
    said = place.says("notion", "check", "--no-rows")
    assert said.code == 1
    assert "the column NPS is gone" in said.words
    assert "Health Score: it is of type text; Tend needs number" in said.words
    assert "2 to mend." in said.words


def test_rows_without_a_key_and_rows_of_one_key_are_counted(place: Place) -> None:
    source = place.stored().data_source_id
    for key in ("a", "b", "b", ""):
        place.notion.seed.row(source, {"Name": "Acme", "External ID": key})
    said = place.says("notion", "check", "--json")
    assert said.code == 1
    told = [
        (drift["is_wrong"], drift["says"])
        for drift in json.loads(said.out)["drifts"]
        if drift["about"] == "Accounts"
    ]
    assert told[0][0] is False
    assert told[0][1].startswith("1 row without External ID")
    assert told[1] == (True, "two rows or more of one External ID: b")


def test_tickets_may_be_numbered_by_notion(tmp_path: Path) -> None:
    notion = NotionServer()
    page = notion.seed.page("CRM")
    columns = {"Name": "title", "External ID": "rich_text"}
    _, accounts = notion.seed.database("Accounts", columns, under=page)
    relation = {"relation": {"data_source_id": accounts, "single_property": {}}}
    numbered = {"Ticket ID": "unique_id", "Account": relation, "Status": "select"}
    _, tickets = notion.seed.database("Support Tickets", {"Name": "title", **numbered}, under=page)
    desk = notion.seed.person("Desk", "desk@example.com")
    for _ in range(2):
        notion.seed.row(tickets, {"Name": "Broken"}, by=desk)
    with notion.serving() as address:
        place = Place(home=tmp_path, notion=notion, address=address, page=page)
        assert place.says("connect", "notion", "--yes").code == 0
        said = place.says("notion", "check", "--json")
    assert json.loads(said.out)["drifts"] == []


def test_a_key_with_marks_of_a_terminal_is_shown_without_them(place: Place) -> None:
    source = place.stored().data_source_id
    for _ in range(2):
        place.notion.seed.row(source, {"Name": "x", "External ID": "\x1b[31mred[bold]"})
    said = place.says("notion", "check")
    assert "\x1b" not in said.out
    assert "External ID: [31mred[bold]" in said.words


def test_tickets_that_somebody_else_fills_now_are_said(place: Place) -> None:
    desk = place.notion.seed.person("Desk", "desk@example.com")
    tickets = place.stored(NotionRole.TICKETS).data_source_id
    place.notion.seed.row(tickets, {"Subject": "Broken", "Ticket ID": "T-1"}, by=desk)
    said = place.says("notion", "check")
    assert said.code == 0
    assert "1 of 1 rows looked at were not made by Tend" in said.words
    assert "tend connect notion --read-tickets" in said.words


def test_a_database_in_the_trash_is_told_with_what_mends_it(place: Place) -> None:
    place.database(NotionRole.QBRS).in_trash = True
    said = place.says("notion", "check")
    assert said.code == 1
    assert "QBRs: QBRs lies in the trash: restore it in Notion" in said.words
    assert "tend connect notion --anew" in said.words


def test_a_database_that_is_not_shared_any_more_is_told(place: Place) -> None:
    database = place.database()
    del place.notion.world.nodes[database.id]
    said = place.says("notion", "check")
    assert said.code == 1
    assert "Accounts: the database is not there, or not shared with the connection" in said.words


def test_a_parent_page_that_is_not_shared_is_said(place: Place) -> None:
    del place.notion.world.nodes[place.page]
    said = place.says("notion", "check", "--no-rows")
    assert said.code == 0
    assert "the parent page is not there, or not shared" in said.words


def test_a_token_that_was_taken_back_is_told_once(place: Place) -> None:
    place.notion.connections[TOKEN].is_revoked = True
    said = place.says("notion", "check")
    assert said.code == 1
    assert "API token is invalid" in said.words
    assert "tend connect notion --new-token, or set another token in TEND_NOTION" in said.words
    assert "1 to mend." in said.words
    assert TOKEN not in said.words


def test_without_a_connection_it_says_how_to_get_one(tmp_path: Path) -> None:
    said = typed(tmp_path, "notion")
    assert said.code == 0
    assert "Notion is not connected: tend connect notion asks" in said.words
    said = typed(tmp_path, "notion", "check")
    assert said.code == 2
    assert "tend connect notion asks for what it needs" in said.words


def test_a_token_without_databases_is_half_a_connection(place: Place, tmp_path: Path) -> None:
    told = json.dumps({"token": TOKEN, "base_url": place.address})
    empty = tmp_path / "empty"
    said = typed(empty, "notion", "check", TEND_NOTION=told)
    assert said.code == 1
    assert "no database is connected: nothing is read or written" in said.words
    assert "no database yet" in typed(empty, "notion", TEND_NOTION=told).words


def test_disconnecting_forgets_the_token_that_was_kept(place: Place) -> None:
    said = place.says("notion", "disconnect")
    assert said.code == 2
    assert "remove it there" in said.words
    said = typed(place.home, "notion", "disconnect")
    assert said.code == 0
    assert "No token was kept." in said.words


def test_the_columns_are_listed_with_whose_they_are(tmp_path: Path) -> None:
    said = typed(tmp_path, "notion", "columns")
    assert said.code == 0
    assert "Health Score" in said.words
    shown = typed(tmp_path, "notion", "columns", "--json").json()
    assert set(shown) == {"accounts", "tickets", "qbrs"}


def examined(said: Said) -> list[tuple[str, str, str]]:
    """What the doctor says of Notion: verdict, words, mend."""
    found = json.loads(said.out)["findings"]
    return [(one["verdict"], one["says"], one["mend"]) for one in found if one["about"] == "notion"]


def test_the_doctor_says_what_it_reaches_and_at_which_pace(place: Place) -> None:
    assert examined(place.says("doctor", "--json")) == [
        (
            "ok",
            "Tend, in Test workspace: Accounts, Support Tickets, QBRs; 180 requests a minute",
            "",
        )
    ]


def test_the_doctor_names_a_missing_column_and_what_mends_it(place: Place) -> None:
    del place.source().columns[place.column("Churn Risk").id]
    said = place.says("doctor", "--json")
    assert said.code == 1
    verdict, says, mend = examined(said)[1]
    assert (verdict, says) == ("wrong", "Accounts: the column Churn Risk is gone")
    assert "tend connect notion" in mend


def test_the_doctor_asks_a_new_machine_s_notion_too(place: Place, tmp_path: Path) -> None:
    told = json.dumps({"token": TOKEN, "base_url": place.address})
    (_, says, mend) = examined(typed(tmp_path / "new", "doctor", "--json", TEND_NOTION=told))[1]
    assert "no database is connected" in says
    assert mend == "tend connect notion"


@pytest.mark.parametrize(
    "section, says, mend",
    [
        ({"currency": "EUR"}, "no token is known", "tend connect notion"),
        ({"tokn": "x"}, "TEND_NOTION: tokn", "mend TEND_NOTION"),
        ({"token": "two words"}, "TEND_NOTION: token", "mend TEND_NOTION"),
        ({"token": "x", "parent_page": "CRM"}, "no page of Notion", "mend TEND_NOTION"),
    ],
)
def test_the_doctor_names_a_setting_that_cannot_be_used(
    section: dict[str, str], says: str, mend: str, tmp_path: Path
) -> None:
    said = typed(tmp_path / "new", "doctor", "--json", TEND_NOTION=json.dumps(section))
    assert said.code == 1
    ((verdict, words, mends),) = examined(said)
    assert verdict == "wrong"
    assert says in words
    assert mend in mends


def test_a_token_that_was_taken_back_is_named_by_the_doctor(place: Place) -> None:
    place.notion.connections[TOKEN].is_revoked = True
    ((verdict, says, mend),) = examined(place.says("doctor", "--json"))
    assert verdict == "wrong"
    assert "API token is invalid" in says
    assert "--new-token" in mend


def test_a_service_says_at_its_start_what_is_missing(place: Place) -> None:
    del place.source().columns[place.column("Churn Risk").id]
    told = json.dumps({"token": TOKEN, "base_url": place.address})
    with running(place.home, "--no-web", TEND_NOTION=told) as service:
        service.until_said("notion.found_amiss")
        assert "Accounts, Support Tickets, QBRs" in service.words
        assert "the column Churn Risk is gone" in service.words
        assert service.stop() == 0
