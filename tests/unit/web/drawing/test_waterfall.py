"""The way down from 100 in bars: where they stand, what they say, that text cannot break out."""

from __future__ import annotations

import pytest

from app.domain.assessment import LedgerRow
from app.domain.band import Band
from app.domain.score_ladder import ladder
from app.web.drawing.scales import Bounds
from app.web.drawing.waterfall import Waterfall, waterfall
from tests.builders import ledger_row

USUAL = Bounds(red=40, amber=70)


def row(factor: str, lost: int) -> LedgerRow:
    return ledger_row(factor=factor, points=-lost, points_lost=lost)


def drawn(rows: list[LedgerRow], score: int, band: Band, bounds: Bounds = USUAL) -> Waterfall:
    names = {"ticket_age": "Ticket age", "clamp": "Never below 0"}
    return waterfall("tam", ladder(rows, score), band, bounds, names)


def test_each_bar_stands_where_the_points_were_lost() -> None:
    found = drawn([row("ticket_age", 40), row("heartbeat", 15)], 45, Band.AMBER)
    assert 'class="fall-bar takes" x="60%" width="40%"' in found.falls[0]
    assert 'class="fall-bar takes" x="45%" width="15%"' in found.falls[1]
    assert 'class="fall-bar end watch" x="0%" width="45%"' in found.end
    assert 'class="fall-bar start" x="0%" width="100%"' in found.start


def test_each_bar_says_what_it_takes() -> None:
    found = drawn([row("ticket_age", 40), row("heartbeat", 1)], 59, Band.AMBER)
    assert (
        '<title id="tam-0-t">Ticket age: takes 40 points, from 100 to 60</title>' in found.falls[0]
    )
    assert "heartbeat: takes 1 point, from 60 to 59" in found.falls[1]
    assert "Score 59, Amber" in found.end


def test_the_bands_stand_behind_every_bar_and_are_named_above() -> None:
    found = drawn([row("ticket_age", 40)], 60, Band.AMBER)
    for ground in (
        'class="ground-bad" x="0%" width="40%"',
        'class="ground-watch" x="40%" width="30%"',
        'class="ground-good" x="70%" width="30%"',
    ):
        assert ground in found.falls[0]
    assert "Scale from 0 to 100: Red from 0, Amber from 40, Green from 70" in found.axis


def test_a_band_that_no_score_can_be_in_is_not_drawn() -> None:
    found = drawn([row("ticket_age", 40)], 60, Band.GREEN, Bounds(red=0, amber=50))
    assert "ground-bad" not in found.falls[0]
    assert "Red" not in found.axis


def test_below_0_the_scale_goes_as_far_as_the_points_and_no_further_than_it_helps() -> None:
    little = drawn([row("ticket_age", 120), row("clamp", -20)], 0, Band.RED)
    assert "Scale from -20 to 100" in little.axis
    assert 'class="fall-bar takes" x="0%" width="100%"' in little.falls[0]
    assert 'class="fall-bar gives" x="0%" width="16.67%"' in little.falls[1]
    assert "gives back 20 points, from -20 to 0" in little.falls[1]
    much = drawn([row("ticket_age", 900), row("clamp", -800)], 0, Band.RED)
    assert "Scale from -30 to 100" in much.axis
    assert "takes 900 points, from 100 to -800" in much.falls[0]


def test_a_score_that_lost_nothing_has_its_two_ends_alone() -> None:
    found = drawn([], 100, Band.GREEN)
    assert found.falls == ()
    assert 'class="fall-bar end good" x="0%" width="100%"' in found.end


def test_without_a_score_there_is_nothing_to_draw() -> None:
    with pytest.raises(ValueError, match="score"):
        waterfall("tam", ladder([], None), Band.UNKNOWN, USUAL, {})


def test_text_from_outside_is_escaped() -> None:
    found = drawn([row("</title><script>", 40)], 60, Band.AMBER)
    assert "<script>" not in found.falls[0]
