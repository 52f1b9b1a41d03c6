"""CSV that a spreadsheet opens without running what stands in it."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.csv_safe import csv_text, safe_text


@pytest.mark.parametrize(
    "text, safe",
    [
        ("Acme", "Acme"),
        ("", ""),
        ('=HYPERLINK("http://x","y")', '\'=HYPERLINK("http://x","y")'),
        ("+49 30 1234", "'+49 30 1234"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("  =1+1", "'  =1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("a\x00=1", "a=1"),
        ("\x00=1", "'=1"),
        ("Acme;=1+1", "Acme;'=1+1"),
        ("Acme\n=1+1", "Acme\n'=1+1"),
        ("kim@example.com; a-b", "kim@example.com; a-b"),
    ],
)
def test_text_that_begins_as_a_formula_comes_behind_an_apostrophe(text: str, safe: str) -> None:
    assert safe_text(text) == safe


def test_figures_and_days_of_ours_stay_figures_and_days() -> None:
    row = (-5, Decimal("-1200.50"), Decimal("1E+5"), date(2026, 11, 21), None, "-5")
    assert csv_text([row]) == "-5,-1200.50,100000,2026-11-21,,'-5\r\n"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_no_cell_begins_a_formula_and_every_row_keeps_its_cells(cells: list[str]) -> None:
    read = next(csv.reader(io.StringIO(csv_text([["first", *cells]]), newline="")))
    assert read[0] == "first"
    assert len(read) == len(cells) + 1
    for cell, given_text in zip(read[1:], cells, strict=True):
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))
        assert cell[:1] not in {"\t", "\r", "\n"}
        assert cell.replace("'", "") == given_text.replace("\x00", "").replace("'", "")
