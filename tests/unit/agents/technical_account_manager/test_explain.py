"""What moved the technical score, and the fewest changes that lift its band."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from app.agents.technical_account_manager.explain import explain_tam_move, nearest_tam_way_up
from app.agents.technical_account_manager.health_scorer import HealthScorer
from app.agents.technical_account_manager.inputs import TamInputs
from app.domain.assessment import Assessment
from app.domain.band import Band
from app.domain.counterfactual import is_better
from app.domain.explanation import Cause
from app.domain.freshness import kept
from app.domain.tenant_settings import TamSettings, TenantSettings
from app.domain.ticket import Priority, Ticket
from tests.builders import account, days_ago, facts, feed_view, health_record, ticket
from tests.unit.agents.scored_accounts import (
    any_tam_inputs,
    moments,
    open_tickets,
    tam_inputs,
    tam_settings,
)

DEFAULTS = TamSettings()


def assessed(inputs: TamInputs, settings: TamSettings = DEFAULTS) -> Assessment:
    return HealthScorer.from_settings(settings).assess(inputs)


def urgent(number: int, days: float = 5) -> Ticket:
    return ticket(ticket_id=f"PROD-{number}", priority=Priority.P1, created_at=days_ago(days))


def ordinary(number: int) -> Ticket:
    return ticket(ticket_id=f"ASK-{number}", priority=Priority.P4)


def test_each_cause_is_told_apart() -> None:
    before = assessed(tam_inputs(facts(open_tickets=(urgent(1, days=2.5),))))
    after_settings = TenantSettings(tam=TamSettings(p1_p2_age_threshold_days=2))
    now = tam_inputs(
        facts(open_tickets=(urgent(1, days=2.5), urgent(2)), last_heartbeat=days_ago(4))
    )
    move = explain_tam_move(before, assessed(now, after_settings.tam), after_settings)
    assert (move.total, move.settings, move.data, move.customer) == (-55, -20, -15, -20)
    assert [(row.cause, row.factor, row.before, row.after) for row in move.rows] == [
        (Cause.SETTINGS, "ticket_age", 0, -20),
        (Cause.DATA, "heartbeat", 0, -15),
        (Cause.CUSTOMER, "ticket_age", -20, -40),
    ]
    assert move.rows[2].reason.endswith("PROD-2, PROD-1")


def test_another_default_priority_is_a_matter_of_settings() -> None:
    given_facts = facts(open_tickets=(ticket(created_at=days_ago(9)),))
    before = assessed(tam_inputs(given_facts))
    now = tam_inputs(given_facts, default_priority=Priority.P1)
    move = explain_tam_move(before, assessed(now), TenantSettings(default_priority=Priority.P1))
    assert (move.total, move.settings, move.customer) == (-20, -20, 0)


def test_a_score_that_became_unknown_is_said_without_numbers() -> None:
    before = assessed(tam_inputs(facts()))
    after = assessed(tam_inputs(facts(), feed_view()))
    move = explain_tam_move(before, after, TenantSettings())
    assert (move.total, move.rows) == (None, ())
    assert move.note == "no score now: no score: no feed brings tickets for this account"


def test_a_kept_score_moved_nothing() -> None:
    before = assessed(tam_inputs(facts(open_tickets=(urgent(1),))))
    after = kept(health_record(score=80), assessed(tam_inputs(facts())), "feed jira failed")
    move = explain_tam_move(before, after, TenantSettings())
    assert (move.total, move.data, move.customer) == (0, 0, 0)
    assert move.note


@given(
    before=any_tam_inputs,
    after=any_tam_inputs,
    old=tam_settings,
    new=tam_settings,
    default_priority=st.sampled_from(Priority),
)
def test_the_parts_sum_to_the_move(
    before: TamInputs,
    after: TamInputs,
    old: TamSettings,
    new: TamSettings,
    default_priority: Priority,
) -> None:
    settings = TenantSettings(tam=new, default_priority=default_priority)
    was = assessed(before, old)
    now = assessed(after.with_default_priority(default_priority), new)
    move = explain_tam_move(was, now, settings)
    if was.score is None or now.score is None:
        assert move.total is None
        assert move.note
    else:
        assert move.total == now.score - was.score == move.settings + move.data + move.customer
        for cause, part in zip(Cause, (move.settings, move.data, move.customer), strict=True):
            assert part == sum(r.after - r.before for r in move.rows if r.cause is cause)


@given(inputs=any_tam_inputs, settings=tam_settings)
def test_nothing_changed_moves_nothing(inputs: TamInputs, settings: TamSettings) -> None:
    found = assessed(inputs.with_default_priority(Priority.P3), settings)
    move = explain_tam_move(found, found, TenantSettings(tam=settings))
    assert not move.total
    assert move.rows == ()


def test_a_green_account_needs_no_way_up() -> None:
    assert nearest_tam_way_up(tam_inputs(facts()), DEFAULTS) is None


def test_an_account_without_a_ticket_feed_is_told_what_is_missing() -> None:
    way = nearest_tam_way_up(tam_inputs(facts(), feed_view()), DEFAULTS)
    assert way is not None
    assert (way.target, way.changes) == (None, ())
    assert "connect a feed" in way.words


def test_the_way_up_names_the_tickets_to_resolve() -> None:
    red = facts(open_tickets=(urgent(12), urgent(15, days=4), urgent(17), urgent(19), urgent(20)))
    way = nearest_tam_way_up(tam_inputs(red), DEFAULTS)
    assert way is not None
    assert (way.target, way.score) == (Band.AMBER, 40)
    assert way.words == "resolve PROD-12 and PROD-17"


def test_the_way_up_may_need_both_tickets_and_the_heartbeat() -> None:
    amber = facts(open_tickets=(*map(ordinary, range(5)), urgent(1)), last_heartbeat=days_ago(9))
    strict = TamSettings(amber_threshold=96)
    way = nearest_tam_way_up(tam_inputs(amber), strict)
    assert way is not None
    assert way.words == "resolve PROD-1 and restore the heartbeat"
    assert way.changes == ("ticket:PROD-1", "heartbeat")


def test_our_own_tickets_come_before_the_customer_s_integration() -> None:
    tied = facts(open_tickets=(urgent(1), urgent(2)), last_heartbeat=days_ago(4))
    way = nearest_tam_way_up(tam_inputs(tied), TamSettings(amber_threshold=60))
    assert way is not None
    assert way.words == "resolve PROD-1"


def test_restoring_the_heartbeat_alone_can_do() -> None:
    quiet = facts(account=account(heartbeat_silence_hours=10), last_heartbeat=days_ago(4))
    way = nearest_tam_way_up(tam_inputs(quiet), TamSettings(amber_threshold=80))
    assert way is not None
    assert (way.words, way.score) == ("restore the heartbeat", 100)


def test_many_tickets_are_named_in_part() -> None:
    busy = facts(open_tickets=tuple(map(ordinary, range(30))))
    way = nearest_tam_way_up(tam_inputs(busy), DEFAULTS)
    assert way is not None
    assert way.words == "resolve ASK-0, ASK-1, ASK-10, ASK-11, ASK-12 and 8 more"
    assert len(way.changes) == 13


@given(
    tickets=open_tickets(most=7),
    heartbeat=st.one_of(st.none(), moments(20)),
    settings=tam_settings,
)
def test_the_way_up_reaches_the_next_band_and_no_smaller_set_does(
    tickets: tuple[Ticket, ...], heartbeat: datetime | None, settings: TamSettings
) -> None:
    inputs = tam_inputs(facts(open_tickets=tickets, last_heartbeat=heartbeat))
    way = nearest_tam_way_up(inputs, settings)
    today = assessed(inputs, settings)
    if way is None:
        assert today.band is Band.GREEN
        return
    assert way.changes
    reached = assessed(_changed(inputs, way.changes), settings)
    assert (reached.score, reached.band) == (way.score, way.target)
    assert is_better(reached.band, today.band)
    possible = [f"ticket:{t.ticket_id}" for t in tickets]
    possible += ["heartbeat"] if heartbeat else []
    for fewer in combinations(possible, len(way.changes) - 1):
        assert not is_better(assessed(_changed(inputs, fewer), settings).band, today.band)


def _changed(inputs: TamInputs, changes: tuple[str, ...]) -> TamInputs:
    resolved = {change.removeprefix("ticket:") for change in changes}
    left = tuple(t for t in inputs.tickets or () if t.ticket_id not in resolved)
    done = replace(inputs, tickets=None if inputs.tickets is None else left)
    return replace(done, last_heartbeat=done.heard_until) if "heartbeat" in changes else done
