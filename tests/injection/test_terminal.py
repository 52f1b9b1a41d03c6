"""What others wrote is shown by commands word for word: no escape, no link, no markup obeyed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.typed import Said, typed
from tests.injection.books import account_id_of
from tests.injection.lives import Life
from tests.injection.oracle import live_in_terminal
from tests.injection.planted import PLANTED

MARKUP = next(n for n, text in enumerate(PLANTED) if text.startswith("[link="))
ESCAPES = next(n for n, text in enumerate(PLANTED) if text.startswith("\x1b[2J"))


@pytest.fixture
def home(hostile_life: Life, tmp_path: Path) -> Path:
    return Path(shutil.copytree(hostile_life.home / "home", tmp_path / "home"))


def said(home: Path, *words: str) -> Said:
    found = typed(home, *words, FORCE_COLOR="1", TERM="xterm-256color")
    assert found.code == 0, found.err
    return found


@pytest.mark.parametrize(
    "words",
    [
        *(["inbox"], ["drafts"], ["drafts", "--all"], ["incidents"], ["opportunities"], ["feeds"]),
        *(["runs"], ["events", "list"], ["tickets", "unresolved"]),
    ],
)
def test_no_list_has_anything_that_a_terminal_obeys(home: Path, words: Sequence[str]) -> None:
    found = said(home, *words)
    assert live_in_terminal(found.out + found.err) == ()


def test_no_table_of_a_scan_has_either(home: Path) -> None:
    out = said(home, "scan", "--replay", "--at", "2026-03-13").out  # its bar moves the cursor
    assert live_in_terminal(out) == ()
    assert len(out.splitlines()) > 20


@pytest.mark.parametrize("number", [MARKUP, ESCAPES])
@pytest.mark.parametrize("command", ["explain", "history", "profile", "qbr", "adoption"])
def test_no_page_of_an_account_has_either(home: Path, command: str, number: int) -> None:
    found = said(home, command, account_id_of(number))
    assert live_in_terminal(found.out + found.err) == ()


def test_every_draft_is_shown_without_anything_alive(home: Path) -> None:
    ids = re.findall(r"d-[0-9a-f]{10}", said(home, "drafts", "--all").out)
    assert len(ids) > 20
    for draft_id in ids[::4]:
        assert live_in_terminal(said(home, "drafts", "show", draft_id).out) == ()


def test_markup_is_shown_as_it_was_written(home: Path) -> None:
    found = said(home, "explain", account_id_of(MARKUP)).out
    shown = "".join(re.sub(r"\x1b\[[0-9;]*m", "", found).split())
    assert "".join(PLANTED[MARKUP].split()) in shown
