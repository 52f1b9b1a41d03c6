"""`tend explain` as people type it: which account, as of when, every point, and what moved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.feeds.templates import write_templates
from tests.e2e.made_up_book import (
    BASELINE_AGO,
    HOSTILE,
    TICKETS_HEADER,
    TODAY,
    day,
    p1s,
    write_csv,
)
from tests.e2e.typed import done, everything_stored, typed

Explained = dict[str, JsonValue]


def explained(home: Path, account: str, *words: str) -> dict[str, Explained]:
    """The explanation as JSON, by agent."""
    agents = done(home, "explain", account, "--json", *words).json()["agents"]
    assert isinstance(agents, list)
    return {str(agent["agent"]): agent for agent in agents if isinstance(agent, dict)}


def ledger(agent: Explained) -> Sequence[Explained]:
    rows = agent["ledger"]
    assert isinstance(rows, list)
    return [row for row in rows if isinstance(row, dict)]


def points(agent: Explained) -> int:
    return sum(int(str(row["points"])) for row in ledger(agent))


def move(agent: Explained) -> Explained:
    found = agent["move"]
    assert isinstance(found, dict)
    return found


def apply(home: Path, text: str) -> None:
    path = home / "new-settings.toml"
    path.write_text(text, encoding="utf-8")
    done(home, "settings", "apply", str(path))


@pytest.fixture
def template_home(tmp_path: Path) -> Path:
    """The book that the templates come with, scanned."""
    home = tmp_path / "home"
    write_templates(tmp_path / "book", TODAY)
    done(home, "import", str(tmp_path / "book"))
    done(home, "scan")
    return home


@pytest.mark.parametrize("name", ["northwind", "NORTHWIND TRADERS", "northw", "Northwind T"])
def test_an_account_is_found_by_id_by_name_and_by_how_either_begins(
    live_home: Path, name: str
) -> None:
    assert done(live_home, "explain", name).out.startswith("Northwind Traders  (northwind)")


def test_an_ambiguous_beginning_names_all_it_could_be(live_home: Path) -> None:
    said = typed(live_home, "explain", "north")
    assert said.code == 2
    assert "North Sea Pumps (northsea), Northwind Traders (northwind)" in said.words


def test_an_unknown_name_is_answered_with_near_ones(live_home: Path) -> None:
    said = typed(live_home, "explain", "Fabricam Instrumnets")
    assert said.code == 2
    assert "near: Fabrikam Instruments (fabrikam)" in said.words
    assert typed(live_home, "explain", "zzz").words.endswith("there is no account 'zzz'")


def test_no_name_explains_the_account_most_at_risk(live_home: Path) -> None:
    explained = done(live_home, "explain")
    table = done(live_home, "scan", "--json").out
    assert explained.out.startswith(HOSTILE)
    assert done(live_home, "explain", "--json").json()["account_id"] == "evil"
    assert table.index('"account_id": "evil"') < table.index('"account_id": "northwind"')


def test_nothing_scanned_yet_says_what_to_do(quiet_home: Path, empty_home: Path) -> None:
    none = typed(empty_home.with_name("another"), "explain")
    assert none.code == 2
    assert "bring some in (tend import) and run tend scan" in none.words
    gone = typed(quiet_home, "explain", "gone")
    assert gone.code == 2
    assert "Long Gone Ltd has no score by" in gone.words


def test_every_point_stands_beside_its_reason_and_records(live_home: Path) -> None:
    said = done(live_home, "explain", "northwind").out
    assert "20 of 100, Red" in said
    assert "NORTHWIND-1" in said
    assert "Nearest way up to Amber (40): resolve NORTHWIND-1" in said
    assert "tam escalation: open" in said
    assert f"{day(0)}  raised, alert" in said


def test_a_score_that_is_not_known_is_never_a_sum_of_nothing(live_home: Path) -> None:
    (technical, commercial) = done(live_home, "explain", "northwind").out.split("Commercial")
    assert "sum                20" in technical
    assert "no score, Unknown" in commercial
    assert "\nsum " not in commercial


def test_points_sum_to_the_score(template_home: Path) -> None:
    for account in ("northwind", "fabrikam", "tailspin"):
        for agent in explained(template_home, account).values():
            assert points(agent) == agent["score"]
            for row in ledger(agent):
                assert row["reason"]
    assert "The first scan: nothing to compare with." in done(template_home, "explain", "tai").out


def test_the_ledger_names_the_tickets_behind_it(live_home: Path) -> None:
    tam = explained(live_home, "northwind")["tam"]
    (age,) = (row for row in ledger(tam) if row["factor"] == "ticket_age")
    assert age["sources"] == [f"ticket:NORTHWIND-{n}" for n in range(1, 5)]
    assert age["points"] == -80


def test_an_earlier_day_is_explained_as_it_was_recorded(live_home: Path) -> None:
    before = everything_stored(live_home)
    then = explained(live_home, "northwind", "--at", day(BASELINE_AGO))["tam"]
    assert then["score"] == 100
    moment = explained(live_home, "northwind", "--at", f"{day(BASELINE_AGO)}T07:00")["tam"]
    assert moment == then
    text = done(live_home, "explain", "northwind", "--at", day(BASELINE_AGO)).out
    assert "100 of 100, Green" in text
    assert "Incidents" not in text
    assert everything_stored(live_home) == before


@pytest.mark.parametrize(
    "at, reason",
    [
        (day(BASELINE_AGO + 1), "Northwind Traders has no score by"),
        (f"{day(BASELINE_AGO)}T06:59", "Northwind Traders has no score by"),
        ("soon", "'soon' is not a day or moment"),
        ("9999-12-31T23:59-14:00", "is not a day or moment"),
        (day(0), ""),
        ("9999-12-31", ""),
    ],
)
def test_a_day_without_a_score_is_told(live_home: Path, at: str, reason: str) -> None:
    said = typed(live_home, "explain", "northwind", "--at", at)
    assert said.code == (2 if reason else 0)
    assert reason in said.words


def test_new_settings_are_named_as_what_moved_the_score(live_home: Path) -> None:
    apply(live_home, "[tam]\nticket_age_cap = 60\n")
    done(live_home, "scan")
    tam = explained(live_home, "northwind")["tam"]
    assert (tam["score"], tam["settings_version"]) == (40, 1)
    moved = move(tam)
    assert (moved["total"], moved["settings"], moved["data"], moved["customer"]) == (20, 20, 0, 0)
    said = done(live_home, "explain", "northwind").words
    assert "20 → 40 (+20) settings +20 · data +0 · customer +0" in said


def test_new_tickets_are_named_as_what_moved_the_score(live_home: Path, tmp_path: Path) -> None:
    fresh = p1s("fabrikam", 2, "Gauges show nothing", ago=5)
    done(live_home, "import", str(write_csv(tmp_path / "tickets.csv", [TICKETS_HEADER, *fresh])))
    done(live_home, "scan")
    moved = move(explained(live_home, "fabrikam")["tam"])
    assert (moved["total"], moved["settings"], moved["data"], moved["customer"]) == (
        *(-40, 0, 0, -40),
    )
    assert "100 → 60 (-40) settings +0 · data +0 · customer -40" in (
        done(live_home, "explain", "fabrikam").words
    )


def test_both_at_once_are_told_apart(live_home: Path, tmp_path: Path) -> None:
    apply(live_home, "[tam]\nticket_age_cap = 60\n")
    more = p1s("northsea", 4, "Pumps stand still", ago=6)
    done(live_home, "import", str(write_csv(tmp_path / "tickets.csv", [TICKETS_HEADER, *more])))
    done(live_home, "scan")
    moved = move(explained(live_home, "northsea")["tam"])
    assert moved["total"] == -20
    parts = [int(str(moved[part])) for part in ("settings", "data", "customer")]
    assert sum(parts) == -20
    assert parts == [0, 0, -20]


def test_a_first_feed_of_a_kind_is_named_as_what_became_known(
    live_home: Path, tmp_path: Path
) -> None:
    rows = [("account_id", "seen_at"), ("northsea", f"{day(8)}T06:00:00Z")]
    done(live_home, "import", str(write_csv(tmp_path / "heartbeats.csv", rows)))
    done(live_home, "scan")
    moved = move(explained(live_home, "northsea")["tam"])
    assert moved["data"] == -30
    assert moved["total"] == -30
