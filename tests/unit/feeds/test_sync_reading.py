"""Where a reading of a source begins, what a page holds, and how far it came."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from pydantic import JsonValue

from app.domain.ticket import Priority
from app.domain.ticket_source import SourceCursor
from app.feeds.jira_source import CLOUD, DATA_CENTER
from app.feeds.source_spec import Change, Incremental, Place, Source, SourcePage
from app.feeds.sync_item import Overrides
from app.feeds.sync_reading import (
    asked_of,
    is_past,
    is_torn,
    items_of,
    place_after,
    reached_by,
)
from app.feeds.sync_tally import SyncTally
from tests.builders import NOW, days_ago
from tests.integration.jira_syncing import issue

CURSOR = SourceCursor(feed="desk", read_until=days_ago(2), cursor="abc")
PLAIN = Overrides()


class NoPages:
    """`PageSource` of an empty list."""

    async def pages(self, place: Place) -> AsyncIterator[SourcePage]:
        """One page without items."""
        del place
        yield SourcePage(items=())


def source(address: str = "https://a.example") -> Source:
    return Source(spec=CLOUD, pages=NoPages(), address=address)


def page(*items: JsonValue) -> SourcePage:
    return SourcePage(items=items)


def test_the_same_is_asked_only_of_the_same_place_in_the_same_words() -> None:
    here = source()
    assert asked_of(here, PLAIN) == asked_of(source(), Overrides())
    assert asked_of(here, PLAIN) != asked_of(source("https://b.example"), PLAIN)
    assert asked_of(here, PLAIN) != asked_of(here, Overrides(priorities={"high": Priority.P1}))
    narrow = replace(here, spec=replace(CLOUD, variables={"scope": "project in (AC)"}))
    assert asked_of(here, PLAIN) != asked_of(narrow, PLAIN)


def test_changes_are_asked_for_from_a_little_before() -> None:
    assert place_after(CURSOR, CLOUD) == Place(since=days_ago(2) - timedelta(minutes=5))
    assert place_after(SourceCursor(feed="desk"), CLOUD) == Place()
    by_cursor = replace(CLOUD, incremental=Incremental(kind=Change.CURSOR))
    assert place_after(CURSOR, by_cursor) == Place(cursor="abc")


def test_all_items_of_a_page_are_seen_and_those_that_can_be_read_are_found() -> None:
    tally = SyncTally(is_full=True)
    nameless: JsonValue = {"key": "AC-9"}
    dateless: JsonValue = {"id": "8", "key": "AC-8", "fields": {}}
    found, names = items_of(page(issue(1), nameless, dateless, issue(2)), CLOUD, PLAIN, tally, NOW)
    assert [one.ticket_id for one in found] == ["AC-1", "AC-2"]
    assert names == ["10001", "8", "10002"]
    assert (tally.seen, tally.refused_count) == ({"10001", "8", "10002"}, 2)
    assert tally.newest == found[1].updated_at


def test_no_reading_counts_as_further_than_the_moment_when_it_began() -> None:
    tally = SyncTally(is_full=True)
    assert reached_by(SourceCursor(feed="desk"), CLOUD, "", tally, NOW).read_until is None
    tally.newest = NOW + timedelta(hours=1)
    reached = reached_by(CURSOR, CLOUD, "next", tally, NOW)
    assert (reached.read_until, reached.cursor, reached.system) == (NOW, "next", "jira")
    tally.newest = days_ago(3)
    assert reached_by(CURSOR, CLOUD, "", tally, NOW).read_until == days_ago(2)


def test_newest_first_ends_at_a_page_that_is_older_as_a_whole() -> None:
    tally = SyncTally(is_full=False)
    items, _ = items_of(page(issue(1), issue(30)), CLOUD, PLAIN, tally, NOW)
    between = Place(since=items[1].updated_at)
    after = Place(since=items[1].updated_at + timedelta(minutes=1))
    assert is_past(items, Change.NEWEST_FIRST, after)
    assert not is_past(items, Change.NEWEST_FIRST, between)
    assert not is_past(items, Change.NEWEST_FIRST, Place())
    assert not is_past([], Change.NEWEST_FIRST, after)
    assert not is_past(items, Change.SINCE, after)


def test_a_list_by_offsets_is_torn_where_a_page_does_not_begin_with_what_was_read() -> None:
    seen = {"10001"}
    assert not is_torn(page(issue(1), issue(2)), DATA_CENTER, seen)
    assert is_torn(page(issue(2), issue(1)), DATA_CENTER, seen)
    assert is_torn(page(), DATA_CENTER, seen)
    assert is_torn(page("no ticket"), DATA_CENTER, seen)
    assert not is_torn(page(issue(2)), CLOUD, seen)
