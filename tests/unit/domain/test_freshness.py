"""Stale scores: kept while their feeds are in trouble, never mistaken for today's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.agents.customer_success.health_scorer import CSMHealthScorer
from app.agents.customer_success.inputs import kinds_behind_csm
from app.agents.technical_account_manager.health_scorer import HealthScorer
from app.agents.technical_account_manager.inputs import kinds_behind_tam
from app.domain.assessment import Agent, Assessment
from app.domain.band import Band
from app.domain.book import AccountFacts
from app.domain.feed import FactKind, FeedView
from app.domain.freshness import kept
from app.domain.health_record import HealthRecord
from app.domain.ticket import Priority
from tests.builders import (
    NOW,
    assessment,
    book_context,
    days_ago,
    feed,
    feed_view,
    health_record,
    ticket,
)
from tests.unit.agents.scored_accounts import CATALOGUE, csm_inputs, healthy_facts, tam_inputs

TODAY_S = assessment(score=20, band=Band.RED, at_risk=True, inputs={"a": 1})


def test_without_trouble_today_s_assessment_stands() -> None:
    assert kept(health_record(), TODAY_S, None) is TODAY_S


def test_in_trouble_the_last_score_is_kept_with_its_moment_and_the_reason() -> None:
    record = health_record(
        score=90,
        band=Band.GREEN,
        coverage=80,
        at_risk=False,
        assessed_at=days_ago(9),
        checked_at=days_ago(3),
    )
    found = kept(record, TODAY_S, "feed jira failed")
    assert (found.score, found.band, found.coverage) == (90, Band.GREEN, 80)
    assert (found.assessed_at, found.at_risk) == (days_ago(3), False)
    assert found.stale_reason == "feed jira failed"
    assert found.inputs == {}
    assert sum(row.points for row in found.ledger) == 90
    assert found.ledger[0].reason == "score of 2026-03-08 kept: feed jira failed"


def test_a_score_that_is_stale_already_keeps_the_moment_it_was_found_at() -> None:
    record = health_record(
        score=90,
        assessed_at=days_ago(3),
        checked_at=days_ago(1),
        stale_reason="feed jira is late",
    )
    assert kept(record, TODAY_S, "feed jira failed").assessed_at == days_ago(3)


@pytest.mark.parametrize("record", [None, health_record(score=None, band=Band.UNKNOWN)])
def test_without_a_last_score_the_account_is_unknown_for_that_reason(
    record: HealthRecord | None,
) -> None:
    found = kept(record, TODAY_S, "feed jira failed")
    assert (found.score, found.band, found.coverage) == (None, Band.UNKNOWN, 0)
    assert not found.at_risk
    assert found.stale_reason == "feed jira failed"
    assert found.reasons() == ("no score yet: feed jira failed",)


def view_on(day: int, cut: FactKind, cut_for: range) -> FeedView:
    """One feed a kind, delivering at each scan, but for `cut`, which is dead on the days given."""
    now = NOW + timedelta(days=day)
    last_ok = NOW + timedelta(days=cut_for.start - 1) if day in cut_for else now
    feeds = [
        feed(
            name=kind.value,
            provides=frozenset({kind}),
            last_ok_at=last_ok if kind is cut else now,
            late_after_hours=24,
        )
        for kind in FactKind
    ]
    return feed_view(feeds=tuple(feeds), now=now)


def scored(agent: Agent, account_facts: AccountFacts, view: FeedView) -> Assessment:
    if agent is Agent.TAM:
        return HealthScorer().assess(tam_inputs(account_facts, view, now=view.now))
    context = book_context(now=view.now, local_day=view.now.date(), feature_catalogue=CATALOGUE)
    return CSMHealthScorer().assess(
        csm_inputs(account_facts, view, context, default_priority=Priority.P3)
    )


@pytest.mark.parametrize("agent", Agent)
@pytest.mark.parametrize(
    "cut",
    [FactKind.TICKETS, FactKind.HEARTBEATS, FactKind.USAGE, FactKind.INVOICES],
)
def test_a_feed_cut_for_seven_days_changes_no_band(agent: Agent, cut: FactKind) -> None:
    account_facts = healthy_facts(
        open_tickets=(ticket(priority=Priority.P1, created_at=days_ago(1)),),
        last_heartbeat=NOW,
    )
    kinds = (kinds_behind_tam if agent is Agent.TAM else kinds_behind_csm)(account_facts)
    dead_days = range(2, 9)
    record: HealthRecord | None = None
    stale = []
    for day in range(12):
        view = view_on(day, cut, dead_days)
        # While the feed is dead its facts stand still; all others go on.
        beat = NOW + timedelta(days=1 if cut is FactKind.HEARTBEATS and day in dead_days else day)
        today = scored(agent, healthy_facts(last_heartbeat=beat), view)
        found = kept(record, today, view.trouble_for("acme", kinds))
        assert found.band is Band.GREEN
        if found.stale_reason is not None:
            stale.append(day)
        record = health_record(
            agent=agent, score=found.score, band=found.band, assessed_at=found.assessed_at
        )
    # The first day without a delivery is exactly 24 h old, which is not yet late.
    rests_on_it = cut in kinds
    assert stale == (list(dead_days)[1:] if rests_on_it else [])
    assert record is not None
    assert record.assessed_at == NOW + timedelta(days=11)
