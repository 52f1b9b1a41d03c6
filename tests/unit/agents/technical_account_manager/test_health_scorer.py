"""The technical score: what takes points, what never does, and that its rows always add up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.technical_account_manager.health_scorer import HealthScorer
from app.agents.technical_account_manager.inputs import TamInputs
from app.domain.assessment import LedgerRow
from app.domain.band import Band
from app.domain.book import AccountFacts
from app.domain.feed import FactKind
from app.domain.tenant_settings import TamSettings
from app.domain.ticket import Priority, Ticket
from tests.builders import NOW, account, days_ago, facts, feed_view, ticket
from tests.unit.agents.scored_accounts import (
    any_tam_inputs,
    feeds_for,
    open_tickets,
    tam_facts,
    tam_inputs,
    tam_settings,
)

SCORER = HealthScorer()


def aged_p1(number: int = 1, days: float = 5) -> Ticket:
    return ticket(ticket_id=f"P-{number}", priority=Priority.P1, created_at=days_ago(days))


def row_of(inputs: TamInputs, factor: str, scorer: HealthScorer = SCORER) -> LedgerRow:
    return next(row for row in scorer.assess(inputs).ledger if row.factor == factor)


def score_of(account_facts: AccountFacts, scorer: HealthScorer) -> int:
    score = scorer.assess(tam_inputs(account_facts)).score
    assert score is not None
    return score


@pytest.mark.parametrize(
    "numbers, score, band",
    [
        ((0, 0.0, 3, 48.0), 100, "Green"),
        ((2, 5.0, 3, 48.0), 60, "Amber"),
        ((0, 0.0, 3, 150.0), 70, "Green"),
        ((0, 0.0, 3, None), 100, "Green"),
        ((2, 3.0, 5, 72.0), 100, "Green"),
        ((2, 3.01, 5, 72.01), 45, "Amber"),
        ((0, 0.0, 6, 144.0), 80, "Green"),
        ((0, 0.0, 6, 144.01), 65, "Amber"),
        ((3, 4.0, 7, None), 30, "Red"),
        ((9, 4.0, 30, 500.0), 0, "Red"),
    ],
)
def test_the_four_numbers_make_the_score(
    numbers: tuple[int, float, int, float | None], score: int, band: str
) -> None:
    assert SCORER.compute_score(*numbers) == (score, band)


def test_every_threshold_can_be_overridden() -> None:
    scorer = HealthScorer(
        p1_p2_age_threshold_days=1,
        open_ticket_count_threshold=1,
        heartbeat_silence_hours=10,
        red_threshold=50,
        amber_threshold=90,
    )
    assert scorer.compute_score(1, 2.0, 2, 11.0) == (60, Band.AMBER)
    assert scorer.compute_score(1, 2.0, 2, 21.0) == (45, Band.RED)


def test_an_account_s_own_silence_threshold_wins() -> None:
    assert SCORER.compute_score(0, 0.0, 0, 30.0, silence_hours=24) == (85, Band.GREEN)
    patient = tam_inputs(
        facts(account=account(heartbeat_silence_hours=24), last_heartbeat=days_ago(30 / 24))
    )
    assert SCORER.assess(patient).score == 85


def test_caps_limit_what_one_factor_takes() -> None:
    scorer = HealthScorer(ticket_age_cap=60, ticket_volume_cap=25)
    assert scorer.compute_score(9, 5.0, 5, None)[0] == 40
    assert scorer.compute_score(0, 0.0, 30, None)[0] == 75


def test_settings_carry_every_threshold_over() -> None:
    settings = TamSettings(
        p1_p2_age_threshold_days=1,
        open_ticket_count_threshold=2,
        heartbeat_silence_hours=3,
        red_threshold=4,
        amber_threshold=5,
        escalation_threshold=6,
        ticket_age_cap=7,
        ticket_volume_cap=8,
    )
    assert vars(HealthScorer.from_settings(settings)) == settings.model_dump()


def test_class_thresholds_are_the_defaults_of_the_settings() -> None:
    assert vars(HealthScorer()) == TamSettings().model_dump()
    assert HealthScorer.P1_P2_AGE_THRESHOLD_DAYS == 3


@pytest.mark.parametrize(
    "score, band, before, escalates",
    [
        (35, "Red", "Amber", True),
        (60, "Amber", "Green", True),
        (42, "Red", "Amber", True),
        (42, "Red", None, True),
        (42, "Red", "Red", False),
        (39, "Red", "Red", True),
        (60, "Amber", None, False),
        (60, "Amber", "Red", False),
        (85, "Green", "Green", False),
    ],
)
def test_escalation_fires_below_the_threshold_or_on_a_worse_band(
    score: int, band: str, before: str | None, escalates: bool
) -> None:
    assert SCORER.should_escalate(score, band, before) is escalates


def test_two_aged_p1s_turn_the_account_amber_and_are_named() -> None:
    found = SCORER.assess(tam_inputs(facts(open_tickets=(aged_p1(2), aged_p1(1, days=9)))))
    assert (found.score, found.band, found.at_risk) == (60, Band.AMBER, True)
    assert found.reasons() == (
        "2 open P1/P2 tickets, the oldest open for more than 3 days: P-1, P-2",
    )
    row = found.ledger[1]
    assert row.raw == "2 P1/P2, oldest 9.0 d"
    assert row.sources == ("ticket:P-1", "ticket:P-2")
    assert row.age_days == pytest.approx(9)


def test_one_aged_ticket_is_said_in_the_singular() -> None:
    row = row_of(tam_inputs(facts(open_tickets=(aged_p1(),))), "ticket_age")
    assert row.reason == "1 open P1/P2 ticket, the oldest open for more than 3 days: P-1"


def test_at_most_five_tickets_are_named() -> None:
    row = row_of(tam_inputs(facts(open_tickets=tuple(map(aged_p1, range(7))))), "ticket_age")
    assert row.reason.endswith(": P-0, P-1, P-2, P-3, P-4 and 2 more")
    assert len(row.sources) == 7


def test_the_clamp_is_a_row_of_its_own() -> None:
    found = SCORER.assess(tam_inputs(facts(open_tickets=tuple(map(aged_p1, range(6))))))
    assert found.score == 0
    clamp = found.ledger[-1]
    assert (clamp.factor, clamp.points, clamp.raw) == ("clamp", 25, "25 below 0")


def test_rows_that_take_nothing_say_what_was_looked_at() -> None:
    found = SCORER.assess(tam_inputs(facts()))
    assert [(row.factor, row.points, row.reason) for row in found.ledger] == [
        ("base", 100, "every account starts at 100"),
        ("ticket_age", 0, "no P1/P2 older than 3 days"),
        ("ticket_volume", 0, "no more than 5 open tickets"),
        (
            "heartbeat",
            0,
            "integration not monitored: a heartbeat was never set, so nothing is lost",
        ),
    ]
    assert found.ledger[1].sources == ("feed:tickets",)
    assert (found.coverage, found.missing, found.at_risk) == (100, (), False)


def test_young_urgent_tickets_are_named_and_take_nothing() -> None:
    row = row_of(tam_inputs(facts(open_tickets=(aged_p1(days=1),))), "ticket_age")
    assert (row.points, row.reason) == (0, "no P1/P2 older than 3 days; open: P-1")


def test_an_assumed_priority_is_marked_in_the_ledger() -> None:
    unmapped = ticket(ticket_id="X-1", created_at=days_ago(6))
    as_p3 = tam_inputs(facts(open_tickets=(unmapped,)))
    assert row_of(as_p3, "ticket_volume").reason == "no more than 5 open tickets; X-1 (assumed P3)"
    as_p2 = tam_inputs(facts(open_tickets=(unmapped,)), default_priority=Priority.P2)
    assert row_of(as_p2, "ticket_age").reason.endswith(": X-1 (assumed P2)")


def test_too_many_open_tickets_are_counted_over_the_limit() -> None:
    p3s = tuple(ticket(ticket_id=f"T-{n}", priority=Priority.P3) for n in range(7))
    found = SCORER.assess(tam_inputs(facts(open_tickets=p3s)))
    assert (found.score, found.at_risk) == (90, True)
    assert found.reasons() == (
        "7 open tickets, 2 over the limit of 5: T-0, T-1, T-2, T-3, T-4 and 2 more",
    )


@pytest.mark.parametrize(
    "hours, points, reason",
    [
        (72, 0, "integration heard from within 72 h"),
        (73, -15, "integration silent since 2026-03-08 06:00 UTC, longer than 72 h"),
        (145, -30, "integration silent since 2026-03-05 06:00 UTC, longer than twice 72 h"),
    ],
)
def test_only_an_integration_that_fell_silent_is_penalised(
    hours: float, points: int, reason: str
) -> None:
    row = row_of(tam_inputs(facts(last_heartbeat=NOW - timedelta(hours=hours))), "heartbeat")
    assert (row.points, row.reason, row.raw) == (points, reason, f"{hours}.0 h silent")


def test_unknown_tickets_give_no_score_and_say_so() -> None:
    silent = tam_inputs(
        facts(open_tickets=(aged_p1(),), last_heartbeat=days_ago(20)),
        feeds_for(FactKind.HEARTBEATS),
    )
    found = SCORER.assess(silent)
    assert (found.score, found.band) == (None, Band.UNKNOWN)
    assert found.missing == ("ticket_age", "ticket_volume")
    assert (found.coverage, found.at_risk) == (33, True)
    assert found.reasons()[0] == "no score: no feed brings tickets for this account"
    assert sum(row.points for row in found.ledger) == 0


def test_nothing_known_at_all_covers_nothing() -> None:
    found = SCORER.assess(tam_inputs(facts(), feed_view()))
    assert (found.band, found.coverage, found.at_risk) == (Band.UNKNOWN, 0, False)


@given(inputs=any_tam_inputs, settings=tam_settings)
def test_the_rows_sum_to_the_score_within_0_and_100(
    inputs: TamInputs, settings: TamSettings
) -> None:
    found = HealthScorer.from_settings(settings).assess(inputs)
    if found.score is None:
        assert found.band is Band.UNKNOWN
        assert inputs.tickets is None
    else:
        assert found.score == sum(row.points for row in found.ledger)
        assert 0 <= found.score <= 100
        assert found.band is not Band.UNKNOWN


@given(inputs=any_tam_inputs, settings=tam_settings)
def test_the_assessment_agrees_with_the_four_numbers(
    inputs: TamInputs, settings: TamSettings
) -> None:
    scorer = HealthScorer.from_settings(settings)
    found = scorer.assess(inputs)
    if inputs.tickets is not None:
        urgent = inputs.urgent
        assert (found.score, found.band) == scorer.compute_score(
            len(urgent),
            inputs.age_days(urgent[0].created_at) if urgent else 0.0,
            len(inputs.tickets),
            inputs.hours_since_heartbeat,
            silence_hours=inputs.silence_hours,
        )


@given(inputs=any_tam_inputs, settings=tam_settings)
def test_stored_inputs_give_the_identical_ledger(inputs: TamInputs, settings: TamSettings) -> None:
    scorer = HealthScorer.from_settings(settings)
    found = scorer.assess(inputs)
    stored = json.loads(json.dumps(dict(found.inputs)))
    again = scorer.assess(TamInputs.from_json(stored))
    assert again == found
    assert repr(again.ledger) == repr(found.ledger)


@given(account_facts=tam_facts, settings=tam_settings, age=st.floats(0, 50))
def test_one_more_aged_p1_never_improves_a_score(
    account_facts: AccountFacts, settings: TamSettings, age: float
) -> None:
    scorer = HealthScorer.from_settings(settings)
    worse = replace(
        account_facts, open_tickets=(*account_facts.open_tickets, aged_p1(99, days=age))
    )
    assert score_of(worse, scorer) <= score_of(account_facts, scorer)


@given(account_facts=tam_facts, settings=tam_settings, hours=st.floats(0, 300))
def test_more_silence_never_improves_a_score(
    account_facts: AccountFacts, settings: TamSettings, hours: float
) -> None:
    scorer = HealthScorer.from_settings(settings)
    if account_facts.last_heartbeat is not None:
        earlier = account_facts.last_heartbeat - timedelta(hours=hours)
        quieter = replace(account_facts, last_heartbeat=earlier)
        assert score_of(quieter, scorer) <= score_of(account_facts, scorer)


@given(tickets=open_tickets(), order=st.randoms(use_true_random=False))
def test_the_order_of_tickets_is_irrelevant(tickets: tuple[Ticket, ...], order: Random) -> None:
    shuffled = list(tickets)
    order.shuffle(shuffled)
    assert SCORER.assess(tam_inputs(facts(open_tickets=tuple(shuffled)))) == SCORER.assess(
        tam_inputs(facts(open_tickets=tickets))
    )


@given(tickets=open_tickets(), words=st.text())
def test_free_text_changes_nothing(tickets: tuple[Ticket, ...], words: str) -> None:
    loud = tuple(replace(t, subject=words, component=words, mapped_by=words) for t in tickets)
    named = account(name=words, notes=words, deal_stage=words, segment=words)
    assert SCORER.assess(tam_inputs(facts(account=named, open_tickets=loud))) == SCORER.assess(
        tam_inputs(facts(open_tickets=tickets))
    )
