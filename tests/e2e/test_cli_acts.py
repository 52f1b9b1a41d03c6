"""A rep's morning as it is typed: seen, put off, disagreed with, sent, logged, said otherwise."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e.made_up_book import HOSTILE, TODAY, write_csv
from tests.e2e.test_cli_hostile_text import invisible_in
from tests.e2e.typed import done, everything_stored, typed

KIM = "kim@example.com"
RAISED = "tam_escalation:northwind:1"
DRAFT_ID = re.compile(r"\bd-[0-9a-f]{10}\b")
COMMANDS = (
    *("incidents", "ack", "snooze", "dismiss", "outcome", "log", "note"),
    *("override", "maturity", "history"),
)


def in_days(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def draft_of(home: Path, account: str) -> str:
    (draft_id,) = DRAFT_ID.findall(done(home, "drafts", "--account", account).out)
    return str(draft_id)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_what_it_does_with_examples(empty_home: Path, command: str) -> None:
    words = done(empty_home, command, "--help").words
    assert "Examples:" in words
    assert f"tend {command}" in words


def test_incidents_are_listed_with_who_has_them(live_home: Path) -> None:
    listed = done(live_home, "incidents").words
    assert RAISED in listed
    assert "Northwind Traders" in listed
    assert "technical escalation" in listed
    done(live_home, "ack", "northwind", "--by", "Kim@Example.com")
    assert f"acknowledged by {KIM} on {TODAY}" in done(live_home, "incidents", "northwind").words
    told = done(live_home, "incidents", "northwind", "--json").json()["incidents"]
    assert isinstance(told, list)
    (one,) = told
    assert isinstance(one, dict)
    assert (one["incident_id"], one["state"], one["by"]) == (RAISED, "acknowledged", KIM)
    assert one["severity"] == 4


def test_what_was_acted_on_stays_as_it_is_in_the_next_scan(live_home: Path) -> None:
    done(live_home, "ack", "northwind")
    done(live_home, "snooze", "north sea", "--days", "7")
    done(live_home, "dismiss", "evil", "--reason", "a test account of ours")
    before = done(live_home, "inbox").out
    assert "Nothing new" in done(live_home, "scan").words
    assert done(live_home, "inbox").out == before
    listed = done(live_home, "incidents").words
    assert f"snoozed until {in_days(7)} by" in listed
    assert ": a test account of ours" in listed


def test_who_does_it_is_the_option_the_setting_or_the_machines_user(live_home: Path) -> None:
    typed(live_home, "ack", "northwind", TEND_REP="Rita@Example.com")
    assert "acknowledged by rita@example.com" in done(live_home, "incidents", "northwind").words
    done(live_home, "ack", "northsea")
    assert "(this machine's user)" in done(live_home, "incidents", "northsea").words
    wrong = typed(live_home, "ack", "evil", "--by", "kim")
    assert wrong.code == 2
    assert "--by 'kim' is not an e-mail address" in wrong.words
    unset = typed(live_home, "incidents", TEND_REP="kim")
    assert (unset.code, "TEND_REP: " in unset.words) == (2, True)


def test_several_incidents_are_listed_and_one_is_asked_for(live_home: Path, tmp_path: Path) -> None:
    renewal = write_csv(
        tmp_path / "accounts.csv",
        [("account_id", "name", "renewal_date"), ("northwind", "Northwind Traders", in_days(20))],
    )
    done(live_home, "import", str(renewal))
    done(live_home, "scan")
    asked = typed(live_home, "ack", "northwind")
    assert asked.code == 2
    assert "2 incidents stand: name one, or say --all" in asked.words
    assert RAISED in asked.words
    assert "csm_churn:northwind:1" in asked.words
    done(live_home, "ack", "csm_churn:northwind:1")
    assert done(live_home, "ack", "northwind", "--all").out.count("acknowledged") == 2


@pytest.mark.parametrize(
    "words, told",
    [
        (["ack", "nobody"], "no account 'nobody'"),
        (["ack", "fabrikam"], "has no live incident"),
        (["ack", "tam_escalation:northwind:9"], "no account"),
        (["snooze", "northwind"], "--until 2026-03-31 or --days 7"),
        (["snooze", "northwind", "--days", "3", "--until", "2030-01-01"], "or --days 7"),
        (["snooze", "northwind", "--until", "2001-01-01"], "that day is past"),
        (["snooze", "northwind", "--until", "soon"], "--until 'soon' is not a day"),
        (["dismiss", "northwind"], "needs a reason"),
        (["incidents", "--all"], "--all needs an account"),
        (["outcome", "d-0000000000", "sent"], "no draft 'd-0000000000'"),
        (["outcome", "d-0000000000", "posted"], "a draft was sent, edited or dropped"),
        (["log", "northwind", "x", "--kind", "fax"], "--kind 'fax': call, meeting"),
        (["log", "northwind", "x", "--with", "Bob"], "known: Ines Duarte"),
        (["log", "northwind", "x", "--on", "2999-01-01"], "still to come"),
        (["log", "northwind", " "], "says nothing"),
        (["note", "northwind", ""], "says nothing"),
        (["override", "northwind", "sales", "Green"], "tam or csm"),
        (["override", "northwind", "tam", "Blue"], "Green, Amber or Red"),
        (["override", "northwind", "tam"], "which band?"),
        (["override", "northwind", "tam", "Green"], "needs a day and a reason"),
        (["override", "northwind", "tam", "--clear"], "nothing to clear"),
        (["override", "northwind", "tam", "Green", "--clear"], "takes the word back"),
        (["maturity", "northwind", "Ines"], "low, medium or high?"),
        (["maturity", "northwind", "Ines", "deep"], "not 'deep'"),
        (["maturity", "northwind", "Bob", "low"], "known: Ines Duarte"),
    ],
)
def test_what_cannot_be_done_is_said_in_words_and_changes_nothing(
    live_home: Path, words: list[str], told: str
) -> None:
    before = everything_stored(live_home)
    said = typed(live_home, *words)
    assert said.code == 2
    assert told in said.words
    assert everything_stored(live_home) == before


def test_a_draft_that_was_sent_leaves_what_waits_and_stays_in_the_history(live_home: Path) -> None:
    draft_id = draft_of(live_home, "northwind")
    said = done(live_home, "outcome", draft_id, "edited", "--note", "offered a call", "--by", KIM)
    assert f"{draft_id} is edited" in said.words
    assert "No drafts wait." in done(live_home, "drafts", "--account", "northwind").words
    assert not list((live_home / "outbox").glob(f"*{draft_id}.eml"))
    assert len(list((live_home / "outbox" / "sent").glob(f"*{draft_id}.eml"))) == 1
    story = done(live_home, "history", "northwind", "--json").json()
    letters = story["communications"]
    assert isinstance(letters, list)
    (letter,) = letters
    assert isinstance(letter, dict)
    assert (letter["outcome"], letter["by"]) == ("sent, edited: offered a call", KIM)
    dropped = draft_of(live_home, "northsea")
    done(live_home, "outcome", dropped, "dropped")
    assert len(list((live_home / "outbox" / "dropped").glob("*.eml"))) == 1
    done(live_home, "outcome", dropped, "sent")


def test_a_call_is_logged_by_what_its_text_begins_with(live_home: Path) -> None:
    said = done(live_home, "log", "northwind", "call with Ines: all well", "--with", "ines")
    assert "call with ines@northwind.example" in said.words
    assert (
        "Logged for Northwind Traders: meeting"
        in done(
            live_home, "log", "northwind", "roadmap", "--kind", "Meeting", "--on", in_days(-3)
        ).words
    )
    assert "email" in done(live_home, "log", "northwind", "mail: thanks", "--minor").words
    assert "other" in done(live_home, "log", "northwind", "dinner").words
    done(live_home, "scan")
    ledger = done(live_home, "explain", "northwind").words
    assert "last meaningful contact" in ledger
    assert "feed:rep-log" in ledger
    done(live_home, "note", "northwind", "new CTO in May", "--by", KIM)
    story = done(live_home, "history", "northwind").words
    assert "call with Ines: all well" in story
    assert "new CTO in May" in story
    assert KIM in story
    assert "email (not counted): mail: thanks" in story
    assert "contact dinner" not in story
    assert "other: dinner" in story


def test_a_reps_band_stands_beside_the_computed_one(live_home: Path) -> None:
    assert "No override holds" in done(live_home, "override").words
    until = in_days(30)
    said = done(
        live_home,
        *("override", "northwind", "TAM", "green", "--until", until),
        *("--reason", "planned migration", "--by", KIM),
    )
    assert f"is Green until {until} for alerts" in said.words
    assert "planned migration" in done(live_home, "override").words
    told = f"rep: Green until {until}, {KIM}: planned migration"
    scanned = done(live_home, "scan").words
    assert "20 Red (rep: Green)" in scanned
    assert f"rep: Green until {until}, kim:" in scanned
    assert f"20 of 100, Red ({told})" in done(live_home, "explain", "northwind").words
    for command in (["scan", "--json"], ["explain", "northwind", "--json"]):
        assert '"reason": "planned migration"' in done(live_home, *command).out
    cleared = done(live_home, "override", "northwind", "tam", "--clear", "--by", KIM)
    assert "the computed band counts again" in cleared.words
    assert "rep: Green" not in done(live_home, "scan").out
    story = done(live_home, "history", "northwind").words
    assert "Green until" in story
    assert "no longer Green" in story


def test_how_technical_a_person_is_is_the_reps_to_say(live_home: Path) -> None:
    assert "not known" in done(live_home, "maturity", "northwind").words
    said = done(live_home, "maturity", "northwind", "Ines", "HIGH", "--by", KIM)
    assert "ines@northwind.example of Northwind Traders: high" in said.words
    assert f"high {KIM}" in done(live_home, "maturity", "northwind").words
    assert (
        "Nobody of Fabrikam Instruments is known yet"
        in done(live_home, "maturity", "fabrikam").words
    )


def test_empty_states_say_what_to_do_next(quiet_home: Path) -> None:
    assert "No incident stands." in done(quiet_home, "incidents").words
    assert "Nothing has happened yet." in done(quiet_home, "history", "fabrikam").words


def test_hostile_words_are_shown_and_never_obeyed(live_home: Path) -> None:
    evil = f"\x1b[2J\u202e{HOSTILE}"
    done(live_home, "log", "evil", f"call {evil}", "--with", "eve@evil.example")
    done(live_home, "note", "evil", evil)
    done(live_home, "dismiss", "evil", "--reason", evil)
    done(live_home, "outcome", draft_of(live_home, "evil"), "sent", "--note", evil)
    done(
        live_home,
        *("override", "evil", "tam", "Green", "--until", in_days(9), "--reason", evil),
    )
    done(live_home, "maturity", "evil", HOSTILE, "low")
    for words in (
        ["incidents"],
        ["incidents", "--json"],
        ["history", "evil"],
        ["history", "evil", "--json"],
        ["override"],
        ["maturity", "evil"],
        ["scan"],
        ["explain", "evil"],
    ):
        said = done(live_home, *words)
        assert invisible_in(said.out + said.err) == set(), words
        assert "[red]x[/red]" in said.out, words
