"""Connecting Notion, as it is typed, against a Notion of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.domain.notion import NotionDatabase, NotionRole
from app.services.notion.columns import COLUMNS
from app.services.notion.kept_token import TokenFile
from app.storage.sql_store import open_store
from tests.e2e.terminal import Terminal
from tests.e2e.typed import Said, everything_stored, typed
from tests.servers.notion import TOKEN, NotionServer, plain_value
from tests.servers.notion.world import Database, Source

WRITES = {"POST", "PATCH", "DELETE"}
KUNDEN: Mapping[str, str] = {
    "Umsatz": "number",
    "Firma": "title",
    "Punktzahl": "number",
    "Kundennummer": "rich_text",
    "Vertragsende": "date",
    "Betreuer": "people",
}


@pytest.fixture
def notion() -> NotionServer:
    return NotionServer()


@pytest.fixture
def page(notion: NotionServer) -> str:
    return notion.seed.page("CRM")


@pytest.fixture
def address(notion: NotionServer) -> Iterator[str]:
    with notion.serving() as where:
        yield where


def settings(address: str, **more: JsonValue) -> str:
    """TEND_NOTION."""
    return json.dumps({"token": TOKEN, "base_url": address, **more})


def connect(home: Path, address: str, *words: str, **more: JsonValue) -> Said:
    return typed(home, "connect", "notion", *words, TEND_NOTION=settings(address, **more))


def connected(home: Path, address: str, *words: str, **more: JsonValue) -> Said:
    said = connect(home, address, "--yes", *words, **more)
    assert said.code == 0, said.words
    return said


def stored(home: Path) -> Mapping[NotionRole, NotionDatabase]:
    store = open_store(f"sqlite:///{home / 'tend.sqlite3'}")
    try:
        return store.read_now("main", lambda unit: unit.notion.databases())
    finally:
        store.close()


def changes(notion: NotionServer, since: int = 0) -> list[str]:
    """The requests that change anything; a query is none."""
    return [
        f"{one.method} {one.path}"
        for one in notion.log[since:]
        if one.method in WRITES and not one.path.endswith("/query")
    ]


def databases(notion: NotionServer) -> list[str]:
    nodes = notion.world.nodes.values()
    return sorted(
        "".join(part["plain_text"] for part in node.title)
        for node in nodes
        if isinstance(node, Database)
    )


def column_names(notion: NotionServer, source_id: str) -> list[str]:
    return [column.name for column in notion.world.find(Source, source_id).columns.values()]


def kunden(notion: NotionServer, page: str) -> tuple[str, str]:
    """A database of accounts as people made it, with their names in their order, and a row."""
    database, source = notion.seed.database("Kunden", KUNDEN, under=page)
    notion.seed.row(source, {"Firma": "Acme", "Punktzahl": 7, "Kundennummer": "K-1"})
    return database, source


def test_an_empty_page_gets_three_databases_with_all_their_columns(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    said = connected(tmp_path, address, parent_page=page)
    assert databases(notion) == ["Accounts", "QBRs", "Support Tickets"]
    kept = stored(tmp_path)
    for role, database in kept.items():
        assert set(database.columns) == {spec.name for spec in COLUMNS[role]}
        assert sorted(column_names(notion, database.data_source_id)) == sorted(database.columns)
        assert database.is_written
    assert "1,000 blocks in all, ever" in said.words
    assert "Next: tend scan, and tend notion check" in said.words
    assert TOKEN not in "\n".join((said.out, said.err, *everything_stored(tmp_path)))


def test_connecting_again_changes_nothing_on_either_side(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    connected(tmp_path, address, "--parent", page)
    before, since = stored(tmp_path), len(notion.log)
    said = connected(tmp_path, address)
    assert "Nothing was to be done" in said.words
    assert changes(notion, since) == []
    assert stored(tmp_path) == before


def test_a_store_that_is_lost_finds_its_databases_again(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    connected(tmp_path / "a", address, "--parent", page)
    since = len(notion.log)
    connected(tmp_path / "b", address, "--parent", page)
    assert changes(notion, since) == []
    assert stored(tmp_path / "a") == stored(tmp_path / "b")


def test_hand_made_accounts_are_adopted_and_nothing_of_theirs_is_changed(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    database, source = kunden(notion, page)
    before = column_names(notion, source)
    said = connected(
        tmp_path, address, "--parent", page, "--accounts", database,
        "--map", "External ID=Kundennummer", "--map", "Renewal Date=Vertragsende",
        "--map", "ARR=Umsatz", "--map", "Account Owner=Betreuer",
    )  # fmt: skip
    accounts = stored(tmp_path)[NotionRole.ACCOUNTS]
    assert {ours: column.name for ours, column in accounts.columns.items()} == {
        "Name": "Firma",
        "External ID": "Kundennummer",
        "Renewal Date": "Vertragsende",
        "ARR": "Umsatz",
        "Account Owner": "Betreuer",
    } | {name: name for name in column_names(notion, source)[len(before) :]}
    assert column_names(notion, source)[: len(before)] == before
    assert {"Health Score", "CSM Health Score"} <= set(column_names(notion, source))
    assert "NPS" not in column_names(notion, source)
    assert "Yours, neither read nor written: Punktzahl." in said.words
    assert "Not there, and left out: Check-in Interval, Feature Adoption Rate" in said.words
    since = len(notion.log)
    connected(tmp_path, address)
    assert changes(notion, since) == []


def test_a_column_that_has_values_is_named_before_tend_writes_over_it(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    database, source = kunden(notion, page)
    row = notion.world.rows[source][0]
    words = ("--parent", page, "--accounts", database, "--map", "Health Score=Punktzahl")
    said = connect(tmp_path, address, *words)
    assert said.code == 2
    assert "Punktzahl has values already (in 1 of the rows looked at)" in said.words
    assert "--yes has this done" in said.words
    assert changes(notion) == []
    assert stored(tmp_path) == {}
    assert plain_value(notion.world, row, "Punktzahl") == 7


def test_words_that_tend_cannot_read_are_named_before_they_are_refused(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    options = [{"name": name} for name in ("wachsend", "Declining")]
    trend = {"type": "select", "select": {"options": options}}
    columns = {"Name": "title", "Usage Trend": trend, "Health Status": "rich_text"}
    notion.seed.database("Accounts", columns, under=page)
    said = connect(tmp_path, address, "--dry-run", "--parent", page)
    assert "Usage Trend: Tend has no word for wachsend; it reads growing" in said.words
    assert "Health Status: --map 'Health Status=YOURS' takes another" in said.words


def test_a_dry_run_shows_everything_and_keeps_nothing(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    said = connect(tmp_path, address, "--dry-run", "--json", "--parent", page)
    assert said.code == 0
    told = said.json()
    assert told["is_dry_run"] is True
    assert changes(notion) == []
    assert stored(tmp_path) == {}


def test_what_was_done_is_told_as_json_too(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    told = connected(tmp_path, address, "--json", "--parent", page).json()
    shown = told["databases"]
    assert isinstance(shown, list)
    ids = [one["data_source_id"] for one in shown if isinstance(one, dict)]
    assert ids == [stored(tmp_path)[role].data_source_id for role in (*NotionRole,)]
    assert told["is_changed"] is True


def test_a_needed_column_of_another_type_stops_it_and_says_what_to_do(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    database, _ = notion.seed.database(
        "Accounts", {"Name": "title", "External ID": "number"}, under=page
    )
    said = connect(tmp_path, address, "--yes", "--parent", page)
    assert said.code == 2
    assert "without External ID this database cannot be connected" in said.words
    assert "of type number; Tend needs text" in said.words
    assert changes(notion) == []
    connected(tmp_path, address, "--parent", page, "--map", "External ID=+Tend ID")
    accounts = stored(tmp_path)[NotionRole.ACCOUNTS]
    assert accounts.database_id == database
    assert accounts.columns["External ID"].name == "Tend ID"


def test_a_column_of_ours_that_went_is_added_again(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    connected(tmp_path, address, "--parent", page)
    source = notion.world.find(Source, stored(tmp_path)[NotionRole.ACCOUNTS].data_source_id)
    score = stored(tmp_path)[NotionRole.ACCOUNTS].columns["Health Score"].property_id
    gone = next(key for key, column in source.columns.items() if column.name == "Health Score")
    del source.columns[gone]
    since = len(notion.log)
    said = connected(tmp_path, address)
    assert changes(notion, since) == [f"PATCH data_sources/{source.id}"]
    assert "Health Score" in column_names(notion, source.id)
    assert stored(tmp_path)[NotionRole.ACCOUNTS].columns["Health Score"].property_id != score
    assert "Connected: Accounts" in said.words


def hand_made_tickets(notion: NotionServer, page: str, **more: str) -> tuple[str, str]:
    """Tickets that somebody else's program fills."""
    accounts, source = notion.seed.database(
        "Accounts", {"Name": "title", "External ID": "rich_text"}, under=page
    )
    relation = {"relation": {"data_source_id": source, "single_property": {}}}
    columns = {
        "Betreff": "title",
        "Ticket ID": "unique_id",
        "Kunde": relation,
        "Status": "select",
        **more,
    }
    _, tickets = notion.seed.database("Support Tickets", columns, under=page)
    desk = notion.seed.person("Desk", "desk@example.com")
    notion.seed.row(tickets, {"Betreff": "It is broken"}, by=desk)
    return accounts, tickets


def test_tickets_that_somebody_else_fills_are_only_read(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    _, tickets = hand_made_tickets(notion, page)
    before = column_names(notion, tickets)
    said = connected(tmp_path, address, "--parent", page)
    kept = stored(tmp_path)[NotionRole.TICKETS]
    assert not kept.is_written
    assert kept.columns["Account"].name == "Kunde"
    assert column_names(notion, tickets) == before
    assert "It is only read: somebody else fills it" in said.words
    connected(tmp_path, address)
    assert not stored(tmp_path)[NotionRole.TICKETS].is_written


def test_tickets_can_be_written_where_their_columns_let_it(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    hand_made_tickets(notion, page)
    said = connect(tmp_path, address, "--yes", "--write-tickets", "--parent", page)
    assert said.code == 2
    assert "Notion fills it itself (ID); Tend must write it" in said.words
    more = ("--map", "Ticket ID=+Tend Ticket")
    connected(tmp_path, address, "--write-tickets", "--parent", page, *more)
    assert stored(tmp_path)[NotionRole.TICKETS].is_written
    connected(tmp_path, address, "--read-tickets")
    assert not stored(tmp_path)[NotionRole.TICKETS].is_written


def test_tickets_can_be_left_out(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    connected(tmp_path, address, "--parent", page, "--tickets", "none", "--qbrs", "none")
    assert databases(notion) == ["Accounts"]
    connected(tmp_path, address, "--parent", page)
    assert databases(notion) == ["Accounts", "QBRs", "Support Tickets"]
    said = connect(tmp_path, address, "--yes", "--tickets", "none")
    assert "Support Tickets is connected already, and cannot be left out" in said.words


def test_accounts_of_another_title_are_known_by_their_columns(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    columns = {"Customer": "title", "ARR": "number", "NPS": "number", "Renewal": "date"}
    database, _ = notion.seed.database("Customers", columns, under=page)
    connected(tmp_path, address, "--parent", page)
    assert stored(tmp_path)[NotionRole.ACCOUNTS].database_id == database
    assert databases(notion) == ["Customers", "QBRs", "Support Tickets"]


def test_a_database_that_only_looks_like_it_is_left_alone_where_a_new_one_is_asked_for(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    notion.seed.database("Accounts", {"Customer": "title"}, under=page)
    connected(tmp_path, address, "--parent", page, "--accounts", "new")
    assert databases(notion) == ["Accounts", "Accounts", "QBRs", "Support Tickets"]
    said = connect(tmp_path, address, "--yes", "--accounts", "new")
    assert "Accounts is connected already, and is not made anew" in said.words


def test_members_whose_addresses_are_hidden_are_said(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    notion.seed.person("Ada", "")
    said = connect(tmp_path, address, "--dry-run", "--parent", page)
    assert "It cannot read members' e-mail addresses" in said.words
    notion.seed.person("Bob", "bob@example.com")
    said = connect(tmp_path, address, "--dry-run", "--parent", page)
    assert "It cannot read members' e-mail addresses" not in said.words


def test_a_token_file_that_is_none_is_named_and_not_quoted(tmp_path: Path) -> None:
    file = TokenFile(tmp_path, "main")
    file.path.parent.mkdir()
    file.path.write_text('{"tokn": "ntn_in_the_file"}')
    said = typed(tmp_path, "notion")
    assert said.code == 2
    assert "is no token as tend connect notion keeps it: remove it" in said.words
    assert "ntn_in_the_file" not in said.words
    assert typed(tmp_path, "notion", "disconnect").code == 0
    assert not file.path.exists()


def test_two_databases_of_one_title_have_to_be_told_apart(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    notion.seed.database("Accounts", {"Name": "title"}, under=page)
    second, _ = notion.seed.database("accounts", {"Name": "title"}, under=page)
    said = connect(tmp_path, address, "--yes", "--parent", page)
    assert said.code == 2
    assert "several databases may be meant" in said.words
    connected(tmp_path, address, "--parent", page, "--accounts", second)


def test_a_database_of_several_tables_has_to_be_told_which(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    from tests.servers.notion.sources import add_source
    from tests.servers.notion.texts import text_of

    database, first = notion.seed.database("Accounts", {"Name": "title"}, under=page)
    node = notion.world.find(Database, database)
    add_source(notion.world, node, {"Name": {"title": {}}}, text_of("Partners"))
    said = connect(tmp_path, address, "--yes", "--parent", page)
    assert said.code == 2
    assert f"--accounts {database}#NAME" in said.words.replace(" #", "#")
    connected(tmp_path, address, "--parent", page, "--accounts", f"{database}#accounts")
    assert stored(tmp_path)[NotionRole.ACCOUNTS].data_source_id == first


def test_a_database_in_the_trash_is_not_made_anew_by_itself(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    connected(tmp_path, address, "--parent", page)
    gone = stored(tmp_path)[NotionRole.QBRS]
    notion.world.find(Database, gone.database_id).in_trash = True
    said = connect(tmp_path, address, "--yes", "--parent", page)
    assert said.code == 2
    assert "lies in the trash: restore it in Notion" in said.words
    connected(tmp_path, address, "--parent", page, "--anew")
    assert stored(tmp_path)[NotionRole.QBRS].database_id != gone.database_id


def test_a_page_that_is_not_shared_says_how_to_share_it(address: str, tmp_path: Path) -> None:
    said = connect(tmp_path, address, "--yes", "--parent", "f" * 32)
    assert said.code == 2
    assert "••• → Connections → add the connection" in said.words


@pytest.mark.parametrize("words", [(), ("--token-from-env",)])
def test_without_a_token_or_a_terminal_it_says_what_to_set(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    said = typed(tmp_path, "connect", "notion", *words)
    assert said.code == 2
    assert "Develop or manage integrations" in said.words
    assert "set TEND_NOTION=" in said.words


def test_a_token_that_is_refused_is_not_repeated(address: str, tmp_path: Path) -> None:
    said = connect(tmp_path, address, "--yes", token="ntn_wrong_and_secret")
    assert said.code == 2
    assert "the token is refused: mend TEND_NOTION" in said.words
    assert "ntn_wrong_and_secret" not in said.words


def test_at_a_terminal_it_asks_for_token_and_page_and_keeps_them_for_this_user_alone(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    terminal = Terminal(
        tmp_path, "connect", "notion", TEND_NOTION=json.dumps({"base_url": address})
    )
    terminal.answer("secret (it is not shown)", "ntn_mistyped", is_hidden=True)
    terminal.answer("secret (it is not shown)", TOKEN, is_hidden=True)
    terminal.answer("Address of the page", f"https://www.notion.so/CRM-{page.replace('-', '')}")
    terminal.answer("Change Notion like this?", "y")
    assert terminal.ended() == 0, terminal.seen
    assert TOKEN not in terminal.seen
    assert "ntn_mistyped" not in terminal.seen
    assert databases(notion) == ["Accounts", "QBRs", "Support Tickets"]
    file = TokenFile(tmp_path, "main")
    assert file.path.stat().st_mode & 0o777 == 0o600
    kept = file.read()
    assert kept is not None
    assert (kept.token.get_secret_value(), kept.parent_page) == (TOKEN, page)
    assert TOKEN not in "\n".join(everything_stored(tmp_path))
    since = len(notion.log)
    said = typed(tmp_path, "connect", "notion", TEND_NOTION=json.dumps({"base_url": address}))
    assert said.code == 0, said.words
    assert changes(notion, since) == []


def test_who_does_not_agree_has_nothing_changed(
    notion: NotionServer, page: str, address: str, tmp_path: Path
) -> None:
    terminal = Terminal(
        tmp_path,
        *("connect", "notion", "--parent", page),
        TEND_NOTION=json.dumps({"base_url": address}),
    )
    terminal.answer("secret (it is not shown)", TOKEN, is_hidden=True)
    terminal.answer("Change Notion like this?", "n")
    assert terminal.ended() == 130
    assert changes(notion) == []
    assert TokenFile(tmp_path, "main").read() is None
