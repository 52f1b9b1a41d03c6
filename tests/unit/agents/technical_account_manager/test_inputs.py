"""The technical signals: whose word they rest on and up to when silence is silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.agents.technical_account_manager.inputs import kinds_behind_tam
from app.domain.feed import FactKind
from app.domain.ticket import Priority
from tests.builders import NOW, days_ago, facts, feed, feed_view, ticket
from tests.unit.agents.scored_accounts import ALL_FEEDS, feeds_for, tam_inputs


def heard(last_ok_days_ago: float | None, silent_days: float = 10) -> float | None:
    last_ok = None if last_ok_days_ago is None else days_ago(last_ok_days_ago)
    beats = feed(name="beats", provides=frozenset({FactKind.HEARTBEATS}), last_ok_at=last_ok)
    given = tam_inputs(facts(last_heartbeat=days_ago(silent_days)), feed_view(feeds=(beats,)))
    return given.hours_since_heartbeat


def test_silence_is_measured_to_now_while_the_feed_works() -> None:
    assert heard(0) == 240


def test_silence_ends_where_the_feed_was_last_known_to_work() -> None:
    assert heard(8) == 48


def test_a_feed_that_delivers_after_now_counts_to_now() -> None:
    assert heard(-5) == 240


def test_a_feed_that_never_delivered_knows_of_no_silence() -> None:
    assert heard(None) == 0


def test_a_heartbeat_set_by_hand_after_the_last_delivery_is_not_silent() -> None:
    assert heard(12) == 0


def test_without_a_feed_silence_runs_to_now() -> None:
    assert tam_inputs(facts(last_heartbeat=days_ago(2)), feed_view()).hours_since_heartbeat == 48


def test_the_feed_that_worked_last_counts() -> None:
    feeds = tuple(
        feed(name=f"f{n}", provides=frozenset({FactKind.HEARTBEATS}), last_ok_at=days_ago(n))
        for n in (9, 3)
    )
    given = tam_inputs(facts(last_heartbeat=days_ago(10)), feed_view(feeds=feeds))
    assert given.hours_since_heartbeat == 168


def test_without_a_ticket_feed_tickets_are_unknown_not_zero() -> None:
    given = tam_inputs(facts(), feeds_for(FactKind.ACCOUNTS))
    assert given.tickets is None
    assert given.urgent == ()
    assert given.with_default_priority(Priority.P1) == given


def test_a_ticket_from_the_future_has_no_age() -> None:
    assert tam_inputs(facts()).age_days(NOW + timedelta(days=1)) == 0


def test_another_default_priority_moves_only_assumed_ones() -> None:
    tickets = (ticket(ticket_id="A"), ticket(ticket_id="B", priority=Priority.P4))
    given = tam_inputs(facts(open_tickets=tickets)).with_default_priority(Priority.P1)
    assert {t.ticket_id: t.priority for t in given.tickets or ()} == {
        "A": Priority.P1,
        "B": Priority.P4,
    }


def test_availability_takes_over_what_became_known_and_drops_what_became_unknown() -> None:
    blind = tam_inputs(facts(), feed_view())
    seeing = tam_inputs(facts(open_tickets=(ticket(),), last_heartbeat=days_ago(4)))
    assert replace(blind, heard_until=NOW).with_availability_of(seeing) == seeing
    assert seeing.with_availability_of(blind).tickets is None
    assert seeing.with_availability_of(blind).last_heartbeat is None
    assert seeing.with_availability_of(tam_inputs(facts(last_heartbeat=NOW))) == seeing


def test_tickets_freeze_every_account_and_heartbeats_only_monitored_ones() -> None:
    assert kinds_behind_tam(facts()) == {FactKind.TICKETS}
    monitored = kinds_behind_tam(facts(last_heartbeat=NOW))
    assert monitored == {FactKind.TICKETS, FactKind.HEARTBEATS}
    assert ALL_FEEDS.trouble_for("acme", monitored) is None
