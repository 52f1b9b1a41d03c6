"""Moves of a score: parts that sum, and words where there are no numbers."""

from __future__ import annotations

from app.domain.assessment import Assessment
from app.domain.band import Band
from app.domain.counterfactual import is_better, listed, out_of_reach
from app.domain.explanation import Cause, Move, explain_move, kept_move
from tests.builders import assessment, ledger_row


def scored(*points: int, score: int | None = -1) -> Assessment:
    rows = tuple(
        ledger_row(factor=f"f{place}", points=value, reason=f"f{place} is {value}")
        for place, value in enumerate(points)
    )
    return assessment(score=sum(points) if score == -1 else score, ledger=rows)


def test_each_step_gets_its_cause_and_the_rest_is_the_customer_s() -> None:
    between = ((Cause.SETTINGS, scored(50, 30)), (Cause.DATA, scored(50, 30, 5)))
    move = explain_move(scored(60, 30), between, scored(50, 10, 5))
    assert (move.total, move.settings, move.data, move.customer) == (-25, -10, 5, -20)
    assert [(row.cause, row.factor, row.before, row.after) for row in move.rows] == [
        (Cause.SETTINGS, "f0", 60, 50),
        (Cause.DATA, "f2", 0, 5),
        (Cause.CUSTOMER, "f1", 30, 10),
    ]
    assert move.rows[2].reason == "f1 is 10"


def test_a_step_without_a_score_leaves_its_part_to_the_next() -> None:
    between = ((Cause.SETTINGS, scored(0, score=None)), (Cause.DATA, scored(70)))
    move = explain_move(scored(90), between, scored(70))
    assert (move.settings, move.data, move.customer) == (0, -20, 0)


def test_a_factor_that_is_gone_moves_to_nothing() -> None:
    move = explain_move(scored(90, -10), (), scored(90))
    assert [(row.factor, row.before, row.after) for row in move.rows] == [("f1", -10, 0)]


def test_no_score_at_an_end_is_said_in_words() -> None:
    known, unknown = scored(90), scored(0, score=None)
    bare = assessment(score=None, ledger=())
    for before, after, note in (
        (unknown, known, "no score then: f0 is 0"),
        (known, unknown, "no score now: f0 is 0"),
        (unknown, bare, "no score then, and none now: no reason kept"),
    ):
        expected = Move(total=None, note=note)
        assert explain_move(before, (), after) == kept_move(before, after) == expected


def test_a_kept_score_s_move_is_a_matter_of_data() -> None:
    move = kept_move(scored(90), scored(70))
    assert (move.total, move.data, move.customer) == (-20, -20, 0)
    assert move.note == "a score was kept, not computed, in between"
    assert kept_move(scored(), scored()).rows == ()


def test_words_of_a_way_up() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert out_of_reach("no").target is None
    assert is_better(Band.GREEN, Band.AMBER)
    assert not is_better(Band.GREEN, Band.UNKNOWN)
    assert not is_better(Band.AMBER, Band.AMBER)
