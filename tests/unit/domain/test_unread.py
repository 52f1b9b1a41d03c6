"""What is said of a source that an account is judged without."""

from __future__ import annotations

from app.domain.unread import Unread, share_read

UNREAD = Unread(feed="kayako", plight="failed since yesterday", known_by=("jira", "zen"))


def test_what_is_not_read_is_named_and_takes_no_points() -> None:
    row = UNREAD.row()
    assert (row.factor, row.points, row.points_lost) == ("tickets_unread", 0, 0)
    assert row.reason == (
        "feed kayako failed since yesterday: it never had a ticket of this account, which is "
        "judged by jira and zen; a first one there would not be seen"
    )
    assert row.sources == ("feed:kayako",)


def test_it_is_read_back_as_it_was_written() -> None:
    assert Unread.from_json(UNREAD.as_json()) == UNREAD


def test_the_part_that_is_read_is_of_all_sources() -> None:
    assert share_read(1, (UNREAD,)) == 0.5
    assert share_read(2, ()) == 1
    assert share_read(0, ()) == 1
