"""`tend go-live`, `tend inbox` and `tend drafts`: who is told what, and the letters that wait."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.e2e.made_up_book import TICKETS_HEADER, day, write_csv
from tests.e2e.typed import Said, done, everything_stored, typed

DRAFT_ID = re.compile(r"\bd-[0-9a-f]{10}\b")


def draft_of(home: Path, account: str) -> str:
    (draft_id,) = DRAFT_ID.findall(done(home, "drafts", "--account", account).out)
    return str(draft_id)


def known_wrong(home: Path) -> Said:
    """A baseline over a book in which three customers are in trouble already."""
    return done(home, "scan")


def test_going_live_is_said_once_and_told_when_said_again(quiet_home: Path) -> None:
    first = done(quiet_home, "go-live").words
    assert "Alerts begin now." in first
    assert "No incident is waiting in silence." in first
    again = done(quiet_home, "go-live").words
    assert "Alerts begin now." not in again
    assert "Alerts have been on since" in again


def test_going_live_before_the_first_scan_leaves_that_a_baseline(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert "is a baseline still: it is the first" in done(home, "go-live").words
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account_id,name\nacme,Acme\n")
    done(home, "import", str(accounts))
    said = done(home, "scan").words
    assert "This was a baseline" in said
    assert "Alerts are on: the next scan tells what is new" in said


def test_what_the_baseline_found_stays_quiet(quiet_home: Path) -> None:
    known_wrong(quiet_home)
    assert "3 incidents were known before and stay quiet" in done(quiet_home, "go-live").words
    assert "Nothing new" in done(quiet_home, "scan").words
    assert "[TAM ALERT]" not in done(quiet_home, "inbox").out


def test_what_the_baseline_found_is_told_when_asked_for_and_only_once(quiet_home: Path) -> None:
    known_wrong(quiet_home)
    assert "3 incidents told" in done(quiet_home, "go-live", "--include-known").words
    inbox = done(quiet_home, "inbox").out
    assert inbox.count("[TAM ALERT]") == 3
    assert len(DRAFT_ID.findall(done(quiet_home, "drafts").out)) == 3
    again = done(quiet_home, "go-live", "--include-known").words
    assert "No incident is waiting in silence." in again
    assert done(quiet_home, "inbox").out == inbox


def test_an_alert_names_the_account_the_reasons_and_the_draft(live_home: Path) -> None:
    inbox = done(live_home, "inbox").out
    assert inbox.count("[TAM ALERT]") == 3
    assert "Northwind Traders is Red (was Green), health 20/100" in inbox
    assert "NORTHWIND-1" in inbox
    assert f"tend drafts show {draft_of(live_home, 'northwind')}" in inbox


def test_a_rep_reads_only_their_own_alerts(live_home: Path) -> None:
    mine = done(live_home, "inbox", "--rep", "Maya@Example.com").out
    assert "maya@example.com" in mine
    assert "tom@example.com" not in mine
    assert done(live_home, "inbox", "--most", "1").out.count("[TAM ALERT]") == 1
    assert "No alerts." in done(live_home, "inbox", "--rep", "nobody@example.com").words


def test_an_empty_inbox_says_when_alerts_come(empty_home: Path) -> None:
    said = done(empty_home, "inbox").words
    assert "No alerts." in said
    assert "tend go-live" in said


def test_the_outbox_lists_drafts_with_their_files(live_home: Path) -> None:
    said = done(live_home, "drafts")
    assert len(DRAFT_ID.findall(said.out)) == 3
    assert "ines@northwind.example" in said.out
    assert f"3 drafts; as files in {live_home / 'outbox'}" in said.words
    assert len(list((live_home / "outbox").glob("*.eml"))) == 3
    one = done(live_home, "drafts", "--account", "north sea").out
    assert "NORTHSEA-1" in one
    assert "1 draft;" in one


def test_a_draft_reads_as_its_mail_file_does(live_home: Path) -> None:
    draft_id = draft_of(live_home, "northwind")
    shown = done(live_home, "drafts", "show", draft_id)
    (file,) = (
        path
        for path in (live_home / "outbox").glob("*.eml")
        if draft_id.removeprefix("d-") in path.name
    )
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert mail["To"] == "ines@northwind.example"
    assert str(mail["Subject"]) in shown.words
    assert mail["X-Unsent"] == "1"
    body = mail.get_body(("plain",))
    assert body is not None
    assert " ".join(body.get_content().split()) in shown.words


def test_a_letter_without_a_known_recipient_asks_for_one(live_home: Path) -> None:
    shown = done(live_home, "drafts", "show", draft_of(live_home, "northsea")).words
    assert "no stakeholder is known: choose one" in shown


def test_an_empty_outbox_says_when_drafts_come(empty_home: Path) -> None:
    assert "No drafts wait." in done(empty_home, "drafts").words


def test_withdrawn_letters_are_listed_only_when_asked_for(live_home: Path, tmp_path: Path) -> None:
    solved = [
        (f"NORTHWIND-{n}", "northwind", "resolved", day(9), "P1", "", day(0)) for n in range(1, 5)
    ]
    header = (*TICKETS_HEADER, "resolved_at")
    done(live_home, "import", str(write_csv(tmp_path / "tickets.csv", [header, *solved])))
    done(
        live_home,
        *("settings", "apply"),
        str(_settings(tmp_path, "[incidents]\nclose_after_days = 1\n")),
    )
    done(live_home, "scan")
    waiting = done(live_home, "drafts").out
    every = done(live_home, "drafts", "--all").out
    assert len(DRAFT_ID.findall(every)) == 3
    assert "NORTHWIND-1" not in waiting
    assert "(withdrawn) Your open tickets NORTHWIND-1" in every


def _settings(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "words, reason",
    [
        (["drafts", "show", "d-0000000000"], "d-0000000000"),
        (["drafts", "show"], "Missing argument"),
        (["drafts", "--account", "who"], "there is no account 'who'"),
        (["drafts", "send", "d-0000000000"], "No such command 'send'"),
        (["inbox", "--most", "0"], "Invalid value for '--most'"),
    ],
)
def test_what_is_not_there_is_named_and_nothing_changes(
    live_home: Path, words: list[str], reason: str
) -> None:
    before = everything_stored(live_home)
    said = typed(live_home, *words)
    assert said.code == 2
    assert reason in said.words
    assert everything_stored(live_home) == before
