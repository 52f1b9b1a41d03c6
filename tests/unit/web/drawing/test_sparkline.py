"""The small course of a score: what it draws, what it says, what it does with text from outside."""

from __future__ import annotations

from datetime import date, timedelta

from app.domain.band import Band
from app.web.drawing.sparkline import sparkline

DAY = date(2026, 3, 1)


def course(*scores: int | None) -> list[tuple[date, int | None]]:
    return [(DAY + timedelta(days=at), score) for at, score in enumerate(scores)]


def test_a_course_is_drawn_in_steps_over_its_days() -> None:
    drawn = sparkline(course(100, 100, 50, 0), "Technical health", Band.RED)
    assert 'd="M0 0H2V20H3V40H3"' in drawn
    assert 'class="spark-end red" d="M3 40h0"' in drawn


def test_a_day_without_a_score_leaves_a_gap() -> None:
    drawn = sparkline(course(80, None, None, 80, 80), "Technical health", Band.GREEN)
    assert 'd="M0 8H1M3 8H4"' in drawn


def test_it_says_in_its_title_where_it_began_ended_and_went_between() -> None:
    drawn = sparkline(course(72, 40, 55), "Technical health", Band.AMBER)
    assert "<title>Technical health: 55 now, 72 on 2026-03-01, between 40 and 72</title>" in drawn


def test_a_course_that_never_moved_says_so() -> None:
    drawn = sparkline(course(90, 90), "Commercial health", Band.GREEN)
    assert "90 now, unchanged since 2026-03-01" in drawn


def test_a_score_that_was_lost_has_no_end_and_is_not_called_now() -> None:
    drawn = sparkline(course(None, 90, None), "Commercial health")
    assert "last 90, no score now" in drawn
    assert "spark-end" not in drawn


def test_an_account_without_points_has_an_empty_drawing_that_says_so() -> None:
    drawn = sparkline([], "Technical health")
    assert "<title>Technical health: no score yet</title>" in drawn
    assert "<path" not in drawn


def test_a_single_point_is_drawn_as_an_end() -> None:
    drawn = sparkline(course(64), "Technical health", Band.AMBER)
    assert 'd="M0 14H1"' in drawn
    assert 'class="spark-end amber"' in drawn


def test_text_from_outside_is_escaped() -> None:
    drawn = sparkline(course(64), "</title><script>alert(1)</script>", Band.AMBER)
    assert "<script>" not in drawn


def test_a_quarter_of_a_quiet_account_takes_little_room() -> None:
    assert len(sparkline(course(*[88] * 90), "Technical health", Band.GREEN)) < 300
