"""When it is an account's turn."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import Contract
from app.domain.turns import (
    AccountTurn,
    checkin_day,
    contract_day,
    end_of_term,
    expansion_day,
    next_month,
    next_quarter,
    quarter_of,
    quarter_start,
)

days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def turn(
    *, every: int | None = None, ends: date | None = None, contract_id: str = "C-1"
) -> AccountTurn:
    contract = Contract(contract_id=contract_id, account_id="acme", ends_on=ends)
    return AccountTurn(account_id="acme", checkin_every_days=every, contract=contract)


def is_due(day: date, asked: AccountTurn, last: date | None, before: date | None = None) -> bool:
    found = checkin_day(
        asked,
        None if last is None else last.isoformat(),
        start=day,
        until=day,
        before=None if before is None else before.isoformat(),
    )
    return found == day


@pytest.mark.parametrize(
    "today, every, last, before",
    [
        (date(2026, 4, 1), None, None, None),
        (date(2026, 4, 1), None, date(2026, 3, 31), None),
        (date(2026, 4, 7), None, date(2026, 3, 2), None),
        (date(2026, 4, 7), None, None, date(2026, 3, 30)),
        (date(2026, 4, 7), 14, None, None),
        (date(2026, 4, 7), 14, date(2026, 3, 24), None),
        (date(2026, 4, 7), 14, date(2026, 1, 1), None),
        (date(2026, 4, 7), 0, date(2026, 4, 6), None),
    ],
)
def test_an_account_whose_turn_it_is_is_checked_in_with(
    today: date, every: int | None, last: date | None, before: date | None
) -> None:
    assert is_due(today, turn(every=every), last, before)


@pytest.mark.parametrize(
    "today, every, last, before",
    [
        (date(2026, 4, 2), None, None, None),
        (date(2026, 4, 2), None, None, date(2026, 4, 1)),
        (date(2026, 4, 2), None, date(2026, 4, 1), date(2026, 3, 1)),
        (date(2026, 4, 1), None, date(2026, 4, 1), None),
        (date(2026, 4, 1), None, date(2026, 4, 3), None),
        (date(2026, 4, 1), 14, date(2026, 3, 20), None),
        (date(2026, 4, 1), 0, date(2026, 4, 1), None),
        (date(2026, 4, 1), 10**12, date(2026, 3, 1), None),
    ],
)
def test_an_account_whose_turn_is_still_to_come_is_left_alone(
    today: date, every: int | None, last: date | None, before: date | None
) -> None:
    assert not is_due(today, turn(every=every), last, before)


@given(start=days, every=st.none() | st.integers(1, 60))
def test_a_quarter_of_daily_looks_meets_every_turn_once(start: date, every: int | None) -> None:
    last: date | None = None
    done: list[date] = []
    for day in (start + timedelta(days=n) for n in range(92)):
        if is_due(day, turn(every=every), last, day - timedelta(days=1)):
            done.append(day)
            last = day

    if every is None:
        assert {day.day for day in done} <= {1}
        assert len(done) in (3, 4)
    else:
        assert {(later - day).days for day, later in pairwise(done)} <= {every}
        assert done[0] == start


@given(start=days, last=st.none() | days, every=st.none() | st.integers(0, 200), before=days)
def test_the_next_turn_told_is_the_first_day_that_is_one(
    start: date, last: date | None, every: int | None, before: date
) -> None:
    until = start + timedelta(days=60)
    told = checkin_day(
        turn(every=every),
        None if last is None else last.isoformat(),
        start=start,
        until=until,
        before=before.isoformat(),
    )
    ahead = (start + timedelta(days=n) for n in range(61))
    looked = [
        day
        for day in ahead
        if is_due(day, turn(every=every), last, before if day == start else day)
    ]
    assert told == (looked[0] if looked else None)


END = date(2026, 6, 30)
NOTICE = date(2026, 4, 1)


@pytest.mark.parametrize(
    "today, expected",
    [
        (NOTICE - timedelta(days=1), None),
        (NOTICE, NOTICE),
        (date(2026, 5, 20), date(2026, 5, 20)),
        (END, END),
        (END + timedelta(days=1), None),
    ],
)
def test_a_contracts_review_is_due_from_90_days_before_its_end_to_its_end(
    today: date, expected: date | None
) -> None:
    assert contract_day(turn(ends=END), None, start=today, until=today) == expected


def test_a_review_to_come_is_told_by_its_day_where_it_lies_near_enough() -> None:
    start = date(2026, 1, 1)
    assert contract_day(turn(ends=END), None, start=start, until=NOTICE) == NOTICE
    assert contract_day(turn(ends=END), None, start=start, until=date(2026, 3, 31)) is None


@pytest.mark.parametrize(
    "last, contract_id, is_new",
    [
        (None, "C-1", True),
        ("2026-06-30:C-1", "C-1", False),
        ("2026-05-31:C-1", "C-1", False),
        ("2026-08-31:C-1", "C-1", False),
        ("2025-06-30:C-1", "C-1", True),
        ("2026-05-31:C-0", "C-1", True),
        ("2026-06-30:C-0", "C-1", False),
        ("2026-07-31:C-9", "C-1", False),
    ],
)
def test_a_term_has_one_review_also_when_its_end_is_put_right(
    last: str | None, contract_id: str, *, is_new: bool
) -> None:
    due = contract_day(turn(ends=END, contract_id=contract_id), last, start=NOTICE, until=NOTICE)
    assert (due is not None) is is_new


def test_without_an_end_there_is_no_review_before_it() -> None:
    assert contract_day(turn(ends=None), None, start=NOTICE, until=END) is None
    assert contract_day(AccountTurn(account_id="a"), None, start=NOTICE, until=END) is None
    assert turn(ends=None).term is None
    assert AccountTurn(account_id="a").term is None


def test_a_term_sorts_by_its_end_and_tells_it() -> None:
    assert turn(ends=END, contract_id="C:12").term == "2026-06-30:C:12"
    assert end_of_term("2026-06-30:C:12") == END


@given(day=days)
def test_quarters_and_months_follow_one_another(day: date) -> None:
    assert quarter_start(day) <= day < next_quarter(day)
    assert quarter_of(quarter_start(day)) == quarter_of(day) < quarter_of(next_quarter(day))
    assert next_quarter(day).day == next_month(day).day == quarter_start(day).day == 1
    assert quarter_start(day).month in (1, 4, 7, 10)
    assert 0 < (next_month(day) - day).days <= 31


def looks_at(days_to_live: int, start: date, *, keeps_back: bool = False, name: str) -> list[date]:
    """The days that a schedule ticking daily looks at an account for growth on."""
    asked = AccountTurn(account_id=name, keeps_back=keeps_back)
    looked: list[date] = []
    for number in range(days_to_live):
        day = start + timedelta(days=number)
        last = looked[-1].isoformat() if looked else None
        if expansion_day(asked, last, start=day, until=day) == day:
            looked.append(day)
    return looked


@given(start=days, name=st.text(max_size=8))
def test_growth_is_looked_for_within_four_weeks_and_then_every_week(start: date, name: str) -> None:
    looked = looks_at(70, start, name=name)
    assert (looked[0] - start).days < 28
    assert {(later - one).days for one, later in pairwise(looked)} == {7}


def test_a_new_book_is_looked_at_for_growth_a_little_each_day() -> None:
    start = date(2026, 3, 9)
    first = [looks_at(28, start, name=f"account-{number}")[0] for number in range(560)]
    assert max(first.count(day) for day in first) < 45


@given(start=days)
def test_what_is_held_back_is_looked_at_daily(start: date) -> None:
    assert looks_at(5, start, keeps_back=True, name="acme") == [
        start + timedelta(days=number) for number in range(5)
    ]


@given(start=days, missed=st.integers(8, 400))
def test_a_look_that_was_missed_is_had_at_once(start: date, missed: int) -> None:
    day = start + timedelta(days=missed)
    asked = AccountTurn(account_id="acme")
    assert expansion_day(asked, start.isoformat(), start=day, until=day) == day
    assert expansion_day(asked, day.isoformat(), start=day, until=day) is None
