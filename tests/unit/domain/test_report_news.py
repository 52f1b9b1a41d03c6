"""What a source reports again: written where it is new, and once a week where it is not."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.fact_rows import FactRow
from app.domain.report_news import REPEAT_DAYS, ReportKey, without_repeats
from tests.builders import TODAY, day_ago, reported


def row(ago: int, nps: int | None = 7, source: str = "crm") -> tuple[ReportKey, FactRow]:
    told: FactRow = {"account_id": "acme", "reported_on": day_ago(ago), "nps": nps}
    return ("acme", day_ago(ago), source), told


def days(kept: dict[ReportKey, FactRow]) -> list[date]:
    return [on for _, on, _ in kept]


def test_the_same_again_within_a_week_is_no_news() -> None:
    known = [reported(reported_on=day_ago(6), source="crm", nps=7)]
    assert without_repeats(dict([row(0)]), known) == {}
    assert days(without_repeats(dict([row(-1)]), known)) == [TODAY + timedelta(days=1)]


def test_another_figure_another_source_and_a_figure_less_are_news() -> None:
    known = [reported(reported_on=day_ago(6), source="crm", nps=7)]
    for changed in (row(0, nps=6), row(0, nps=None), row(0, source="tool")):
        assert days(without_repeats(dict([changed]), known)) == [TODAY]


def test_a_column_that_is_left_out_is_unknown_in_a_new_row() -> None:
    known = [reported(reported_on=day_ago(1), source="crm", nps=7)]
    said: dict[ReportKey, FactRow] = {("acme", TODAY, "crm"): {"account_id": "acme"}}
    assert without_repeats(said, known) == said


def test_the_day_that_is_stored_is_always_passed_on() -> None:
    known = [reported(reported_on=day_ago(n), source="crm", nps=7) for n in (0, 2)]
    assert days(without_repeats(dict([row(0)]), known)) == [TODAY]


def test_a_day_between_is_held_against_what_came_before_it() -> None:
    known = [
        reported(reported_on=day_ago(9), source="crm", nps=7),
        reported(reported_on=day_ago(1), source="crm", nps=3),
    ]
    assert without_repeats(dict([row(5)]), known) == {}
    assert days(without_repeats(dict([row(0)]), known)) == [TODAY]


@given(told=st.dictionaries(st.integers(0, 60), st.sampled_from([None, 1, 2]), min_size=1))
def test_on_every_day_told_what_is_kept_says_the_same_and_is_less_than_a_week_old(
    told: dict[int, int | None],
) -> None:
    rows = dict(row(ago, nps) for ago, nps in told.items())
    kept = without_repeats(rows, [])
    for ago, nps in told.items():
        newest = max(on for _, on, _ in kept if on <= day_ago(ago))
        assert kept["acme", newest, "crm"]["nps"] == nps
        assert (day_ago(ago) - newest).days < REPEAT_DAYS
    again = [
        reported(reported_on=on, source="crm", nps=told[(TODAY - on).days]) for _, on, _ in kept
    ]
    assert without_repeats(rows, again) == kept
