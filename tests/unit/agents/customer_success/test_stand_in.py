"""Reported figures: they stand in where nothing is measured, with their day, and not for ever."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as settings_of

from app.agents.customer_success.availability import with_availability_of
from app.agents.customer_success.churn import ChurnRisk, ChurnTrigger, churn_risk
from app.agents.customer_success.health_scorer import CSMHealthScorer
from app.agents.customer_success.inputs import CsmInputs
from app.agents.customer_success.reported import NOTHING_REPORTED, Dated
from app.domain.assessment import LedgerRow
from app.domain.band import Band
from app.domain.book import AccountFacts
from app.domain.feed import REP_LOG, FactKind, FeedView
from app.domain.reported import EngagementLevel, PaymentStatus, ReportedSignals, UsageTrend
from app.domain.tenant_settings import CsmSettings
from tests.builders import (
    account,
    assessment,
    contract,
    day_ago,
    engagement,
    facts,
    feed,
    feed_view,
    reported,
    usage_window,
)
from tests.unit.agents.scored_accounts import (
    ALL_FEEDS,
    any_csm_inputs,
    csm_inputs,
    feeds_for,
    healthy_facts,
)

SCORER = CSMHealthScorer()
SIGNALS = feeds_for(FactKind.SIGNALS)
WORD = reported(
    source="signals",
    feature_adoption_rate=0.45,
    usage_trend=UsageTrend.DECLINING,
    logins_per_week=2.5,
    last_interaction_on=day_ago(60),
    payment_status=PaymentStatus.OVERDUE_60,
    stakeholder_engagement=EngagementLevel.MEDIUM,
    nps=7,
)
"""Said three days ago, on 2026-03-08."""


def ledger(given_facts: AccountFacts, feeds: FeedView = SIGNALS) -> dict[str, LedgerRow]:
    found = SCORER.assess(csm_inputs(given_facts, feeds))
    return {row.factor: row for row in found.ledger}


def unmeasured(*words: ReportedSignals) -> AccountFacts:
    return facts(contract=contract(), reported=words)


def test_an_account_of_which_only_reports_are_known_has_a_score() -> None:
    found = SCORER.assess(csm_inputs(unmeasured(WORD), SIGNALS))
    assert (found.coverage, found.missing) == (90, ("support",))
    assert found.score == sum(row.points for row in found.ledger)
    assert (found.score, found.band) == (60, Band.AMBER)


@pytest.mark.parametrize(
    "factor, raw, points, reason",
    [
        ("adoption", "45 % of features", 14, "45 % adoption"),
        ("usage_trend", "declining", 4, "usage is declining"),
        ("login_frequency", "2.5 logins a week", 12, "login frequency is 2.5 a week"),
        ("last_interaction", "60 d ago", 7, "last contact on 2026-01-10"),
        ("payment", "overdue_60", 3, "an invoice is overdue by more than 30 days"),
        ("stakeholder_engagement", "medium", 5, "engagement is medium"),
        ("nps", "7 of 10", 4, "NPS 7 of 10"),
    ],
)
def test_each_reported_figure_says_its_day_and_its_row(
    factor: str, raw: str, points: int, reason: str
) -> None:
    row = ledger(unmeasured(WORD))[factor]
    assert (row.raw, row.points, row.reason) == (
        raw,
        points,
        f"{reason}, as reported on 2026-03-08",
    )
    assert row.sources == ("signals:acme:2026-03-08", "feed:signals")
    assert row.age_days == 3.0


def test_a_row_whose_feed_is_not_told_may_be_of_any_that_bring_signals() -> None:
    of_nobody = reported(nps=7)
    feeds = feed_view(
        feeds=tuple(feed(name=n, provides=frozenset({FactKind.SIGNALS})) for n in ("a", "b"))
    )
    assert ledger(unmeasured(of_nobody), feeds)["nps"].sources == (
        "signals:acme:2026-03-08",
        "feed:a",
        "feed:b",
    )


def test_what_is_measured_goes_before_what_is_reported() -> None:
    everything = csm_inputs(healthy_facts(reported=(WORD,)))
    measured = csm_inputs(healthy_facts())
    assert SCORER.assess(everything).ledger == SCORER.assess(measured).ledger


def test_a_feed_that_has_nothing_of_the_account_leaves_it_to_reports() -> None:
    silent = facts(account=account(features=("Alerts",)), contract=contract(), reported=(WORD,))
    rows = ledger(silent, ALL_FEEDS)
    for factor in ("adoption", "usage_trend", "login_frequency", "last_interaction", "payment"):
        assert rows[factor].reason.endswith(", as reported on 2026-03-08")
    assert rows["stakeholder_engagement"].reason.startswith("engagement is medium, as")
    assert rows["support"].reason == "support is calm"


def test_reports_that_no_feed_brings_any_more_count_for_nothing() -> None:
    rows = ledger(unmeasured(WORD), feeds_for(FactKind.TICKETS))
    assert rows["nps"].reason == "unknown: no feed brings surveys for this account"


def test_an_old_figure_is_unknown_and_says_since_when() -> None:
    old = reported(reported_on=day_ago(46), source="signals", nps=9)
    assert ledger(unmeasured(old))["nps"].reason == (
        "unknown: no feed brings surveys for this account; "
        "what was reported on 2026-01-24 is too old to count"
    )
    at_the_edge = reported(reported_on=day_ago(45), source="signals", nps=9)
    assert ledger(unmeasured(at_the_edge))["nps"].reason == "NPS 9 of 10, as reported on 2026-01-25"
    longer = CSMHealthScorer(reported_stale_after_days=46)
    found = longer.assess(csm_inputs(unmeasured(old), SIGNALS))
    assert "nps" not in found.missing


def test_an_old_figure_does_not_undo_what_never_happened() -> None:
    old = reported(reported_on=day_ago(60), source="signals", usage_trend=UsageTrend.GROWING)
    row = ledger(facts(reported=(old,)), ALL_FEEDS)["usage_trend"]
    assert (row.points, row.reason) == (0, "never any use to build on")


def test_of_several_sources_the_newest_figure_counts() -> None:
    newer = reported(reported_on=day_ago(1), source="signals", nps=2)
    older = reported(reported_on=day_ago(9), source="tool", nps=9, logins_per_week=1.0)
    rows = ledger(unmeasured(newer, older))
    assert rows["nps"].raw == "2 of 10"
    assert (
        rows["login_frequency"].reason == "login frequency is 1 a week, as reported on 2026-03-02"
    )


def test_a_new_customers_habits_are_not_judged_by_report() -> None:
    new = facts(account=account(customer_since=day_ago(10)), reported=(WORD,))
    rows = ledger(new)
    for factor in ("adoption", "usage_trend", "login_frequency", "stakeholder_engagement"):
        assert rows[factor].reason.startswith("unknown: ")
    assert rows["last_interaction"].reason.endswith("reported on 2026-03-08")
    engaged = reported(source="signals", stakeholder_engagement=EngagementLevel.HIGH)
    well = ledger(facts(account=account(customer_since=day_ago(10)), reported=(engaged,)))
    assert well["stakeholder_engagement"].reason.endswith("reported on 2026-03-08")


def log_of(*kinds: FactKind) -> FeedView:
    log = feed(name=REP_LOG, provides=frozenset({FactKind.INTERACTIONS}))
    return feed_view(feeds=(*feeds_for(*kinds).feeds, log))


@pytest.mark.parametrize(
    "logged, level, last, engagement_says, contact_says",
    [
        (1, EngagementLevel.HIGH, day_ago(4), "engagement is high, as", "last meaningful contact"),
        (
            5,
            EngagementLevel.MEDIUM,
            day_ago(60),
            "engagement is high: 5",
            "last meaningful contact",
        ),
    ],
)
def test_contacts_that_reps_logged_prove_contact_never_that_none_was(
    logged: int,
    level: EngagementLevel,
    last: date,
    engagement_says: str,
    contact_says: str,
) -> None:
    word = reported(source="signals", stakeholder_engagement=level, last_interaction_on=last)
    seen = engagement(last_meaningful_on=day_ago(5), meaningful=logged, people=logged)
    rows = ledger(facts(engagement=seen, reported=(word,)), log_of(FactKind.SIGNALS))
    assert rows["stakeholder_engagement"].reason.startswith(engagement_says)
    assert rows["last_interaction"].reason.startswith(contact_says)


def test_a_later_contact_by_report_goes_before_an_older_one_in_the_log() -> None:
    word = reported(source="signals", last_interaction_on=day_ago(10))
    seen = engagement(last_meaningful_on=day_ago(80), meaningful=1)
    row = ledger(facts(engagement=seen, reported=(word,)), log_of(FactKind.SIGNALS))
    assert row["last_interaction"].raw == "10 d ago"


def risk_of(
    given_facts: AccountFacts,
    feeds: FeedView = SIGNALS,
    settings: CsmSettings = CsmSettings(),  # noqa: B008 (frozen)
) -> ChurnRisk:
    inputs = csm_inputs(given_facts, feeds)
    return churn_risk(inputs, assessment(), settings, tam_escalation_open=False)


LOW = reported(source="signals", stakeholder_engagement=EngagementLevel.LOW)


def test_a_reported_decline_and_a_low_engagement_are_behavioural() -> None:
    found = risk_of(facts(reported=(WORD,)))
    assert found.triggered_by is ChurnTrigger.BEHAVIORAL
    assert found.reasons == ("usage is declining, as reported on 2026-03-08",)
    assert risk_of(facts(reported=(LOW,))).reasons == (
        "engagement is low, as reported on 2026-03-08",
    )


def test_reports_of_nothing_bad_trigger_nothing() -> None:
    calm = reported(source="signals", usage_trend=UsageTrend.STABLE, nps=0)
    assert risk_of(facts(reported=(calm,))).triggered_by is None


def test_a_report_triggers_nothing_where_it_is_measured_old_or_nobodys() -> None:
    both = (reported(usage_trend=UsageTrend.DECLINING, stakeholder_engagement=EngagementLevel.LOW),)
    assert risk_of(healthy_facts(reported=both), ALL_FEEDS).triggered_by is None
    assert risk_of(facts(reported=both), feeds_for()).triggered_by is None
    soon_stale = CsmSettings(reported_stale_after_days=2)
    assert risk_of(facts(reported=both), settings=soon_stale).triggered_by is None
    new = facts(account=account(customer_since=day_ago(9)), reported=both)
    assert risk_of(new).triggered_by is None


def test_a_low_engagement_by_report_stands_beside_a_single_logged_contact() -> None:
    once = engagement(last_meaningful_on=day_ago(5), meaningful=1, people=1)
    often = engagement(last_meaningful_on=day_ago(5), meaningful=4, people=2)
    feeds = log_of(FactKind.SIGNALS)
    assert risk_of(facts(engagement=once, reported=(LOW,)), feeds).triggered_by is not None
    assert risk_of(facts(engagement=often, reported=(LOW,)), feeds).triggered_by is None


def test_a_figure_that_becomes_known_is_taken_over_with_its_day() -> None:
    before = csm_inputs(unmeasured(reported(source="signals", nps=3)), SIGNALS)
    after = csm_inputs(unmeasured(WORD), SIGNALS)
    available = with_availability_of(before, after)
    assert available.reported.nps == Dated(value=3, on=day_ago(3), source="signals")
    assert available.reported.usage_trend == after.reported.usage_trend
    gone = with_availability_of(after, csm_inputs(unmeasured(), SIGNALS))
    assert gone.reported == NOTHING_REPORTED


@settings_of(max_examples=30)
@given(inputs=any_csm_inputs)
def test_reports_survive_being_stored_and_only_fill_what_is_not_measured(
    inputs: CsmInputs,
) -> None:
    stored = json.loads(json.dumps(dict(inputs.as_json())))
    assert CsmInputs.from_json(stored) == inputs
    assert ("reported" in stored) is (inputs.reported != NOTHING_REPORTED)
    silent = CsmInputs.from_json({**stored, "reported": {}})
    with_reports, without = SCORER.assess(inputs), SCORER.assess(silent)
    assert with_reports.coverage >= without.coverage
    for row, bare in zip(with_reports.ledger[-12:], without.ledger[-12:], strict=True):
        if ", as reported on" in row.reason:
            assert bare.factor in without.missing or bare.points == 0
        elif "too old to count" not in row.reason:
            assert (row.reason, row.raw, row.sources) == (bare.reason, bare.raw, bare.sources)


def test_usage_too_short_to_compare_leaves_the_trend_to_reports() -> None:
    short = healthy_facts(
        usage=usage_window(weeks_before=2),
        reported=(reported(source="signals", usage_trend=UsageTrend.GROWING),),
    )
    assert ledger(short, ALL_FEEDS)["usage_trend"].reason.startswith(
        "usage is growing, as reported"
    )
