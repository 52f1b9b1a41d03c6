from __future__ import annotations

import csv
import dataclasses
from datetime import date
from pathlib import Path

import pytest

from app.domain.fact_rows import FACT_SHAPES
from app.domain.feed import FactKind
from app.errors import InvalidInput
from app.feeds.columns import COLUMNS
from app.feeds.refusals import RefusedRow
from app.feeds.rejects import formula_safe, rejects_file
from app.feeds.templates import reference_page, template_rows, write_templates

TODAY = date(2026, 3, 11)
REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "import-templates.md"
REFUSAL = RefusedRow(line=3, column="=day", reason="is empty", raw="@cmd,1")


def test_the_reference_says_what_the_columns_are() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference_page()


@pytest.mark.parametrize("kind", FactKind)
def test_columns_are_the_fields_of_the_fact(kind: FactKind) -> None:
    fields = {field.name for field in dataclasses.fields(FACT_SHAPES[kind].fact)}
    ours = {column.name for column in COLUMNS[kind]}
    assert fields - ours <= {"mapped_by", "source"}
    assert kind is FactKind.ACCOUNTS or ours <= fields


@pytest.mark.parametrize("kind", FactKind)
def test_no_column_is_called_by_two_names_of_one_kind(kind: FactKind) -> None:
    names = [name for column in COLUMNS[kind] for name in (column.name, *column.aliases)]
    assert len(names) == len(set(names))


def test_every_template_has_two_or_three_rows_that_fit_its_columns() -> None:
    for kind, rows in template_rows(TODAY).items():
        assert 2 <= len(rows) <= 3
        assert all(len(row) <= len(COLUMNS[kind]) for row in rows)


def test_filled_in_templates_are_never_overwritten(tmp_path: Path) -> None:
    write_templates(tmp_path, TODAY)
    (tmp_path / "accounts.csv").write_text("mine")
    with pytest.raises(InvalidInput, match=r"accounts\.csv.* is there already"):
        write_templates(tmp_path, TODAY)
    assert (tmp_path / "accounts.csv").read_text() == "mine"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1", "\uff1d1+1"])
def test_what_a_spreadsheet_would_run_is_defused(text: str) -> None:
    assert formula_safe(text) == f"'{text}"


def test_a_formula_is_defused_behind_whatever_parts_cells_in_some_countries() -> None:
    assert formula_safe("a,-5;=1; +2\t@x\n-3") == "a,-5;'=1;' +2\t'@x\n'-3"
    assert formula_safe("a, b\r\nc-d=e") == "a, b\r\nc-d=e"


def test_rejects_are_written_safe_to_open(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    with rejects_file(path) as sink:
        sink("usage.csv", REFUSAL)
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    assert rows == [
        ["file", "line", "column", "reason", "raw"],
        ["usage.csv", "3", "'=day", "is empty", "'@cmd,1"],
    ]


def test_rejects_replace_earlier_rejects_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    for _ in range(2):
        with rejects_file(path) as sink:
            sink("usage.csv", REFUSAL)
    path.write_text("account_id,name\n")
    with pytest.raises(InvalidInput, match="holds something else"), rejects_file(path):
        pass
    with pytest.raises(InvalidInput, match="cannot be written"), rejects_file(tmp_path / "a" / "b"):
        pass
