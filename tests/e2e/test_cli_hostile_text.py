"""Names and subjects that terminals, spreadsheets and browsers would run: shown, never obeyed."""

from __future__ import annotations

import re
import unicodedata
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.e2e.made_up_book import ESCAPING, HOSTILE, TICKETS_HEADER, write_csv
from tests.e2e.typed import done, started, typed

PRINTED = {"Cc", "Cf", "Cs"}


def invisible_in(text: str) -> set[str]:
    return {char for char in text if unicodedata.category(char) in PRINTED} - {"\n"}


@pytest.mark.parametrize(
    "words",
    [
        *(["scan"], ["scan", "--json"], ["explain", "evil"], ["explain", "evil", "--json"]),
        *(["inbox"], ["drafts"], ["drafts", "--account", "evil"], ["feeds"]),
    ],
)
def test_no_command_prints_an_escape_or_takes_a_name_for_markup(
    live_home: Path, words: list[str]
) -> None:
    said = done(live_home, *words)
    assert invisible_in(said.out + said.err) == set()
    if words[0] in {"scan", "explain", "inbox"} and words != ["drafts"]:
        assert "[red]x[/red]" in said.out


def test_the_whole_name_is_shown_where_there_is_room(live_home: Path) -> None:
    assert HOSTILE in done(live_home, "explain", "evil").out
    assert HOSTILE in done(live_home, "inbox").out
    assert done(live_home, "explain", "evil", "--json").json()["name"] == HOSTILE


def test_the_account_is_found_by_its_hostile_name(live_home: Path) -> None:
    assert "EVIL-1" in done(live_home, "explain", HOSTILE).out


def test_the_letter_holds_no_escape_and_no_tag_of_theirs(live_home: Path) -> None:
    listed = done(live_home, "drafts", "--account", "evil").out
    found = re.search(r"d-[0-9a-f]{10}", listed)
    assert found is not None
    shown = done(live_home, "drafts", "show", found[0])
    assert invisible_in(shown.out) == set()
    assert "EVIL-1" in shown.out
    (file,) = (p for p in (live_home / "outbox").glob("*.eml") if found[0][2:] in p.name)
    raw = file.read_bytes()
    assert b"\x1b" not in raw
    mail = message_from_bytes(raw, policy=default)
    html, plain = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert plain is not None
    assert "<script" not in html.get_content().lower()
    for text in (html.get_content(), plain.get_content(), str(mail["Subject"]), file.name):
        assert invisible_in(text.replace("\r", "")) == set()


def test_unresolved_tickets_are_listed_without_their_escapes(
    empty_home: Path, tmp_path: Path
) -> None:
    accounts = write_csv(tmp_path / "accounts.csv", [("account_id", "name"), ("a", HOSTILE)])
    tickets = write_csv(
        tmp_path / "tickets.csv",
        [TICKETS_HEADER, (f"T{ESCAPING}", f"[bold]b{ESCAPING}", "open", "2026-01-02", "P1", "x")],
    )
    said = typed(empty_home, "import", str(accounts), str(tickets))
    listed = done(empty_home, "tickets", "unresolved")
    assert invisible_in(said.out + said.err + listed.out + listed.err) == set()


def test_what_is_typed_comes_back_without_escapes(live_home: Path) -> None:
    for words in (["explain", ESCAPING], [ESCAPING], ["scan", "--at", ESCAPING]):
        said = typed(live_home, *words)
        assert said.code == 2
        assert invisible_in(said.err) == set()


def test_a_data_folder_named_like_markup_is_told_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "[red]mine[/red] [bold"
    assert f"in {home} (tenant main)" in done(home, "scan").err
    assert str(home) in done(home, "drafts").err


def test_a_terminal_that_cannot_print_arrows_gets_question_marks(live_home: Path) -> None:
    said = started(live_home, "scan", PYTHONIOENCODING="ascii")
    assert said.code == 0
    assert "?  20 Red" in said.out
