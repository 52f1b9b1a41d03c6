"""Findings on the heartbeat: in the ledger, the reasons and the profile; never in the points."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from app.agents.technical_account_manager.health_report import anomalies_of
from app.agents.technical_account_manager.health_scorer import HealthScorer
from app.agents.technical_account_manager.inputs import TamInputs
from app.agents.technical_account_manager.notion_renderers import (
    finding_line,
    render_relationship_profile_blocks,
)
from app.agents.technical_account_manager.profile_page import profile_page
from app.agents.technical_account_manager.readings import Reading
from app.agents.technical_account_manager.schemas import RelationshipProfile
from app.domain.assessment import Assessment
from app.domain.book import AccountFacts
from app.domain.heartbeat_days import EPOCH, HeartbeatDay
from app.domain.tenant_settings import TenantSettings
from app.jobs.notion_pages_profile import Course, profile_part
from tests.builders import TODAY, book_context, facts, feed_view, ticket
from tests.unit.agents.scored_accounts import ALL_FEEDS, tam_inputs
from tests.unit.domain.heartbeat_series import FLAT, series, since, weekly

USUAL = weekly(1_000, FLAT)
CALLS = "far fewer API calls than the integration usually makes since 2026-03-09"
QUIET = "integration quiet for longer than it ever is by habit, since 2026-03-08 23:59 UTC"


def heard(days: list[HeartbeatDay]) -> AccountFacts:
    last = EPOCH + timedelta(microseconds=days[-1].last_seen)
    return replace(facts(), last_heartbeat=last, heartbeat_days=tuple(days))


WELL = heard(series(USUAL))
FEWER = heard(series(since(2, USUAL, 0.5)))
SILENT = heard(series(USUAL)[:-2])


def assessed(given: AccountFacts, silence_hours: float = 72) -> Assessment:
    return HealthScorer(heartbeat_silence_hours=silence_hours).assess(tam_inputs(given))


def test_a_finding_is_a_row_with_figures_and_sources_that_takes_nothing() -> None:
    row = assessed(FEWER).ledger[-1]
    assert (row.factor, row.points, row.points_lost) == ("heartbeat_calls_down", 0, 0)
    assert row.reason == CALLS
    assert row.raw == "500 calls on 2026-03-10, usually 937-1,063 on Tuesdays (12 of them)"
    assert row.sources[0] == "heartbeats:2026-03-09"
    assert sum(row.points for row in assessed(FEWER).ledger) == assessed(FEWER).score == 100


def test_it_moves_neither_score_nor_band_nor_risk() -> None:
    well, fewer = assessed(WELL), assessed(FEWER)
    assert (fewer.score, fewer.band, fewer.coverage) == (well.score, well.band, well.coverage)
    assert not fewer.at_risk
    assert fewer.ledger[:-1] == well.ledger


def test_without_anything_out_of_the_ordinary_ledger_and_inputs_are_as_ever() -> None:
    bare = replace(WELL, heartbeat_days=())
    assert assessed(WELL) == assessed(bare)
    assert "anomalies" not in tam_inputs(WELL).as_json()


def test_it_stands_among_the_reasons_after_those_that_cost_points() -> None:
    old = tuple(ticket(ticket_id=f"T-{one}") for one in range(7))
    found = assessed(replace(FEWER, open_tickets=old))
    assert found.reasons()[0].startswith("7 open tickets")
    assert found.reasons()[1:] == (CALLS,)


def test_silence_is_told_before_the_threshold_and_by_the_heartbeat_row_after_it() -> None:
    assert assessed(SILENT).reasons() == (QUIET,)
    beyond = assessed(SILENT, silence_hours=24)
    assert [row.factor for row in beyond.ledger if row.factor.startswith("heartbeat")] == [
        "heartbeat"
    ]


def test_it_is_told_where_there_is_no_score() -> None:
    given = tam_inputs(FEWER, feed_view())
    assert HealthScorer().assess(given).ledger[-1].reason == CALLS


def test_inputs_read_back_with_their_findings_give_the_same_ledger() -> None:
    inputs = tam_inputs(FEWER)
    again = TamInputs.from_json(json.loads(json.dumps(dict(inputs.as_json()))))
    assert again == inputs
    assert HealthScorer().assess(again) == assessed(FEWER)


def test_findings_come_and_go_with_the_heartbeat_itself() -> None:
    known, unknown = tam_inputs(FEWER), tam_inputs(facts())
    assert unknown.with_availability_of(known).anomalies == known.anomalies
    assert known.with_availability_of(unknown).anomalies == ()


def test_the_profile_says_them_on_every_page() -> None:
    reading = Reading(context=book_context(), settings=TenantSettings(), feeds=ALL_FEEDS)
    told = anomalies_of(FEWER, reading)
    assert told == [f"{CALLS}: 500 calls on 2026-03-10, usually 937-1,063 on Tuesdays (12 of them)"]
    assert anomalies_of(WELL, reading) == []
    profile = RelationshipProfile(
        account_id="acme", health_score=100, health_rag="Green", heartbeat_findings=told
    )
    titles = [section.title for section in profile_page(profile, as_of=TODAY).sections]
    assert "Out of the ordinary" in titles
    line = finding_line(told[0])
    assert line in json.dumps(render_relationship_profile_blocks(profile))
    assert line in repr(profile_part(profile, (), Course()))


def test_an_account_without_findings_has_no_such_section() -> None:
    profile = RelationshipProfile(account_id="acme")
    titles = [section.title for section in profile_page(profile, as_of=TODAY).sections]
    assert "Out of the ordinary" not in titles
