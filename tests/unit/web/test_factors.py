"""What factors are called and where their rows stand; where a refresh is."""

from __future__ import annotations

import pytest

from app.domain.flow import FlowRow, FlowState
from app.web.factors import (
    FACTOR_NAMES,
    factor_name,
    factor_path,
    measured,
    more_records,
    record_links,
)
from app.web.pages.refresh import Stage, stage_of
from tests.builders import NOW, ledger_row, scan


@pytest.mark.parametrize("factor", [name for name in FACTOR_NAMES if name not in {"clamp", "kept"}])
def test_every_factor_has_a_name_and_a_place(factor: str) -> None:
    assert factor_name(factor)[0].isupper()
    assert factor_path("a/b?c", factor).startswith("/accounts/a%2Fb%3Fc")


def test_a_factor_of_a_later_scorer_is_spelled_out_and_leads_to_the_account() -> None:
    assert factor_name("moon_phase") == "Moon phase"
    assert factor_path("acme", "moon_phase") == "/accounts/acme"


@pytest.mark.parametrize(
    "factor, raw, told",
    [
        ("payment", "overdue_90_plus, 91 d", "91 d overdue"),
        ("payment", "overdue_30", "overdue 30"),
        ("payment", "current, 0 d", "nothing overdue"),
        ("payment", "unknown", "unknown"),
        ("usage_trend", "13946 events a week, 980 before", "13,946 events a week, 980 before"),
        ("nps", "6 of 10", "6 of 10"),
    ],
)
def test_what_was_measured_is_told_without_the_ledgers_short_hand(
    factor: str, raw: str, told: str
) -> None:
    assert measured(ledger_row(factor=factor, raw=raw)) == told


def test_records_lead_to_where_they_are_shown() -> None:
    row = ledger_row(
        factor="support",
        sources=("ticket:A/1", "feed:crm", "record:tam", "contract:c1", "ticket:B", "ticket:C"),
    )
    links = record_links("acme", row, may_see_feeds=True)
    assert [(link.text, link.href) for link in links] == [
        ("A/1", "/accounts/acme?view=tickets&factor=support#ticket-A%2F1"),
        ("crm", "/runs#feeds"),
        ("technical score", "/accounts/acme#tam"),
        ("c1", "/accounts/acme?view=tickets&factor=support#support"),
    ]
    assert more_records(row) == 2


def test_feeds_are_named_but_not_shown_to_who_may_not_see_them() -> None:
    row = ledger_row(factor="support", sources=("feed:crm",))
    assert [link.href for link in record_links("acme", row, may_see_feeds=False)] == [""]


@pytest.mark.parametrize(
    "state, scans, stage",
    [
        (FlowState.QUEUED, 0, Stage.QUEUED),
        (FlowState.WAITING, 0, Stage.QUEUED),
        (FlowState.RUNNING, 0, Stage.READING),
        (FlowState.RUNNING, 1, Stage.SCORING),
        (FlowState.DONE, 1, Stage.DONE),
        (FlowState.FAILED, 1, Stage.FAILED),
        (FlowState.CANCELLED, 0, Stage.FAILED),
    ],
)
def test_a_refresh_is_where_its_flow_is(state: FlowState, scans: int, stage: Stage) -> None:
    row = FlowRow(
        flow_id="main:scan:acme:x",
        flow="scan",
        state=state,
        worker="",
        created_at=NOW,
        updated_at=NOW,
        error="",
    )
    assert stage_of(row, scan() if scans else None) is stage


def test_a_refresh_that_nobody_remembers_is_lost() -> None:
    assert stage_of(None, None) is Stage.LOST
