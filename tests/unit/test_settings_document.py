"""The reference of settings is whole, and says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.services.budgets import DEFAULT_BUDGETS
from app.settings import Settings

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")


def row_of(name: str) -> str:
    """The line of the table that tells of a setting."""
    found = [line for line in REFERENCE.splitlines() if line.startswith(f"| `{name}` |")]
    assert len(found) == 1, f"docs/reference/settings.md has no line of its own for {name}"
    return found[0]


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_has_its_line_with_its_default(field: str) -> None:
    default = Settings.model_fields[field].default
    row = row_of(f"TEND_{field.upper()}")
    if isinstance(default, str) and default:
        assert f"| `{default}` |" in row
    elif default is None or default == "":
        assert "*none*" in row


def test_no_setting_is_told_that_is_not_there() -> None:
    told = set(re.findall(r"TEND_[A-Z_]+[A-Z]", REFERENCE))
    assert told == {f"TEND_{field.upper()}" for field in Settings.model_fields}


@pytest.mark.parametrize("system", DEFAULT_BUDGETS)
def test_every_budget_is_told_with_its_figures(system: str) -> None:
    budget = DEFAULT_BUDGETS[system]
    figures = f"| {budget.calls} | {budget.per_seconds:g} | {budget.burst} |"
    assert row_of(system).endswith(figures)
