"""`tend model usage`: what was spent, by whom, against the budget, and nothing at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from app.bootstrap import open_store_of
from app.domain.model_call import CallState, ModelCall
from app.ports.store import Unit
from app.settings import Settings
from tests.e2e.typed import typed

CONFIG = json.dumps({"primary": {"name": "openai/gpt-5"}, "calls_a_day": 20, "usd_a_day": "none"})


def _begin(call: ModelCall, unit: Unit) -> None:
    unit.model_calls.begin(call)


@pytest.fixture
def spent_home(tmp_path: Path) -> Path:
    """Three calls of this moment, one of them left open."""
    store = open_store_of(Settings(home=tmp_path, tenant="main"))
    for number, (agent, account, cost) in enumerate(
        [("tam", "acme", 2_500), ("csm", "[red]globex\x1b[31m", 1_000_000), ("tam", "acme", 1_500)]
    ):
        call = ModelCall(
            call_id=str(number),
            at=datetime.now(UTC),
            agent=agent,
            account_id=account,
            purpose="churn_outreach",
            model="openai/gpt-5",
            state=CallState.OPEN if number else CallState.ANSWERED,
            input_tokens=1_000,
            output_tokens=100,
            cost_micros=cost,
        )
        store.write_now("main", partial(_begin, call))
    store.close()
    return tmp_path


def test_it_says_what_was_spent_against_the_budget(spent_home: Path) -> None:
    lines = typed(spent_home, "model", "usage", TEND_MODEL=CONFIG).out.splitlines()

    assert [line.split() for line in lines[:3]] == [
        ["AGENT", "CALLS", "TOKENS", "IN", "TOKENS", "OUT", "COST"],
        ["csm", "1", "1,000", "100", "$1.00"],
        ["tam", "2", "2,000", "200", "$0.004"],
    ]
    assert "Today: $1.00, 3 of 20 calls." in lines
    assert "This month: $1.00 of $50.00, 3 of 10,000 calls." in lines


def test_names_from_outside_stay_text(spent_home: Path) -> None:
    out = typed(spent_home, "model", "usage", "--by", "account").out

    assert "[red]globex" in out
    assert "\x1b" not in out


def test_as_json_it_is_exact(spent_home: Path) -> None:
    told = json.loads(
        typed(spent_home, "model", "usage", "--by", "day", "--json", TEND_MODEL=CONFIG).out
    )

    assert told["by"] == "day"
    assert (told["today"]["usd"], told["today"]["budget_calls"]) == (1.004, 20)
    assert "budget_usd" not in told["today"]
    assert [one["calls"] for one in told["usage"]] == [3]


def test_without_a_model_it_says_how_to_connect_one(tmp_path: Path) -> None:
    assert "docs/how-to/connect-model.md" in typed(tmp_path, "model", "usage").out


def test_before_the_first_call_it_says_so(tmp_path: Path) -> None:
    said = typed(tmp_path, "model", "usage", TEND_MODEL=CONFIG)

    assert "Nothing was asked of the model this month." in said.out


def test_an_unknown_sum_is_named(tmp_path: Path) -> None:
    result = typed(tmp_path, "model", "usage", "--by", "colour")

    assert result.code == 2
    assert "agent, account, day, model, purpose" in result.words
