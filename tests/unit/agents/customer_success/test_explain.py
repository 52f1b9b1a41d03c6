"""What moved the composite score, and the fewest factors whose return would lift its band."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from app.agents.customer_success.explain import (
    WAYS_BACK,
    explain_csm_move,
    nearest_csm_way_up,
)
from app.agents.customer_success.health_scorer import DEFAULT_WEIGHTS, CSMHealthScorer
from app.agents.customer_success.inputs import CsmInputs
from app.domain.assessment import Assessment
from app.domain.band import Band
from app.domain.counterfactual import is_better
from app.domain.explanation import Cause
from app.domain.feed import FactKind
from app.domain.freshness import kept
from app.domain.tenant_settings import CsmSettings, CsmWeights, TenantSettings
from app.domain.ticket import Priority
from tests.builders import facts, feed_view, health_record, usage_window
from tests.unit.agents.scored_accounts import (
    any_csm_inputs,
    csm_inputs,
    csm_settings,
    feeds_for,
    healthy_facts,
)

DEFAULTS = CsmSettings()


def assessed(inputs: CsmInputs, settings: CsmSettings = DEFAULTS) -> Assessment:
    return CSMHealthScorer.from_settings(settings).assess(inputs)


def test_each_cause_is_told_apart() -> None:
    before = assessed(csm_inputs(healthy_facts(nps=0)))
    settings = TenantSettings(csm=CsmSettings(weights=CsmWeights(nps=25)))
    feeds = feeds_for(*[kind for kind in FactKind if kind is not FactKind.SURVEYS])
    after = assessed(csm_inputs(healthy_facts(nps=0, overdue_days=95), feeds), settings.csm)
    move = explain_csm_move(before, after, settings, tam_band=None)
    assert (before.score, move.total) == (95, -5)
    assert move.settings == -16
    assert move.data == 21
    assert move.customer == -10
    customer = [row for row in move.rows if row.cause is Cause.CUSTOMER]
    assert [(row.factor, row.after) for row in customer] == [("payment", 0)]


def test_what_new_settings_did_to_the_technical_band_is_told_as_theirs() -> None:
    before = assessed(csm_inputs(healthy_facts(), tam=health_record(band=Band.RED)))
    after = assessed(csm_inputs(healthy_facts(), tam=health_record(band=Band.GREEN)))
    move = explain_csm_move(before, after, TenantSettings(), tam_band=Band.GREEN)
    assert (move.settings, move.data, move.customer) == (15, 0, 0)


def test_a_reps_word_of_then_is_not_undone_by_new_settings() -> None:
    red = health_record(band=Band.RED)
    before = assessed(csm_inputs(healthy_facts(), tam=red, tam_word=Band.GREEN))
    after = assessed(csm_inputs(healthy_facts(), tam=red))
    move = explain_csm_move(before, after, TenantSettings(), tam_band=Band.AMBER)
    assert (move.settings, move.data, move.customer) == (0, 0, -15)


def test_a_kept_score_moved_nothing() -> None:
    before = assessed(csm_inputs(healthy_facts()))
    after = kept(health_record(score=100), assessed(csm_inputs(healthy_facts(nps=0))), "late")
    move = explain_csm_move(before, after, TenantSettings(), tam_band=None)
    assert (move.total, move.customer) == (0, 0)


@settings_of(max_examples=30)
@given(
    before=any_csm_inputs,
    after=any_csm_inputs,
    old=csm_settings,
    new=csm_settings,
    default_priority=st.sampled_from(Priority),
    tam_band=st.none() | st.sampled_from(Band),
)
def test_the_parts_sum_to_the_move(
    before: CsmInputs,
    after: CsmInputs,
    old: CsmSettings,
    new: CsmSettings,
    default_priority: Priority,
    tam_band: Band | None,
) -> None:
    was = assessed(before, old)
    now = assessed(after.with_default_priority(default_priority), new)
    settings = TenantSettings(csm=new, default_priority=default_priority)
    move = explain_csm_move(was, now, settings, tam_band=tam_band)
    if was.score is None or now.score is None:
        assert move.total is None
        assert move.note
    else:
        assert move.total == now.score - was.score == move.settings + move.data + move.customer
        for cause, part in zip(Cause, (move.settings, move.data, move.customer), strict=True):
            assert part == sum(r.after - r.before for r in move.rows if r.cause is cause)


def test_every_factor_has_a_way_back_in_words() -> None:
    assert list(WAYS_BACK) == list(DEFAULT_WEIGHTS)


def test_a_green_account_needs_no_way_up() -> None:
    assert nearest_csm_way_up(csm_inputs(healthy_facts()), DEFAULTS) is None


def test_an_unknown_account_is_told_what_is_missing() -> None:
    way = nearest_csm_way_up(csm_inputs(facts(), feed_view()), DEFAULTS)
    assert way is not None
    assert way.target is None
    assert "are needed" in way.words


def test_the_dearest_factor_comes_first() -> None:
    amber = healthy_facts(
        usage=usage_window(events_recent=0, active_days_recent=0), overdue_days=95
    )
    way = nearest_csm_way_up(csm_inputs(amber), DEFAULTS)
    assert way is not None
    assert (way.target, way.score) == (Band.GREEN, 78)
    assert way.words == "bring usage trend back to stable"


def test_a_technical_band_that_holds_it_down_is_out_of_its_reach() -> None:
    held = csm_inputs(healthy_facts(nps=0), tam=health_record(band=Band.RED))
    way = nearest_csm_way_up(held, CsmSettings(tam_red_percent=40))
    assert way is not None
    assert (way.target, way.changes) == (None, ())
    assert way.words == (
        "its own factors cannot lift it: technical health is Red: 40 % of the sum is taken"
    )


@settings_of(max_examples=30)
@given(inputs=any_csm_inputs, settings=csm_settings)
def test_the_way_up_reaches_the_next_band_and_no_smaller_set_does(
    inputs: CsmInputs, settings: CsmSettings
) -> None:
    scorer = CSMHealthScorer.from_settings(settings)
    way = nearest_csm_way_up(inputs, settings)
    today = scorer.assess(inputs)
    if way is None:
        assert today.band is Band.GREEN
        return
    reached = scorer.assess_restored(inputs, way.changes or tuple(DEFAULT_WEIGHTS))
    assert is_better(reached.band, today.band) is (way.target is not None)
    if way.target is None:
        return
    assert (reached.score, reached.band) == (way.score, way.target)
    lossy = [row.factor for row in today.ledger if row.points_lost and row.factor in WAYS_BACK]
    for fewer in combinations(lossy, len(way.changes) - 1):
        assert not is_better(scorer.assess_restored(inputs, fewer).band, today.band)
