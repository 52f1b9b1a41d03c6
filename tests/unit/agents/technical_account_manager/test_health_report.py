"""The TAM's own figures, as its results tell them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.agents.technical_account_manager.health_report import (
    Before,
    before_of,
    book_health,
    confidence_of,
    health_of,
    silence_of,
    why_unknown,
)
from app.agents.technical_account_manager.readings import Reading, Scanned, ScannedBook
from app.domain.band import Band
from app.domain.feed import FactKind, FeedView
from app.domain.health_record import HealthRecord
from app.domain.tenant_settings import TamSettings, TenantSettings
from app.domain.ticket import Priority
from tests.builders import (
    NOW,
    account,
    book_context,
    day_ago,
    days_ago,
    facts,
    feed,
    feed_view,
    health_record,
    snapshot,
    ticket,
)
from tests.unit.agents.scored_accounts import ALL_FEEDS, feeds_for

READING = Reading(context=book_context(), settings=TenantSettings(), feeds=ALL_FEEDS)
TROUBLED = facts(
    open_tickets=(
        ticket(ticket_id="T-1", priority=Priority.P1, created_at=days_ago(5)),
        ticket(ticket_id="T-2", priority=Priority.P2, created_at=days_ago(1)),
        ticket(ticket_id="T-3"),
    ),
    last_heartbeat=days_ago(2),
)


def record(score: int | None = 60, band: Band = Band.AMBER) -> HealthRecord:
    return health_record(score=score, band=band)


def test_figures_are_those_of_the_record_and_of_the_facts_behind_it() -> None:
    found = health_of(TROUBLED, record(), Before(score=100, band=Band.GREEN), READING)

    assert found is not None
    assert (found.score, found.rag_status, found.previous_score, found.previous_rag) == (
        60,
        "Amber",
        100,
        "Green",
    )
    assert (found.p1_p2_ticket_count, found.oldest_p1_p2_age_days) == (2, 5.0)
    assert (found.total_open_tickets, found.hours_since_heartbeat) == (3, 48.0)
    assert found.should_escalate
    assert found.scan_timestamp == NOW


def test_a_quiet_account_has_nothing_to_count() -> None:
    found = health_of(facts(), record(100, Band.GREEN), None, READING)

    assert found is not None
    assert (found.p1_p2_ticket_count, found.oldest_p1_p2_age_days) == (0, 0.0)
    assert (found.hours_since_heartbeat, found.previous_rag) == (None, None)
    assert not found.should_escalate


def test_the_tenants_own_threshold_says_what_escalates() -> None:
    strict = replace(READING, settings=TenantSettings(tam=TamSettings(escalation_threshold=80)))
    same = Before(score=75, band=Band.GREEN)

    calm = health_of(facts(), record(75, Band.GREEN), same, READING)
    loud = health_of(facts(), record(75, Band.GREEN), same, strict)

    assert calm is not None
    assert loud is not None
    assert (calm.should_escalate, loud.should_escalate) == (False, True)


def test_without_a_score_there_is_no_result_and_a_reason() -> None:
    unknown = record(None, Band.UNKNOWN)

    assert health_of(facts(), None, None, READING) is None
    assert health_of(facts(), unknown, None, READING) is None
    assert why_unknown(None) == ("never scanned: no score",)
    assert why_unknown(unknown) == ("nobody brings its tickets: no score",)
    assert why_unknown(replace(unknown, stale_reason="feed jira failed")) == ("feed jira failed",)


def test_before_is_the_last_score_of_an_earlier_day() -> None:
    history = [
        snapshot(local_day=day_ago(3), score=90, band=Band.GREEN),
        snapshot(local_day=day_ago(2), score=70, band=Band.AMBER),
        snapshot(local_day=day_ago(1), score=None, band=Band.UNKNOWN),
        snapshot(local_day=day_ago(0), score=30, band=Band.RED),
        snapshot(local_day=day_ago(0), score=20, band=Band.RED),
    ]

    assert before_of(history) == Before(score=70, band=Band.AMBER)
    assert before_of(history[3:]) is None
    assert before_of([]) is None


def test_a_book_tells_who_has_a_score_and_how_many_have_none() -> None:
    book = ScannedBook(
        reading=READING,
        accounts=(
            Scanned(facts=facts(), record=record(100, Band.GREEN), score_before=60),
            Scanned(facts=facts(), record=record(90, Band.GREEN), score_before=None),
            Scanned(facts=facts(account=account(account_id="b")), record=None, score_before=None),
        ),
    )

    health, reasons = book_health(book)

    assert [(one.score, one.previous_score, one.previous_rag) for one in health] == [
        (100, 60, "Amber"),
        (90, None, None),
    ]
    assert reasons == ("1 of 3 active accounts have no score: Unknown",)
    assert book_health(replace(book, accounts=book.accounts[:2]))[1] == ()


@pytest.mark.parametrize(
    "age, own, silent", [(2, None, False), (4, None, True), (2, 24.0, True), (4, 200.0, False)]
)
def test_silence_is_measured_by_the_accounts_own_threshold(
    age: float, own: float | None, silent: bool
) -> None:
    known = facts(account=account(heartbeat_silence_hours=own), last_heartbeat=days_ago(age))

    assert (silence_of(known, READING) is not None) is silent
    assert silence_of(facts(), READING) is None


@pytest.mark.parametrize(
    "feeds, confidence",
    [
        (ALL_FEEDS, "high"),
        (feeds_for(FactKind.USAGE), "medium"),
        (
            feed_view(
                feeds=(feed(provides=frozenset({FactKind.TICKETS}), failed_since=days_ago(1)),)
            ),
            "low",
        ),
    ],
)
def test_confidence_is_that_of_the_feeds_behind_the_score(feeds: FeedView, confidence: str) -> None:
    assert confidence_of(facts(), replace(READING, feeds=feeds)) == confidence
