"""Readings from end to end that broke off, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import JsonValue

from app.domain.ticket import Priority, TicketStatus
from app.feeds.sync_item import Overrides
from app.storage.sql_store import SqlStore
from tests.integration.jira_syncing import FEED, Died, Syncing, issue
from tests.servers.jira.server import JiraDesk

NOW = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
DONE: JsonValue = {"name": "Erledigt", "statusCategory": {"key": "done"}}


@pytest.fixture(params=[True, False], ids=["cloud", "data-center"])
def broken(request: pytest.FixtureRequest, sqlite_store: SqlStore) -> Iterator[Syncing]:
    """Of 350 issues, on pages of a hundred, two pages are written."""
    desk = JiraDesk([issue(number) for number in range(1, 351)], is_cloud=request.param)
    with Syncing(sqlite_store, desk) as syncing:
        syncing.know("acme", projects={"AC": "acme"})
        with pytest.raises(Died):
            syncing.sync(NOW, dies_after=2)
        yield syncing


def pages_asked(syncing: Syncing, told: dict[str, JsonValue]) -> tuple[JsonValue, int]:
    """After how many pages it went on, and how many it read itself."""
    assert "failed" not in told
    assert len(syncing.tickets()) == 350
    return told["taken_up_after"], int(str(told["pages"]))


def test_it_goes_on_at_the_page_where_it_stopped(broken: Syncing) -> None:
    after, pages = pages_asked(broken, broken.sync(NOW + timedelta(hours=1)))
    assert (after, pages) == (2, 2 if broken.desk.is_cloud else 3)  # one again, of offsets
    later = broken.sync(NOW + timedelta(hours=2))
    assert (later["full"], later["taken_up_after"]) == (False, 0)


def test_what_changes_while_nobody_reads_is_read_the_next_time(broken: Syncing) -> None:
    broken.desk.change("10005", NOW + timedelta(minutes=10), status=DONE)
    broken.desk.change("10340", NOW + timedelta(minutes=20), summary="Newer")
    broken.sync(NOW + timedelta(hours=1))
    assert broken.ticket("AC-5").status is TicketStatus.OPEN
    broken.sync(NOW + timedelta(hours=2))
    assert broken.ticket("AC-5").status is TicketStatus.RESOLVED


def test_a_list_that_got_shorter_meanwhile_lacks_nothing(broken: Syncing) -> None:
    for number in range(1, 121):
        del broken.desk.issues[str(10_000 + number)]
    broken.sync(NOW + timedelta(hours=1))
    ids = [f"AC-{number}" for number in range(121, 351)]
    stored = broken.store.read_now("main", lambda unit: unit.book.tickets(ids))
    assert len(stored) == 230


def test_what_is_gone_is_closed_by_the_next_whole_reading(broken: Syncing) -> None:
    del broken.desk.issues["10007"]
    first = broken.sync(NOW + timedelta(hours=1))
    assert first["gone"] == 0  # it was there when that reading began
    whole = broken.sync(NOW + timedelta(hours=2), is_full=True)
    assert (whole["taken_up_after"], whole["gone"]) == (0, 1)
    assert broken.ticket("AC-7").status is TicketStatus.CLOSED


def test_a_position_that_the_source_refuses_begins_the_reading_anew(broken: Syncing) -> None:
    broken.desk.forget_tokens()
    after, pages = pages_asked(broken, broken.sync(NOW + timedelta(hours=1)))
    assert (after, pages) == ((0, 4) if broken.desk.is_cloud else (2, 3))


def test_after_a_day_it_begins_anew(broken: Syncing) -> None:
    after, _ = pages_asked(broken, broken.sync(NOW + timedelta(hours=25)))
    assert after == 0


def test_with_other_words_for_priorities_it_begins_anew(broken: Syncing) -> None:
    words = Overrides(priorities={"high": Priority.P1})
    after, _ = pages_asked(broken, broken.sync(NOW + timedelta(hours=1), overrides=words))
    assert after == 0
    assert broken.ticket("AC-1").priority is Priority.P1


def test_whoever_asks_for_everything_gets_everything(broken: Syncing) -> None:
    after, _ = pages_asked(broken, broken.sync(NOW + timedelta(hours=1), is_full=True))
    assert after == 0


def test_a_key_that_expires_in_between_loses_nothing(broken: Syncing) -> None:
    broken.desk.is_expired = True
    assert "failed" in broken.sync(NOW + timedelta(hours=1))
    broken.desk.is_expired = False
    after, _ = pages_asked(broken, broken.sync(NOW + timedelta(hours=2)))
    assert after == 2


def test_one_that_dies_before_its_conclusion_looks_once_more(sqlite_store: SqlStore) -> None:
    with Syncing(sqlite_store, JiraDesk([issue(n) for n in range(1, 151)])) as syncing:
        syncing.know("acme", projects={"AC": "acme"})
        syncing.sync(NOW)
        del syncing.desk.issues["10003"]
        later = NOW + timedelta(days=1)
        with pytest.raises(Died):
            syncing.sync(later, dies_after=2)
        told = syncing.sync(later + timedelta(hours=1))
        assert (told["taken_up_after"], told["pages"], told["gone"]) == (2, 2, 1)
        assert syncing.store.read_now("main", lambda unit: unit.sources.full_pass(FEED)) is None


def test_one_that_is_not_believed_is_not_taken_up(sqlite_store: SqlStore) -> None:
    with Syncing(sqlite_store, JiraDesk([issue(n) for n in range(1, 151)])) as syncing:
        syncing.know("acme", projects={"AC": "acme"})
        syncing.sync(NOW)
        hidden = {key: syncing.desk.issues.pop(key) for key in list(syncing.desk.issues)[50:]}
        told = syncing.sync(NOW + timedelta(days=1))
        assert "gone at once" in str(told["failed"])
        syncing.desk.issues.update(hidden)
        told = syncing.sync(NOW + timedelta(days=1, hours=1))
        assert (told["taken_up_after"], told["gone"], told["full"]) == (0, 0, True)
