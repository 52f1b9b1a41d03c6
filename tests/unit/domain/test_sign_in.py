"""How long who guesses has to wait."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.sign_in import (
    FIRST_WAIT,
    FORGOTTEN_AFTER,
    FREE_FAILURES,
    LONGEST_WAIT,
    FailedSignIns,
    after_failure,
)
from tests.builders import NOW

NONE = timedelta()


def failed(times: int) -> FailedSignIns:
    return FailedSignIns(digest="d", failures=times, last_at=NOW)


def test_mistyping_a_few_times_costs_no_wait() -> None:
    assert failed(FREE_FAILURES).wait(NOW) == NONE


def test_each_further_failure_doubles_the_wait_up_to_the_longest() -> None:
    waits = [failed(FREE_FAILURES + more).wait(NOW) for more in range(1, 8)]
    assert waits == [
        FIRST_WAIT,
        FIRST_WAIT * 2,
        FIRST_WAIT * 4,
        FIRST_WAIT * 8,
        FIRST_WAIT * 16,
        LONGEST_WAIT,
        LONGEST_WAIT,
    ]


def test_the_wait_passes() -> None:
    guesser = failed(FREE_FAILURES + 1)
    assert guesser.wait(NOW + FIRST_WAIT / 3) == FIRST_WAIT * 2 / 3
    assert guesser.wait(NOW + FIRST_WAIT) == NONE


def test_failures_are_forgotten_after_a_day() -> None:
    later = NOW + FORGOTTEN_AFTER
    assert failed(10_000).wait(later) == NONE
    assert after_failure(failed(10_000), "d", later).failures == 1


def test_failures_in_a_row_are_counted() -> None:
    assert after_failure(None, "d", NOW) == failed(1)
    assert after_failure(failed(1), "d", NOW) == failed(2)


@given(times=st.integers(0, 100_000), gone=st.integers(0, 200_000))
def test_nobody_ever_waits_longer_than_the_longest(times: int, gone: int) -> None:
    wait = failed(times).wait(NOW + timedelta(seconds=gone))
    assert NONE <= wait <= LONGEST_WAIT
    assert failed(times + 1).wait(NOW) >= failed(times).wait(NOW)
