"""`tend qbr --html` and `tend profile`: pages as files, for whom, and what is not there."""

from __future__ import annotations

import html
import re
import unicodedata
from pathlib import Path

import pytest

from tests.e2e.made_up_book import HOSTILE
from tests.e2e.typed import done, everything_stored, typed


def test_a_review_is_written_for_the_customer_as_a_page(quiet_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "review.html"
    said = done(quiet_home, "qbr", "northsea", "--html", str(file))
    page = file.read_text(encoding="utf-8")

    assert said.out == f"Written for the customer: {file}\n"
    assert "tend task generate_qbr --account northsea" in said.err
    assert page.startswith("<!DOCTYPE html>")
    assert "<h1>North Sea Pumps</h1>" in page
    assert "Account health" in page
    assert "churn" not in page.lower()
    assert "internal:" not in page.lower()


def test_with_internal_the_page_has_the_notes_and_says_for_whom_it_is(
    quiet_home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "review.html"
    said = done(quiet_home, "qbr", "northsea", "--html", str(file), "--internal")
    page = file.read_text(encoding="utf-8")

    assert "for our own people, not for the customer" in said.out
    assert "With internal notes: never for the customer" in page
    assert "Churn risk:" in page


def test_a_page_and_markdown_can_be_written_at_once_beside_json(
    quiet_home: Path, tmp_path: Path
) -> None:
    page, text = tmp_path / "review.html", tmp_path / "review.md"
    said = typed(quiet_home, "qbr", "northsea", "--html", str(page), "--markdown", str(text))

    assert (said.code, page.exists(), text.exists()) == (0, True, True)
    assert done(quiet_home, "qbr", "northsea", "--json").json()["account_id"] == "northsea"


def test_a_profile_is_shown_before_one_is_kept_and_says_how_to_keep_it(quiet_home: Path) -> None:
    before = everything_stored(quiet_home)
    said = done(quiet_home, "profile", "northwind")

    assert "Northwind Traders: technical relationship profile" in said.out
    assert "For our own people: never for the customer" in said.out
    assert "Ines Duarte" in said.out
    assert "main contact" in said.out
    assert "No integration is known yet." in said.out
    assert "tend task update_relationship_profile --account northwind" in said.err
    assert everything_stored(quiet_home) == before


def test_a_kept_profile_is_shown_without_that_remark(quiet_home: Path, tmp_path: Path) -> None:
    done(quiet_home, "task", "update_relationship_profile", "--account", "northwind")
    file = tmp_path / "profile.html"
    said = done(quiet_home, "profile", "northwind", "--html", str(file))

    assert "None is kept" not in said.err
    assert "not for the customer" in said.out
    assert '<td class="plain">Ines Duarte</td>' in file.read_text(encoding="utf-8")
    assert done(quiet_home, "profile", "northwind", "--json").json()["account_id"] == "northwind"


@pytest.mark.parametrize("command", ["qbr", "profile"])
def test_hostile_names_are_text_in_pages_and_on_the_terminal(
    quiet_home: Path, tmp_path: Path, command: str
) -> None:
    file = tmp_path / "page.html"
    done(quiet_home, command, "evil", "--html", str(file))
    page = file.read_text(encoding="utf-8")

    [title] = re.findall("<h1>(.*)</h1>", page)
    assert html.unescape(title) == HOSTILE
    assert "<script" not in page
    shown = done(quiet_home, command, "evil")
    assert "[red]x[/red]" in shown.out
    for text in (page, shown.out):
        assert {one for one in text if unicodedata.category(one) in {"Cc", "Cf"}} <= {"\n"}


@pytest.mark.parametrize(
    "words, reason",
    [
        (("profile", "nobody"), "there is no account 'nobody'"),
        (("profile", "northsea", "--html", "no/such/x.html"), "--html no/such/x.html: cannot be"),
        (("qbr", "northsea", "--html", "no/such/x.html"), "--html no/such/x.html: cannot be"),
    ],
)
def test_what_cannot_be_done_is_said(quiet_home: Path, words: tuple[str, ...], reason: str) -> None:
    said = typed(quiet_home, *words)

    assert said.code == 2
    assert reason in said.err


@pytest.mark.parametrize(
    "command, example",
    [("qbr", "tend qbr acme --html acme.html"), ("profile", "tend profile acme --html")],
)
def test_help_shows_how(quiet_home: Path, command: str, example: str) -> None:
    assert example in done(quiet_home, command, "--help").words
