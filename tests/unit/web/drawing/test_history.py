"""A score over many days: bands, gaps, settings, incidents, and the same in words."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from app.web.drawing.history import Lane, Mark, Panel, Stretch, history
from app.web.drawing.scales import Bounds

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 10)
USUAL = Bounds(red=40, amber=70)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


panel = partial(
    Panel,
    title="Technical health",
    first=FIRST,
    last=LAST,
    points=((FIRST, 80), (day(1), 80), (day(2), 30)),
    bounds=((FIRST, USUAL),),
)


def test_a_score_is_drawn_in_steps_a_day_wide() -> None:
    assert '<path class="line" d="M0 20H1V20H2V70H3"/>' in history("tam", panel())


def test_days_without_a_score_are_left_out_of_the_line() -> None:
    drawn = history("tam", panel(points=((FIRST, 80), (day(1), None), (day(2), 80))))
    assert 'd="M0 20H1M2 20H3"' in drawn


def test_the_bands_are_those_of_their_time() -> None:
    drawn = history("tam", panel(bounds=((FIRST, USUAL), (day(5), Bounds(red=50, amber=70)))))
    assert '<rect class="ground-bad" x="0" y="60" width="5" height="40"/>' in drawn
    assert '<rect class="ground-bad" x="5" y="50" width="5" height="50"/>' in drawn
    assert ">50</text>" in drawn


def test_gaps_settings_and_incidents_say_what_they_are() -> None:
    drawn = history(
        "tam",
        panel(
            gaps=(Stretch(first=day(1), last=day(2), title="feed crm failed"),),
            settings=(Mark(day=day(5), title="Version 3"),),
            lanes=(
                Lane(
                    name="Technical escalation",
                    style="bad",
                    stretches=(Stretch(first=day(2), last=day(3), title="2 to 3 January"),),
                ),
            ),
        ),
    )
    assert '<rect class="gap" x="1" y="0" width="2" height="100"><title>feed crm failed' in drawn
    assert '<g class="setting"><title>Version 3</title><line x1="50%" x2="50%"' in drawn
    assert '<rect class="bad" x="20%" width="20%"' in drawn
    assert "<title>Technical escalation: 2 to 3 January</title>" in drawn


def test_what_began_before_the_first_day_is_cut_there() -> None:
    old = Stretch(first=day(-30), last=day(0), title="long ago")
    drawn = history("tam", panel(lanes=(Lane(name="Churn", style="watch", stretches=(old,)),)))
    assert '<rect class="watch" x="0%" width="10%"' in drawn


def test_months_are_named_where_there_is_room_and_january_by_its_year() -> None:
    drawn = history("tam", panel(first=date(2025, 11, 20), last=date(2026, 3, 31)))
    assert [name for name in ("Nov", "Dec", "2026", "Feb", "Mar") if f">{name}<" in drawn] == [
        "Nov",
        "Dec",
        "2026",
        "Feb",
        "Mar",
    ]
    early = history("tam", panel(first=date(2025, 11, 2), last=date(2026, 3, 5)))
    assert ">Nov<" in early
    assert ">Mar<" not in early


def test_of_a_few_weeks_the_mondays_are_named() -> None:
    drawn = history("tam", panel(first=date(2026, 1, 1), last=date(2026, 1, 31)))
    named = [day for day in range(1, 32) if f">{day} Jan<" in drawn]
    assert named == [5, 12, 19, 26]


def test_it_says_its_course_in_words() -> None:
    drawn = history("tam", panel())
    assert '<title id="tam-t">Technical health</title>' in drawn
    assert "80 on 2026-01-01, 30 on 2026-01-03, lowest 30 on 2026-01-03." in drawn
    assert "Not computed" not in drawn
    gap = Stretch(first=day(1), last=day(2), title="")
    assert "Not computed in 1 stretch of days." in history("tam", panel(gaps=(gap,)))


def test_a_score_that_there_never_was_has_no_line() -> None:
    drawn = history("tam", panel(points=()))
    assert "There was no score in these days." in drawn
    assert 'class="line"' not in drawn


def test_text_from_outside_is_escaped() -> None:
    hostile = Stretch(first=FIRST, last=LAST, title="</title><script>alert(1)</script>")
    assert "<script>" not in history("tam", panel(gaps=(hostile,)))
