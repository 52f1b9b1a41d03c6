"""Churn: what triggers it, what keeps it quiet, and how the level adds up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from app.agents.customer_success.churn import ChurnLevel, ChurnRisk, ChurnTrigger, churn_risk
from app.agents.customer_success.health_scorer import CSMHealthScorer
from app.agents.customer_success.inputs import CsmInputs
from app.domain.band import Band
from app.domain.book import AccountFacts, BookContext, UsageWindow
from app.domain.feed import FactKind, FeedView
from app.domain.tenant_settings import CsmSettings
from tests.builders import (
    account,
    assessment,
    book_context,
    contract,
    day_ago,
    engagement,
    usage_window,
)
from tests.unit.agents.scored_accounts import (
    ALL_FEEDS,
    CATALOGUED,
    any_csm_inputs,
    csm_inputs,
    csm_settings,
    feeds_for,
    healthy_facts,
)

SETTINGS = CsmSettings()
RENEWS_SOON = contract(ends_on=day_ago(-29))
DECLINING = usage_window(events_recent=100)


def risk_of(
    given_facts: AccountFacts,
    band: Band = Band.GREEN,
    *,
    escalated: bool = False,
    feeds: FeedView = ALL_FEEDS,
    context: BookContext = CATALOGUED,
) -> ChurnRisk:
    inputs = csm_inputs(given_facts, feeds, context)
    found = assessment(band=band, score=None if band is Band.UNKNOWN else 50)
    return churn_risk(inputs, found, SETTINGS, tam_escalation_open=escalated)


def test_a_healthy_account_is_at_low_risk() -> None:
    assert risk_of(healthy_facts()) == ChurnRisk(
        level=ChurnLevel.LOW, triggered_by=None, days_to_renewal=296, reasons=()
    )


@pytest.mark.parametrize("band", [Band.AMBER, Band.RED, Band.UNKNOWN])
def test_a_near_renewal_counts_while_the_band_is_not_green(band: Band) -> None:
    found = risk_of(healthy_facts(contract=RENEWS_SOON), band)
    assert found.triggered_by is ChurnTrigger.CONTRACT_PROXIMITY
    assert found.level is (ChurnLevel.HIGH if band is Band.RED else ChurnLevel.MEDIUM)
    assert found.days_to_renewal == 30
    assert found.reasons == (f"renews on 2026-04-10 and health is {band}",)


def test_a_near_renewal_of_a_green_account_is_no_risk() -> None:
    assert risk_of(healthy_facts(contract=RENEWS_SOON)).triggered_by is None


@pytest.mark.parametrize(
    "ends_in, fires", [(-2, False), (-1, True), (59, True), (60, False), (None, False)]
)
def test_the_renewal_window_has_two_ends(ends_in: int | None, fires: bool) -> None:
    ends_on = None if ends_in is None else day_ago(-ends_in)
    found = risk_of(healthy_facts(contract=contract(ends_on=ends_on)), Band.AMBER)
    assert (found.triggered_by is not None) is fires


def test_declining_usage_is_behavioural_whatever_the_renewal_date() -> None:
    found = risk_of(healthy_facts(usage=DECLINING, contract=None))
    assert (found.level, found.triggered_by) == (ChurnLevel.MEDIUM, ChurnTrigger.BEHAVIORAL)
    assert found.reasons == ("usage is declining (about -63 %)",)
    assert found.days_to_renewal is None


def test_a_percentage_of_next_to_nothing_is_no_decline() -> None:
    tiny = usage_window(events_recent=0, events_before=8, active_days_90=2)
    assert risk_of(healthy_facts(usage=tiny)).triggered_by is None


def test_a_new_customer_is_never_behavioural() -> None:
    new = healthy_facts(
        account=account(customer_since=day_ago(20)),
        contract=None,
        usage=usage_window(events_recent=1, weeks_before=0, last_active_day=day_ago(15)),
    )
    assert risk_of(new).level is ChurnLevel.LOW


@pytest.mark.parametrize(
    "silent_for, active_days_90, weeks_before, fires",
    [
        (14, 60, 8, False),
        (15, 60, 8, True),
        (15, 6, 8, True),
        (15, 5, 8, False),
        (15, 60, 3, False),
        (60, 30, 8, True),
        (85, 5, 8, True),
        (200, 0, 8, True),
    ],
)
def test_silence_counts_where_use_was_a_habit(
    silent_for: int, active_days_90: int, weeks_before: int, fires: bool
) -> None:
    # Usage data ends yesterday: so many days ago is one day less of silence.
    usage = usage_window(
        last_active_day=day_ago(silent_for),
        active_days_90=active_days_90,
        weeks_before=weeks_before,
    )
    found = risk_of(healthy_facts(usage=usage))
    assert (found.triggered_by is ChurnTrigger.BEHAVIORAL) is fires
    if fires:
        day = day_ago(silent_for).isoformat()
        assert found.reasons == (f"nobody has used the product since {day}",)


def test_silence_is_measured_to_the_end_of_the_usage_data() -> None:
    usage = usage_window(last_active_day=day_ago(30))
    context = book_context(usage_until=day_ago(25))
    assert risk_of(healthy_facts(usage=usage), context=context).triggered_by is None


@pytest.mark.parametrize(
    "usage", [None, usage_window(last_active_day=None)], ids=["never", "no day"]
)
def test_what_was_never_used_has_not_fallen_silent(usage: UsageWindow | None) -> None:
    assert risk_of(healthy_facts(usage=usage)).triggered_by is None


def test_usage_that_nobody_brings_says_nothing() -> None:
    usage = usage_window(events_recent=0, last_active_day=day_ago(40))
    feeds = feeds_for(FactKind.TICKETS)
    assert risk_of(healthy_facts(usage=usage), feeds=feeds).triggered_by is None


@pytest.mark.parametrize(
    "days, meaningful, fires",
    [(90, 0, False), (91, 0, True), (91, 1, False), (365, 0, True), (366, 0, False)],
)
def test_contact_that_ended_is_a_fall_of_engagement(
    days: int, meaningful: int, fires: bool
) -> None:
    seen = engagement(last_meaningful_on=day_ago(days), meaningful=meaningful)
    found = risk_of(healthy_facts(engagement=seen))
    assert (found.triggered_by is ChurnTrigger.BEHAVIORAL) is fires


@pytest.mark.parametrize("last, feeds", [(None, ALL_FEEDS), (day_ago(100), feeds_for())])
def test_contacts_that_are_unknown_have_not_ended(last: date | None, feeds: FeedView) -> None:
    seen = engagement(last_meaningful_on=last)
    assert risk_of(healthy_facts(engagement=seen), feeds=feeds).triggered_by is None


@pytest.mark.parametrize(
    "band, level",
    [
        (Band.AMBER, ChurnLevel.HIGH),
        (Band.UNKNOWN, ChurnLevel.HIGH),
        (Band.RED, ChurnLevel.CRITICAL),
    ],
)
def test_both_triggers_together_are_high_and_critical_when_red(
    band: Band, level: ChurnLevel
) -> None:
    found = risk_of(healthy_facts(usage=DECLINING, contract=RENEWS_SOON), band)
    assert (found.level, found.triggered_by) == (level, ChurnTrigger.BOTH)
    assert len(found.reasons) == 2


@pytest.mark.parametrize(
    "account_facts, band, level",
    [
        (healthy_facts(), Band.GREEN, ChurnLevel.MEDIUM),
        (healthy_facts(), Band.RED, ChurnLevel.MEDIUM),
        (healthy_facts(usage=DECLINING), Band.GREEN, ChurnLevel.HIGH),
        (healthy_facts(usage=DECLINING), Band.RED, ChurnLevel.CRITICAL),
        (healthy_facts(usage=DECLINING, contract=RENEWS_SOON), Band.RED, ChurnLevel.CRITICAL),
    ],
)
def test_an_open_technical_escalation_raises_the_level_by_one(
    account_facts: AccountFacts, band: Band, level: ChurnLevel
) -> None:
    found = risk_of(account_facts, band, escalated=True)
    assert found.level is level
    assert found.reasons[-1] == "a technical escalation is open"


@settings_of(max_examples=30)
@given(inputs=any_csm_inputs, settings=csm_settings, escalated=st.booleans())
def test_the_level_follows_from_what_is_stored(
    inputs: CsmInputs, settings: CsmSettings, escalated: bool
) -> None:
    found = CSMHealthScorer.from_settings(settings).assess(inputs)
    first = churn_risk(inputs, found, settings, tam_escalation_open=escalated)
    again = CsmInputs.from_json(inputs.as_json())
    assert churn_risk(again, found, settings, tam_escalation_open=escalated) == first
    quiet = first.triggered_by is None and not escalated
    assert (first.level is ChurnLevel.LOW) is quiet is (first.reasons == ())
