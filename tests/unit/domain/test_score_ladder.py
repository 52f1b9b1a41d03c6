"""From 100 to the score, a rung for each factor that took points; for both agents' ledgers."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import settings as settings_of

from app.agents.customer_success.health_scorer import CSMHealthScorer
from app.agents.customer_success.inputs import CsmInputs
from app.agents.technical_account_manager.health_scorer import HealthScorer
from app.agents.technical_account_manager.inputs import TamInputs
from app.domain.assessment import LedgerRow
from app.domain.score_ladder import ladder
from app.domain.tenant_settings import CsmSettings, TamSettings
from tests.builders import ledger_row
from tests.unit.agents.scored_accounts import (
    any_csm_inputs,
    any_tam_inputs,
    csm_settings,
    tam_settings,
)


def row(factor: str, lost: int, *, raw: str = "") -> LedgerRow:
    return ledger_row(factor=factor, points=-lost, points_lost=lost, raw=raw)


BASE = row("base", 0, raw="100")


def test_factors_come_dearest_first_and_lead_from_100_to_the_score() -> None:
    found = ladder([BASE, row("heartbeat", 15), row("ticket_age", 40)], 45)
    steps = [(rung.row.factor, rung.before, rung.after, rung.lost) for rung in found.rungs]
    assert steps == [("ticket_age", 100, 60, 40), ("heartbeat", 60, 45, 15)]
    assert found.lowest == 0


def test_what_takes_of_the_sum_comes_after_what_makes_it() -> None:
    found = ladder([row("nps", 4), row("tam_band", 11), row("adoption", 20)], 65)
    assert [rung.row.factor for rung in found.rungs] == ["adoption", "nps", "tam_band"]


def test_a_way_that_leads_below_0_is_given_back_by_its_last_rung() -> None:
    found = ladder([BASE, row("clamp", -35), row("heartbeat", 15), row("ticket_age", 120)], 0)
    assert [rung.after for rung in found.rungs] == [-20, -35, 0]
    assert found.rungs[-1].lost == -35
    assert found.lowest == -35


def test_what_lost_nothing_and_what_is_unknown_stand_apart() -> None:
    unknown, never = row("nps", 0, raw="unknown"), row("heartbeat", 0, raw="never set")
    without_band = row("tam_band", 0, raw="Unknown")
    whole = row("ticket_volume", 0, raw="2 open")
    found = ladder([BASE, unknown, never, without_band, whole], 100)
    assert found.unread == (unknown, never, without_band)
    assert found.whole == (whole,)
    assert found.rungs == ()


def test_a_source_of_tickets_that_is_not_read_stands_with_what_is_unknown() -> None:
    source = row("tickets_unread", 0, raw="kayako unread")
    found = ladder([BASE, source, row("ticket_volume", 0, raw="2 open")], 100)
    assert found.unread == (source,)


def test_findings_cost_nothing_and_are_noted() -> None:
    finding = row("heartbeat_errors", 0)
    found = ladder([BASE, finding], 100)
    assert (found.noted, found.whole) == ((finding,), ())


def test_without_a_score_there_are_no_rungs_and_what_is_said_is_noted() -> None:
    why = row("coverage", 100, raw="30 % known")
    support = replace(row("support", 6), points=0)
    found = ladder([why, support, row("nps", 0, raw="unknown")], None)
    assert found.rungs == ()
    assert found.noted == (why, support)


def test_a_kept_score_is_one_rung() -> None:
    kept = ledger_row(factor="kept", raw="score of 2026-03-01", points=60, points_lost=40)
    found = ladder([kept], 60)
    assert [(rung.before, rung.after) for rung in found.rungs] == [(100, 60)]


@settings_of(max_examples=30)
@given(inputs=any_csm_inputs, settings=csm_settings)
def test_every_commercial_score_is_100_less_its_rungs(
    inputs: CsmInputs, settings: CsmSettings
) -> None:
    found = CSMHealthScorer.from_settings(settings).assess(inputs)
    way = ladder(found.ledger, found.score)
    if found.score is not None:
        assert 100 - sum(rung.lost for rung in way.rungs) == found.score
    assert len(way.rungs) + len(way.whole) + len(way.unread) + len(way.noted) == len(found.ledger)


@settings_of(max_examples=30)
@given(inputs=any_tam_inputs, settings=tam_settings)
def test_every_technical_score_is_100_less_its_rungs(
    inputs: TamInputs, settings: TamSettings
) -> None:
    found = HealthScorer.from_settings(settings).assess(inputs)
    way = ladder(found.ledger, found.score)
    if found.score is not None:
        assert 100 - sum(rung.lost for rung in way.rungs) == found.score
        assert [rung.after for rung in way.rungs][-1:] in ([], [found.score])
