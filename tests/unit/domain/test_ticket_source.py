"""Readings that broke off, and tickets that a source does not list any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.ticket_source import (
    GOES_ON_WITHIN,
    SourceCursor,
    SourcePass,
    SourceTicket,
    are_too_many,
    not_listed,
)
from tests.builders import NOW, days_ago

BEGUN = SourcePass(feed="desk", begun_at=NOW, asked="this")


def known(*names: str, ended: str = "") -> dict[str, SourceTicket]:
    return {
        name: SourceTicket(
            feed="desk", source_id=name, ticket_id=f"AC-{name}", updated_at=NOW, ended=ended
        )
        for name in names
    }


def test_a_reading_goes_on_within_a_day_and_where_the_same_is_asked() -> None:
    assert BEGUN.may_go_on("this", NOW)
    assert BEGUN.may_go_on("this", NOW + GOES_ON_WITHIN)
    assert not BEGUN.may_go_on("this", NOW + GOES_ON_WITHIN + timedelta(seconds=1))
    assert not BEGUN.may_go_on("this", NOW - timedelta(seconds=1))
    assert not BEGUN.may_go_on("that", NOW)


def test_what_was_read_of_another_is_nothing_of_this() -> None:
    here = SourceCursor(feed="desk", read_until=NOW, cursor="abc", full_read_at=NOW, whom="acme")
    assert here.asking("acme") is here
    assert here.asking("globex") == SourceCursor(feed="desk", whom="globex")


def test_it_is_read_once_a_page_names_no_next_one() -> None:
    one = BEGUN.after_page("100", days_ago(1))
    assert (BEGUN.is_read, one.is_read, one.pages, one.newest) == (False, False, 1, days_ago(1))
    assert one.after_page("", None).is_read


def test_what_is_known_and_not_seen_is_not_listed_unless_it_is_ended() -> None:
    every = {**known("1", "2"), **known("3", ended="gone")}
    assert [ticket.source_id for ticket in not_listed(every, {"1"})] == ["2"]
    assert not_listed(every, {"1", "2"}) == ()


@pytest.mark.parametrize(
    "gone, listed, share, expected",
    [
        (1, 1, 0.2, False),
        (2, 10, 0.2, False),
        (3, 10, 0.2, True),
        (2, 2, 0.2, True),
        (10, 10, 1.0, False),
    ],
)
def test_more_than_the_share_is_not_believed_and_a_single_one_always_is(
    gone: int, listed: int, share: float, expected: bool
) -> None:
    every = {**known(*map(str, range(listed))), **known("x", ended="gone")}
    assert are_too_many(gone, every, share) is expected
