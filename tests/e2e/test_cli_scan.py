"""`tend scan` as people type it: the table, the JSON, looking back, replaying."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.made_up_book import ACCOUNTS, BASELINE_AGO, day, write_csv
from tests.e2e.typed import done, everything_stored, started, typed


def test_the_table_begins_with_the_account_most_at_risk(live_home: Path) -> None:
    table = done(live_home, "scan").out
    places = [table.index(name) for name in ("Northwind", "North Sea", "Fabrikam")]
    assert places == sorted(places)
    assert "4 accounts: 2 Red · 2 Unknown" in table
    assert "100 = healthy" in table
    assert "EUR 48,000" in table
    assert "Long Gone" not in table


def test_top_says_how_many_it_leaves_out(live_home: Path) -> None:
    table = done(live_home, "scan", "--top", "1").out
    assert "… and 3 more (--top 0 shows all)" in table
    assert "Fabrikam" not in table
    assert "more (--top 0" not in done(live_home, "scan", "--top", "0").out


def test_a_second_scan_has_nothing_new_to_tell(live_home: Path) -> None:
    assert "Nothing new since the last scan" in done(live_home, "scan").words


def test_the_scan_after_going_live_names_what_it_did(quiet_home: Path) -> None:
    done(quiet_home, "go-live")
    said = done(quiet_home, "scan").words
    assert "effects done" in said
    assert "tend inbox has the alerts" in said


def test_a_baseline_tells_nobody_and_says_so(quiet_home: Path) -> None:
    assert "This was a baseline" in done(quiet_home, "scan").words
    assert "No drafts wait" in done(quiet_home, "drafts").words


def test_json_has_one_shape_whatever_happened(live_home: Path) -> None:
    said = done(live_home, "scan", "--json").json()
    accounts = said.pop("accounts")
    assert sorted(said) == [
        *("assessments", "baseline", "effects_done", "effects_left", "effects_owed"),
        *("now", "resumed", "scan_id", "shown"),
    ]
    assert said["shown"] is None
    assert (said["assessments"], said["baseline"], said["resumed"]) == (8, False, False)
    assert isinstance(accounts, list)
    assert len(accounts) == 4
    by_id = {account["account_id"]: account for account in accounts if isinstance(account, dict)}
    northwind = by_id["northwind"]
    assert northwind["arr"] == {"amount": "48000", "currency": "EUR"}
    assert northwind["owner"] == "maya@example.com"
    assert northwind["renewal"] == day(-201)  # the day after the contract's last
    tam, csm = northwind["tam"], northwind["csm"]
    assert isinstance(tam, dict)
    assert isinstance(csm, dict)
    assert (
        sorted(tam)
        == sorted(csm)
        == [
            *("band", "coverage", "incident", "moved_in_7_days"),
            *("override", "reasons", "score", "stale"),
        ]
    )
    assert (tam["score"], tam["band"], tam["incident"]) == (20, "Red", True)
    assert (csm["score"], csm["band"]) == (None, "Unknown")
    assert by_id["evil"]["arr"] is None


def test_one_account_is_scanned_by_its_name_alone(live_home: Path) -> None:
    table = done(live_home, "scan", "--account", "fabri").out
    assert "Fabrikam Instruments" in table
    assert "1 account: 1 Unknown" in table
    assert "Northwind" not in table
    accounts = done(live_home, "scan", "--account", "fabri", "--json").json()["accounts"]
    assert isinstance(accounts, list)
    assert len(accounts) == 1


def test_an_account_that_is_no_customer_any_more_is_not_mistaken_for_an_empty_book(
    live_home: Path,
) -> None:
    said = done(live_home, "scan", "--account", "Long Gone Ltd", "--at", day(1)).words
    assert "no contract running" in said
    assert "no active accounts yet" not in said


def test_a_former_customer_is_not_scanned_and_gets_no_letter(live_home: Path) -> None:
    before = everything_stored(live_home)
    said = typed(live_home, "scan", "--account", "Long Gone Ltd")
    assert said.code == 2
    assert "no contract running" in said.err
    assert everything_stored(live_home) == before


def test_looking_back_shows_that_day_and_records_nothing(live_home: Path) -> None:
    before = everything_stored(live_home)
    said = done(live_home, "scan", "--at", day(BASELINE_AGO))
    assert "nothing was recorded" in said.words
    assert "Red" not in said.out
    assert "Red" in done(live_home, "scan", "--at", f"{day(1)}T12:00").out
    one = done(live_home, "scan", "--at", day(1), "--account", "northwind", "--json").json()
    assert list(one) == ["accounts"]
    assert everything_stored(live_home) == before


@pytest.mark.parametrize(
    "words, reason",
    [
        (["--at", day(-2)], "lies in the future"),
        (["--at", "yesterday"], "'yesterday' is not a day or moment: write 2026-03-31"),
        (["--at", "2026-02-30"], "is not a day or moment"),
        (["--at", "0001-01-01"], "is not known|nothing is known of it"),
        (["--at", "0001-01-01T00:00+14:00"], "is not a day or moment"),
        (["--at", "9999-12-31T23:59-14:00"], "is not a day or moment"),
        (["--replay"], "--replay needs --at DAY"),
        (["--replay", "--at", day(-2)], "lies in the future"),
        (["--replay", "--at", day(20)], "a replay can only go forward"),
        (["--account", "nobody-at-all"], "there is no account 'nobody-at-all'"),
        (["--top", "-1"], "Invalid value for '--top'"),
    ],
)
def test_a_scan_that_cannot_be_done_as_asked_changes_nothing(
    live_home: Path, words: list[str], reason: str
) -> None:
    before = everything_stored(live_home)
    said = typed(live_home, "scan", *words)
    assert said.code == 2
    assert any(way in said.words for way in reason.split("|")), said.words
    assert everything_stored(live_home) == before


def test_a_replay_goes_forward_day_by_day(quiet_home: Path) -> None:
    for ago in (8, 7, 5):
        assert "4 accounts" in done(quiet_home, "scan", "--replay", "--at", day(ago)).out
    assert "now" in done(quiet_home, "scan", "--replay", "--at", day(4), "--json").json()
    assert typed(quiet_home, "scan", "--replay", "--at", day(6)).code == 2


def test_an_empty_store_says_where_to_begin(empty_home: Path) -> None:
    said = done(empty_home, "scan").words
    assert "tend import --template DIR" in said
    assert "tend demo" in said
    assert "baseline" not in said


def test_a_wide_terminal_has_room_for_the_owner_and_a_narrow_pipe_is_not_cut(
    live_home: Path,
) -> None:
    assert "Owner" in typed(live_home, "scan", COLUMNS="200").out
    narrow = typed(live_home, "scan", COLUMNS="60").out
    assert "Owner" not in narrow
    assert "North Sea Pumps" in narrow


def test_from_templates_to_an_explained_score_as_a_newcomer_types_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert started(home, "import", "--template", "book").code == 0
    assert started(home, "import", "book").code == 0
    scanned = started(home, "scan")
    assert scanned.code == 0
    assert "Northwind Traders" in scanned.out
    assert "Tend keeps its things in" in scanned.err
    explained = started(home, "explain", "northwind")
    assert (explained.code, "SUP-101" in explained.out) == (0, True)


def test_accounts_without_an_owner_are_nobodys(quiet_home: Path, tmp_path: Path) -> None:
    (header, *_) = ACCOUNTS
    path = write_csv(tmp_path / "accounts.csv", [header, ("lone", "Lone Star", *[""] * 5)])
    done(quiet_home, "import", str(path))
    assert "nobody" in typed(quiet_home, "scan", COLUMNS="200").out
