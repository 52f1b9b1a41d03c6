"""Why an account is at risk: each figure with its day, from the facts alone."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given

from app.agents.customer_success.churn import ChurnLevel, ChurnTrigger
from app.agents.customer_success.narrative import churn_of, risk_points
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.feed import FactKind
from app.domain.incident import IncidentKind
from app.domain.reported import EngagementLevel, UsageTrend
from tests.builders import (
    TODAY,
    contract,
    day_ago,
    days_ago,
    engagement,
    facts,
    health_record,
    incident,
    reported,
    snapshot,
    usage_window,
)
from tests.fakes.dossiers import dossier, known_facts
from tests.unit.agents.customer_success.any_dossiers import dossiers
from tests.unit.agents.customer_success.test_gate import word
from tests.unit.agents.scored_accounts import feeds_for

FALLEN = usage_window(events_recent=100, events_before=1_600, last_active_day=day_ago(20))
RED = health_record(agent=Agent.CSM, score=31, band=Band.RED)


ALL_IS_WRONG = known_facts(
    contract=contract(ends_on=TODAY + timedelta(days=30)),
    usage=FALLEN,
    engagement=engagement(last_meaningful_on=day_ago(100)),
    overdue_days=45,
    nps=3,
    nps_on=day_ago(20),
)


def points(given: Dossier) -> tuple[str, ...]:
    return risk_points(given, churn_of(given))


def test_a_well_customer_is_at_no_risk_and_nothing_is_told() -> None:
    assert churn_of(dossier()).level is ChurnLevel.LOW
    assert points(dossier()) == ()


def test_every_reason_comes_with_its_figure_and_its_day() -> None:
    given = dossier(
        facts=ALL_IS_WRONG,
        records={
            Agent.CSM: RED,
            Agent.TAM: health_record(score=None, band=Band.UNKNOWN, assessed_at=days_ago(2)),
        },
        history={
            Agent.CSM: tuple(
                snapshot(agent=Agent.CSM, local_day=day_ago(days), band=band, score=score)
                for days, band, score in (
                    (40, Band.GREEN, 80),
                    (20, Band.RED, 35),
                    (0, Band.RED, 31),
                )
            )
        },
        incidents=(incident(kind=IncidentKind.TAM_ESCALATION, opened_at=days_ago(6)),),
    )
    churn = churn_of(given)

    assert (churn.level, churn.triggered_by) == (ChurnLevel.CRITICAL, ChurnTrigger.BOTH)
    assert risk_points(given, churn) == (
        "Contract acme-1 renews on 2026-04-11 (in 31 days), EUR 12,000.50 a year.",
        "The commercial band is Red since 2026-02-19 (31 of 100 on 2026-03-11).",
        "The technical band is Unknown since 2026-03-11 (no score on 2026-03-11).",
        (
            "Use fell to 25 events a week from 2026-02-09 to 2026-03-08, from 200 in the 8 weeks "
            "before (counts as -76 %, by volume and time in use)."
        ),
        "Nobody has used the product since 2026-02-19, 19 days up to 2026-03-10.",
        "The last meaningful contact was on 2025-12-01, 100 days ago.",
        "The newest survey answer is 3 of 10, on 2026-02-19.",
        "An invoice is 45 days overdue on 2026-03-11.",
        "A technical escalation is open: tam_escalation:acme:1, since 2026-03-05.",
    )


def test_a_renewal_that_passed_without_a_price_is_told_so() -> None:
    over = contract(ends_on=TODAY - timedelta(days=2), arr_amount=None)
    given = dossier(
        facts=known_facts(contract=over, usage=FALLEN),
    )

    assert points(given)[0] == "Contract acme-1 renews on 2026-03-10 (passed already)."


def test_a_reps_word_stands_in_the_place_of_the_band() -> None:
    given = dossier(
        facts=known_facts(contract=contract(ends_on=TODAY + timedelta(days=9)), usage=None),
        records={},
        words={Agent.CSM: word(Agent.CSM, Band.AMBER, until=TODAY + timedelta(days=5))},
    )

    assert churn_of(given).level is ChurnLevel.MEDIUM
    assert points(given)[1] == (
        "The commercial band is Amber by the word of rita@tend.example until 2026-03-16 (computed: "
        "nothing)."
    )


def test_a_reps_word_on_a_recorded_band_tells_both() -> None:
    said = dossier(
        facts=known_facts(usage=FALLEN),
        words={Agent.TAM: word(Agent.TAM, Band.RED, until=TODAY + timedelta(days=5))},
    )

    assert any("(computed: Green)" in one for one in points(said))


def test_nothing_is_told_of_what_nobody_brings() -> None:
    given = dossier(
        feeds=feeds_for(FactKind.TICKETS),
        facts=known_facts(contract=None, usage=FALLEN, engagement=engagement()),
        incidents=(incident(kind=IncidentKind.TAM_ESCALATION),),
    )

    assert churn_of(given).level is ChurnLevel.MEDIUM
    assert points(given) == (
        "A technical escalation is open: tam_escalation:acme:1, since 2026-03-11.",
    )


@given(dossiers())
def test_there_are_points_exactly_where_there_are_reasons(given: Dossier) -> None:
    churn = churn_of(given)

    assert (churn.level is ChurnLevel.LOW) == (not churn.reasons)
    if not churn.reasons:
        assert risk_points(given, churn) == ()
    assert all(one.endswith(".") for one in risk_points(given, churn))


def test_what_is_only_reported_is_told_with_its_day() -> None:
    word = reported(usage_trend=UsageTrend.DECLINING, stakeholder_engagement=EngagementLevel.LOW)
    given = dossier(
        facts=facts(reported=(word,)), feeds=feeds_for(FactKind.SIGNALS), records={}, incidents=()
    )
    assert points(given) == (
        "Use is declining, as reported on 2026-03-08; it is not measured here.",
        "Engagement of stakeholders is low, as reported on 2026-03-08.",
    )
