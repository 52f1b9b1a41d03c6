"""The composite score: apportioned to the known signals, cut by the TAM's band, never guessed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from app.agents.customer_success.health_scorer import DEFAULT_WEIGHTS, CSMHealthScorer
from app.agents.customer_success.inputs import CsmInputs
from app.agents.customer_success.reported import ReportedFigures
from app.domain.assessment import Assessment, LedgerRow
from app.domain.band import Band
from app.domain.book import AccountFacts
from app.domain.feed import FactKind, FeedView
from app.domain.reported import EngagementLevel, PaymentStatus, UsageTrend
from app.domain.tenant_settings import CsmSettings, CsmWeights
from app.domain.ticket import Priority
from app.errors import InvalidInput
from tests.builders import (
    account,
    book_context,
    contract,
    day_ago,
    engagement,
    facts,
    feed_view,
    health_record,
    support_record,
    ticket,
    usage_window,
)
from tests.unit.agents.scored_accounts import (
    CATALOGUE,
    CATALOGUED,
    any_csm_inputs,
    csm_facts,
    csm_inputs,
    csm_settings,
    feed_views,
    feeds_for,
    healthy_facts,
)

SCORER = CSMHealthScorer()
unentitled = partial(healthy_facts, account=account())
"""Its adoption is measured on the whole catalogue."""
used_without_events = partial(usage_window, events_recent=0, events_before=0)
"""Usage whose file has logins or people, and no column of events."""


def assessed(given_facts: AccountFacts) -> Assessment:
    return SCORER.assess(csm_inputs(given_facts))


def row_of(factor: str, known: AccountFacts | CsmInputs) -> LedgerRow:
    inputs = known if isinstance(known, CsmInputs) else csm_inputs(known)
    return next(row for row in SCORER.assess(inputs).ledger if row.factor == factor)


def test_a_healthy_account_wins_everything() -> None:
    found = assessed(healthy_facts())
    assert (found.score, found.band, found.coverage) == (100, Band.GREEN, 100)
    assert (found.missing, found.at_risk, found.reasons()) == ((), False, ())
    assert [row.factor for row in found.ledger] == [*DEFAULT_WEIGHTS, "tam_band"]
    assert [row.points for row in found.ledger] == [20, 15, 12, 10, 10, 10, 8, 5, 5, 3, 2, 0]


@pytest.mark.parametrize(
    "band, points, at_risk",
    [(Band.RED, -15, True), (Band.AMBER, -5, False), (Band.GREEN, 0, False)],
)
def test_the_technical_band_takes_its_percentage_as_a_row_of_its_own(
    band: Band, points: int, at_risk: bool
) -> None:
    found = SCORER.assess(csm_inputs(healthy_facts(), tam=health_record(band=band)))
    assert found.ledger[-1].points == points
    assert (found.score, found.at_risk) == (100 + points, at_risk)


def test_a_kept_technical_band_is_said_to_be_kept() -> None:
    row = row_of("tam_band", csm_inputs(healthy_facts(), tam=health_record(stale_reason="late")))
    assert row.reason == "technical health is Green, a kept score"


def test_an_unknown_technical_side_takes_nothing_and_is_missing() -> None:
    found = SCORER.assess(csm_inputs(healthy_facts(), tam=None))
    assert found.missing == ("escalations", "tam_band")
    assert found.coverage == 97


def test_missing_signals_give_their_weight_to_the_others_and_lower_coverage() -> None:
    found = assessed(healthy_facts(nps=None, overdue_days=None))
    assert (found.score, found.coverage, found.missing) == (100, 85, ("payment", "nps"))
    rows = {row.factor: row for row in found.ledger}
    assert rows["payment"].points == rows["nps"].points == 0
    assert rows["payment"].reason == "unknown: no invoice is on record"
    assert sum(row.points + row.points_lost for row in found.ledger) == 100


def test_below_the_floor_the_band_is_unknown_and_says_what_is_missing() -> None:
    found = SCORER.assess(csm_inputs(healthy_facts(), feeds=feeds_for(FactKind.INTERACTIONS)))
    assert (found.score, found.band, found.coverage) == (None, Band.UNKNOWN, 28)
    assert found.reasons()[0] == (
        "no score: 28 % of the weight is known, 50 % are needed; "
        "unknown: adoption, usage trend, login frequency, support, payment and 1 more"
    )
    assert sum(row.points for row in found.ledger) == 0


def test_nothing_known_is_unknown_even_without_a_floor() -> None:
    blind = csm_inputs(facts(), feed_view(), tam=None)
    found = CSMHealthScorer(coverage_floor=0).assess(blind)
    assert (found.score, found.band, found.coverage) == (None, Band.UNKNOWN, 0)


def test_signals_without_weight_give_no_score() -> None:
    weights = {**dict.fromkeys(DEFAULT_WEIGHTS, 0.0), "nps": 1.0}
    found = CSMHealthScorer(weights=weights, coverage_floor=0).assess(
        csm_inputs(healthy_facts(nps=None))
    )
    assert found.band is Band.UNKNOWN


def test_some_weights_may_be_given_and_others_keep_their_defaults() -> None:
    assert CSMHealthScorer(weights={"nps": 50}).weights[8] == 50
    with pytest.raises(InvalidInput, match="weights"):
        CSMHealthScorer(weights={"mood": 1})
    with pytest.raises(InvalidInput, match="weights"):
        CSMHealthScorer(weights=dict.fromkeys(DEFAULT_WEIGHTS, 0))


def test_settings_carry_every_threshold_over() -> None:
    settings = CsmSettings(
        weights=CsmWeights(nps=7),
        red_threshold=1,
        amber_threshold=2,
        alert_threshold=3,
        coverage_floor=4,
        tam_red_percent=5,
        tam_amber_percent=6,
        usage_decline_percent=7,
        reported_stale_after_days=8,
    )
    scorer = CSMHealthScorer.from_settings(settings)
    assert scorer.weights == tuple(settings.weights.model_dump().values())
    assert (scorer.red_threshold, scorer.amber_threshold, scorer.alert_threshold) == (1, 2, 3)
    assert (scorer.coverage_floor, scorer.usage_decline_percent) == (4, 7)
    assert scorer.reported_stale_after_days == 8
    assert scorer.tam_percent == {Band.RED: 5, Band.AMBER: 6}
    by_default = CSMHealthScorer.from_settings(CsmSettings())
    assert {**vars(by_default), "weights": 0} == {**vars(CSMHealthScorer()), "weights": 0}


@pytest.mark.parametrize(
    "score, band, before, alerts",
    [
        (35, "Red", "Red", True),
        (42, "Red", None, True),
        (60, "Amber", "Green", True),
        (60, "Amber", None, False),
        (85, "Green", "Green", False),
    ],
)
def test_an_alert_is_due_below_the_threshold_or_on_a_worse_band(
    score: int, band: str, before: str | None, alerts: bool
) -> None:
    assert SCORER.should_alert(score, band, before) is alerts


@pytest.mark.parametrize(
    "factor, changed, points, reason",
    [
        (
            "adoption",
            unentitled(features_used=("Alerts", "Export")),
            11,
            "2 of 5 known features in use; not Reports, Search, Sync",
        ),
        (
            "adoption",
            unentitled(features_used=()),
            0,
            "0 of 5 known features in use; not Alerts, Export, Reports and 2 more",
        ),
        ("usage_trend", unentitled(usage=usage_window(events_recent=390)), 15, "usage is stable"),
        (
            "usage_trend",
            unentitled(usage=usage_window(events_recent=340)),
            12,
            "usage is stable, a little below what it was",
        ),
        ("usage_trend", unentitled(usage=usage_window(events_recent=200)), 2, "usage is declining"),
        ("usage_trend", unentitled(usage=usage_window(events_recent=900)), 15, "usage is growing"),
        (
            "usage_trend",
            unentitled(usage=used_without_events(active_days_90=0, last_active_day=None)),
            0,
            "no use in the last 12 complete weeks",
        ),
        (
            "usage_trend",
            unentitled(usage=used_without_events(active_days_90=3, last_active_day=None)),
            0,
            "no use in the last 12 complete weeks",
        ),
        (
            "usage_trend",
            unentitled(usage=used_without_events(last_active_day=day_ago(100))),
            0,
            "no use in the last 12 complete weeks",
        ),
        (
            "usage_trend",
            unentitled(usage=used_without_events()),
            0,
            "unknown: its usage tells no events, so none can be compared",
        ),
        ("usage_trend", unentitled(usage=None), 0, "never any use to build on"),
        (
            "usage_trend",
            unentitled(usage=usage_window(weeks_before=3)),
            0,
            "unknown: too short a time in use, too new to tell",
        ),
        (
            "login_frequency",
            unentitled(usage=usage_window(active_days_recent=4)),
            7,
            "logins on 1 of 7 days a week",
        ),
        ("login_frequency", unentitled(usage=None), 0, "nobody logged in for four weeks"),
        (
            "login_frequency",
            unentitled(usage=usage_window(active_days_recent=0)),
            0,
            "unknown: its usage tells no logins",
        ),
        (
            "login_frequency",
            unentitled(usage=usage_window(active_days_recent=0, events_recent=0)),
            0,
            "nobody logged in for four weeks",
        ),
        (
            "login_frequency",
            unentitled(usage=usage_window(weeks_before=0)),
            0,
            "unknown: less than four weeks in use, too new to tell",
        ),
        (
            "last_interaction",
            unentitled(engagement=engagement(last_meaningful_on=day_ago(60))),
            6,
            "last meaningful contact on 2026-01-10",
        ),
        (
            "last_interaction",
            unentitled(engagement=engagement()),
            0,
            "no meaningful contact on record",
        ),
        (
            "support",
            unentitled(support=support_record(tickets=4, csat_answers=2, csat_sum=2, reopened=1)),
            6,
            "support: 0 open (0 P1/P2), CSAT 1.0 of 5, 1 reopened, 0 escalated in 90 days",
        ),
        ("support", unentitled(), 10, "support is calm"),
        (
            "payment",
            unentitled(overdue_days=30),
            7,
            "an invoice is overdue, by no more than 30 days",
        ),
        ("payment", unentitled(overdue_days=31), 3, "an invoice is overdue by more than 30 days"),
        ("payment", unentitled(overdue_days=90), 0, "an invoice is overdue by 90 days or more"),
        (
            "stakeholder_engagement",
            unentitled(engagement=engagement(meaningful=2, people=1)),
            5,
            "engagement is medium: 2 contacts with 1 person in 90 days",
        ),
        (
            "stakeholder_engagement",
            unentitled(engagement=engagement(meaningful=1, people=1)),
            0,
            "engagement is low: 1 contact with 1 person in 90 days",
        ),
        ("seats", unentitled(contract=contract(seats_used=25)), 3, "25 of 50 seats in use"),
        (
            "seats",
            unentitled(contract=contract(seats_purchased=0)),
            0,
            "unknown: the contract does not tell seats purchased and used",
        ),
        ("nps", unentitled(nps=6), 2, "answered 6 of 10 on 2026-02-19"),
        (
            "renewal",
            unentitled(contract=contract(ends_on=day_ago(-44))),
            1,
            "renews on 2026-04-25",
        ),
        ("renewal", unentitled(contract=contract(ends_on=None)), 2, "the contract has no end"),
        ("renewal", unentitled(contract=None), 0, "unknown: no running contract is on record"),
    ],
)
def test_each_signal_says_what_it_takes_and_why(
    factor: str, changed: AccountFacts, points: int, reason: str
) -> None:
    row = row_of(factor, changed)
    assert (row.points, row.reason) == (points, reason)


def test_open_tickets_weigh_on_support_and_urgent_ones_double() -> None:
    tickets = tuple(ticket(ticket_id=f"T-{n}") for n in range(4))
    as_p3 = row_of("support", healthy_facts(open_tickets=tickets))
    assert (as_p3.points, as_p3.reason) == (
        9,
        "support: 4 open (0 P1/P2), 0 reopened, 0 escalated in 90 days; 4 with an assumed priority",
    )
    as_p1 = row_of(
        "support", csm_inputs(healthy_facts(open_tickets=tickets), default_priority=Priority.P1)
    )
    assert as_p1.points == 7


def test_escalations_of_the_quarter_take_points() -> None:
    row = row_of("escalations", csm_inputs(healthy_facts(), escalations_90d=1))
    assert (row.points, row.reason) == (2, "technical escalations: 1 in 90 days")
    assert row_of("escalations", csm_inputs(healthy_facts(), escalations_90d=3)).points == 0


@pytest.mark.parametrize(
    "kind, factors",
    [
        (FactKind.USAGE, {"adoption", "usage_trend", "login_frequency"}),
        (FactKind.TICKETS, {"support"}),
        (FactKind.INTERACTIONS, {"last_interaction", "stakeholder_engagement"}),
        (FactKind.INVOICES, {"payment"}),
        (FactKind.SURVEYS, {"nps"}),
    ],
)
def test_what_nobody_brings_is_unknown_not_zero(kind: FactKind, factors: set[str]) -> None:
    feeds = feeds_for(*[other for other in FactKind if other is not kind])
    found = SCORER.assess(csm_inputs(healthy_facts(), feeds=feeds))
    assert set(found.missing) == factors
    rows = {row.factor: row for row in found.ledger}
    for factor in factors:
        assert rows[factor].reason == f"unknown: no feed brings {kind} for this account"


def test_an_entitlement_that_no_usage_speaks_of_measures_nothing() -> None:
    strange = healthy_facts(account=account(features=("Unheard of",)))
    assert row_of("adoption", strange).reason == (
        "unknown: usage tells no features that match its entitlement"
    )


def test_a_survey_that_nobody_answered_is_unknown() -> None:
    row = row_of("nps", healthy_facts(nps=None, nps_on=None))
    assert row.reason == "unknown: nobody answered a survey in a year"


def test_usage_without_an_end_has_no_age() -> None:
    context = book_context(usage_until=None, feature_catalogue=CATALOGUE)
    assert row_of("login_frequency", csm_inputs(healthy_facts(), context=context)).age_days is None


def test_a_new_customer_is_too_new_to_tell_not_declining() -> None:
    begun = account(features=CATALOGUE, customer_since=day_ago(10))
    new = facts(
        account=begun,
        usage=usage_window(events_recent=3, events_before=0, weeks_before=0, active_days_recent=1),
    )
    found = assessed(new)
    assert found.band is Band.UNKNOWN
    rows = {row.factor: row for row in found.ledger}
    for factor in (
        "adoption",
        "usage_trend",
        "login_frequency",
        "last_interaction",
        "stakeholder_engagement",
    ):
        assert rows[factor].reason.endswith("too new to tell")


def test_a_new_customer_already_well_engaged_is_credited() -> None:
    new = healthy_facts(account=account(customer_since=day_ago(10)), usage=None)
    assert row_of("stakeholder_engagement", new).reason.startswith("engagement is high")


def test_a_large_percentage_of_next_to_nothing_is_no_decline() -> None:
    tiny = usage_window(events_recent=1, events_before=8)
    assert row_of("usage_trend", healthy_facts(usage=tiny)).points_lost <= 2
    large = usage_window(events_recent=100, events_before=800)
    assert row_of("usage_trend", healthy_facts(usage=large)).points == 0


@settings_of(max_examples=30)
@given(inputs=any_csm_inputs, settings=csm_settings)
def test_the_rows_sum_to_the_score_within_0_and_100(
    inputs: CsmInputs, settings: CsmSettings
) -> None:
    found = CSMHealthScorer.from_settings(settings).assess(inputs)
    assert 0 <= found.coverage <= 100
    assert all(row.points_lost >= 0 for row in found.ledger)
    if found.score is None:
        assert found.band is Band.UNKNOWN
    else:
        assert found.score == sum(row.points for row in found.ledger)
        assert 0 <= found.score <= 100
        assert found.coverage >= settings.coverage_floor


@settings_of(max_examples=30)
@given(inputs=any_csm_inputs, settings=csm_settings)
def test_unknown_never_scores_as_healthy(inputs: CsmInputs, settings: CsmSettings) -> None:
    scorer = CSMHealthScorer.from_settings(settings)
    found = scorer.assess(inputs)
    for row in found.ledger:
        if row.factor in found.missing:
            assert row.points == 0
            assert row.reason.startswith("unknown")
    blind = replace(inputs, feeds={}, contract_id=None, seats_used=None, escalations=None)
    assert scorer.assess(blind).band is Band.UNKNOWN


@settings_of(max_examples=30)
@given(inputs=any_csm_inputs, settings=csm_settings)
def test_stored_inputs_give_the_identical_ledger(inputs: CsmInputs, settings: CsmSettings) -> None:
    scorer = CSMHealthScorer.from_settings(settings)
    found = scorer.assess(inputs)
    stored = json.loads(json.dumps(dict(found.inputs)))
    again = CSMHealthScorer.from_settings(settings).assess(CsmInputs.from_json(stored))
    assert again == found
    assert repr(again.ledger) == repr(found.ledger)


def worse_by_one() -> st.SearchStrategy[tuple[str, int]]:
    return st.sampled_from(
        [
            ("events_recent", -1),
            ("active_days_recent", -1),
            ("overdue_days", 1),
            ("nps", -1),
            ("last_meaningful_on", -1),
            ("meaningful", -1),
            ("people", -1),
            ("reopened", 1),
            ("escalated", 1),
            ("csat_sum", -1),
            ("escalations", 1),
            ("open", 1),
            *((figure, 1) for figure in ("feature_adoption_rate", "logins_per_week")),
            *((figure, 1) for figure in ("usage_trend", "payment_status", "nps_reported")),
            *((figure, 1) for figure in ("stakeholder_engagement", "last_interaction_on")),
        ]
    )


REPORTED_WORSE: dict[str, Callable[[CsmInputs], ReportedFigures]] = {
    "feature_adoption_rate": lambda one: _less(one, "feature_adoption_rate", 0.0),
    "logins_per_week": lambda one: _less(one, "logins_per_week", 0.0),
    "usage_trend": lambda one: _less(one, "usage_trend", UsageTrend.DECLINING),
    "payment_status": lambda one: _less(one, "payment_status", PaymentStatus.OVERDUE_90_PLUS),
    "nps_reported": lambda one: _less(one, "nps", 0),
    "stakeholder_engagement": lambda one: _less(one, "stakeholder_engagement", EngagementLevel.LOW),
    "last_interaction_on": lambda one: _less(one, "last_interaction_on", day_ago(900)),
}


def _less(inputs: CsmInputs, figure: str, worst: float | str | date) -> ReportedFigures:
    told = getattr(inputs.reported, figure)
    if told is None:
        return inputs.reported
    return replace(inputs.reported, **{figure: replace(told, value=worst)})


def worsened(inputs: CsmInputs, what: str, by: int) -> CsmInputs:
    usage, seen, support = inputs.usage, inputs.engagement, inputs.support
    if what in {"events_recent", "active_days_recent"}:
        if usage is None or getattr(usage, what) == 0:
            return inputs
        return replace(inputs, usage=replace(usage, **{what: getattr(usage, what) + by}))
    if what == "last_meaningful_on":
        last = seen.last_meaningful_on
        if last is None:
            return inputs
        earlier = last + timedelta(days=by)
        return replace(inputs, engagement=replace(seen, last_meaningful_on=earlier))
    if what in {"meaningful", "people"}:
        if inputs.tenure_days is not None and inputs.tenure_days < 28:
            return inputs
        less = max(0, getattr(seen, what) + by)
        return replace(inputs, engagement=replace(seen, **{what: less}))
    if what in {"reopened", "escalated", "csat_sum"}:
        if what == "csat_sum" and support.csat_sum <= support.csat_answers:
            return inputs
        return replace(inputs, support=replace(support, **{what: getattr(support, what) + by}))
    if what == "open":
        work = inputs.open_work
        return replace(inputs, open_work=replace(work, total=work.total + 1))
    value = getattr(inputs, what)
    return inputs if value in {None, 0} else replace(inputs, **{what: value + by})


@settings_of(max_examples=30)
@given(inputs=any_csm_inputs, settings=csm_settings, change=worse_by_one())
def test_a_worse_signal_never_improves_a_score(
    inputs: CsmInputs, settings: CsmSettings, change: tuple[str, int]
) -> None:
    scorer = CSMHealthScorer.from_settings(settings)
    what, by = change
    if what in REPORTED_WORSE:
        worse = replace(inputs, reported=REPORTED_WORSE[what](inputs))
    else:
        worse = worsened(inputs, what, by)
    before, after = scorer.assess(inputs), scorer.assess(worse)
    assert (before.score is None) == (after.score is None)
    if before.score is not None and after.score is not None:
        assert after.score <= before.score


@settings_of(max_examples=30)
@given(account_facts=csm_facts, feeds=feed_views(), words=st.text())
def test_free_text_changes_nothing(
    account_facts: AccountFacts, feeds: FeedView, words: str
) -> None:
    loud = replace(
        account_facts,
        account=replace(account_facts.account, name=words, notes=words, deal_stage=words),
        open_tickets=tuple(
            replace(t, subject=words, component=words) for t in account_facts.open_tickets
        ),
    )
    assert csm_inputs(loud, feeds) == csm_inputs(account_facts, feeds)
    assert SCORER.assess(csm_inputs(loud, feeds, CATALOGUED)) == SCORER.assess(
        csm_inputs(account_facts, feeds)
    )


def test_a_technical_band_by_a_reps_word_says_so_and_what_was_computed() -> None:
    red = health_record(band=Band.RED)
    said = row_of("tam_band", csm_inputs(healthy_facts(), tam=red, tam_word=Band.GREEN))
    assert said.points == 0
    assert said.reason == "technical health is Green by a rep's word (computed: Red)"
    stale = health_record(band=Band.GREEN, stale_reason="late")
    worse = row_of("tam_band", csm_inputs(healthy_facts(), tam=stale, tam_word=Band.RED))
    assert worse.points == -15
    assert "by a rep's word (computed: Green, a kept score): 15 %" in worse.reason
