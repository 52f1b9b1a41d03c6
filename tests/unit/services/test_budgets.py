from __future__ import annotations

import math

import pytest

from app.errors import ConfigurationError
from app.ports.limits import Budget
from app.services.budgets import DEFAULT_BUDGETS, OTHER_BUDGET, budget_of, budgets_of
from app.settings import LimitSetting


def test_without_settings_the_defaults_hold() -> None:
    assert budgets_of({}) == DEFAULT_BUDGETS


def test_a_setting_changes_one_system_alone() -> None:
    budgets = budgets_of({"jira": LimitSetting(calls=50, per_seconds=2, burst=5)})
    assert budgets["jira"] == Budget(calls=50, per_seconds=2, burst=5)
    assert budgets["notion"] == DEFAULT_BUDGETS["notion"]


def test_figures_that_are_left_out_stay() -> None:
    given = DEFAULT_BUDGETS["notion"]
    budgets = budgets_of({"notion": LimitSetting(calls=600)})
    assert budgets["notion"] == Budget(calls=600, per_seconds=60, burst=given.burst)


def test_a_smaller_budget_has_a_smaller_burst() -> None:
    assert budgets_of({"notion": LimitSetting(calls=3)})["notion"].burst == 3


def test_a_burst_larger_than_the_calls_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match=r"TEND_LIMITS: notion: burst must be from 1 to"):
        budgets_of({"notion": LimitSetting(calls=10, burst=11)})


def test_a_misspelt_system_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"TEND_LIMITS: 'notoin' .*jira.*notion"):
        budgets_of({"notoin": LimitSetting(calls=10)})


def test_a_system_that_nobody_thought_of_has_a_budget_too() -> None:
    assert budget_of(DEFAULT_BUDGETS, "fax") == OTHER_BUDGET


@pytest.mark.parametrize(
    "calls, per_seconds, burst",
    [(0, 1, 1), (-1, 1, 1), (1, 0, 1), (1, math.inf, 1), (1, math.nan, 1), (5, 1, 0), (5, 1, 6)],
)
def test_figures_that_make_no_budget_are_refused(
    calls: int, per_seconds: float, burst: int
) -> None:
    with pytest.raises(ValueError, match=r"budget|burst"):
        Budget(calls=calls, per_seconds=per_seconds, burst=burst)
