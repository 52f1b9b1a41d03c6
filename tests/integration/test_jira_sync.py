"""Tickets come in from a Jira, whatever it does while they are read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.domain.feed import Feed, FeedState
from app.domain.ticket import Priority, TicketStatus
from app.feeds.sync_item import Overrides
from app.storage.sql_store import SqlStore
from tests.integration.jira_syncing import BEGIN, FEED, Died, Syncing, issue
from tests.servers.desk import Kind
from tests.servers.jira.server import JiraDesk, real_issues

NOW = BEGIN + timedelta(days=10)
DONE: JsonValue = {"name": "Erledigt", "statusCategory": {"key": "done"}}
AGAIN: JsonValue = {"name": "In Arbeit", "statusCategory": {"key": "indeterminate"}}


@pytest.fixture(params=["cloud", "data-center"])
def syncing(request: pytest.FixtureRequest, store: SqlStore) -> Iterator[Syncing]:
    """Thirty issues of two projects on pages of seven, each project an account's."""
    issues = [issue(number, project="AC" if number % 2 else "ZE") for number in range(1, 31)]
    desk = JiraDesk(issues, is_cloud=request.param == "cloud")
    desk.largest_page = 12
    with Syncing(store, desk) as syncing:
        syncing.know("acme", "zeta", projects={"AC": "acme", "ZE": "zeta", "NEW": "acme"})
        yield syncing


def feed_of(syncing: Syncing) -> Feed:
    return next(
        feed
        for feed in syncing.store.read_now("main", lambda unit: unit.feeds.all())
        if feed.name == FEED
    )


def test_every_issue_comes_in_once_with_its_account(syncing: Syncing) -> None:
    told = syncing.sync(NOW)

    tickets = syncing.tickets()
    assert len(tickets) == 30
    assert told["inserted"] == 30
    assert {t.account_id for t in tickets.values()} == {"acme", "zeta"}
    assert {t.mapped_by for t in tickets.values()} == {"project"}
    assert {t.priority for t in tickets.values()} == {Priority.P2}
    assert feed_of(syncing).state(NOW) is FeedState.FRESH


def test_a_second_reading_asks_for_changes_alone_and_changes_nothing(syncing: Syncing) -> None:
    syncing.sync(NOW)
    syncing.desk.log.clear()

    told = syncing.sync(NOW + timedelta(hours=1))

    asked = [json.loads(heard.asked.body)["jql"] for heard in syncing.desk.log if heard.asked.body]
    denver = "2026-03-02 07:55"  # five minutes before the newest update
    scope = f'created >= "1970-01-02 00:00" AND updated >= "{denver}"'
    assert asked == [f"{scope} ORDER BY updated ASC, key ASC"]
    assert (told["tickets"], told["unchanged"], told["full"]) == (1, 1, False)


def test_changes_are_taken_over(syncing: Syncing) -> None:
    syncing.sync(NOW)
    at = NOW + timedelta(minutes=30)
    syncing.desk.change("10001", at, status=DONE, resolutiondate="2026-03-11T09:20:00.000+0000")
    syncing.desk.change("10002", at, priority={"name": "Blocker"})
    syncing.desk.change("10003", at, priority={"name": "Ganz wichtig"})

    told = syncing.sync(NOW + timedelta(hours=1))

    closed = syncing.ticket("AC-1")
    assert closed.status is TicketStatus.RESOLVED
    assert closed.resolved_at is not None
    assert syncing.ticket("ZE-2").priority is Priority.P1
    assert syncing.ticket("AC-3").priority is None
    assert told["assumed_priority"] == 1
    assert "'Ganz wichtig'" in feed_of(syncing).reason


def test_a_tenant_says_what_its_own_words_mean(syncing: Syncing) -> None:
    syncing.desk.change("10003", NOW, priority={"name": "Ganz wichtig"})
    overrides = Overrides(
        priorities={"ganz wichtig": Priority.P1}, statuses={"new": TicketStatus.PENDING}
    )

    syncing.sync(NOW, overrides=overrides)

    ticket = syncing.ticket("AC-3")
    assert (ticket.priority, ticket.status) == (Priority.P1, TicketStatus.PENDING)


def test_an_issue_that_is_open_again_is_reopened(syncing: Syncing) -> None:
    syncing.desk.change("10001", NOW, status=DONE)
    syncing.sync(NOW)
    syncing.desk.change("10001", NOW + timedelta(minutes=20), status=AGAIN)

    told = syncing.sync(NOW + timedelta(hours=1))
    syncing.desk.change("10001", NOW + timedelta(minutes=80), summary="Still")
    syncing.sync(NOW + timedelta(hours=2))

    ticket = syncing.ticket("AC-1")
    assert (ticket.reopened, ticket.status, ticket.resolved_at) == (True, TicketStatus.OPEN, None)
    assert told["reopened"] == 1


def test_an_issue_that_is_moved_goes_on_under_its_new_key(syncing: Syncing) -> None:
    syncing.sync(NOW)
    syncing.desk.move("10002", "NEW-1", NOW + timedelta(minutes=10))

    told = syncing.sync(NOW + timedelta(hours=1))

    assert (syncing.ticket("NEW-1").account_id, told["moved"]) == ("acme", 1)
    assert syncing.ticket("ZE-2").status is TicketStatus.CLOSED


def test_a_full_reading_closes_what_is_gone_and_says_why(syncing: Syncing) -> None:
    syncing.sync(NOW)
    del syncing.desk.issues["10004"]

    soon = syncing.sync(NOW + timedelta(hours=1))
    told = syncing.sync(NOW + timedelta(days=1))

    assert (soon["full"], soon["gone"], told["full"], told["gone"]) == (False, 0, True, 1)
    assert syncing.ticket("ZE-4").status is TicketStatus.CLOSED
    known = syncing.store.read_now("main", lambda unit: unit.sources.tickets(FEED))
    assert known["10004"].ended == "gone from its source, seen 2026-03-12"


def test_many_issues_gone_at_once_are_not_believed(syncing: Syncing) -> None:
    syncing.sync(NOW)
    for number in range(1, 10):
        del syncing.desk.issues[str(10_000 + number)]

    told = syncing.sync(NOW + timedelta(days=1))

    assert "9 of 30 tickets are gone at once" in str(told["failed"])
    assert syncing.ticket("AC-1").status is TicketStatus.OPEN
    assert feed_of(syncing).state(NOW + timedelta(days=1)) is FeedState.FAILED

    believed = syncing.sync(NOW + timedelta(days=1), most_gone_share=1.0)

    assert believed["gone"] == 9
    assert feed_of(syncing).state(NOW + timedelta(days=1)) is FeedState.FRESH


def test_issues_without_an_account_wait_on_the_list(syncing: Syncing) -> None:
    syncing.desk.move("10002", "ODD-1", NOW - timedelta(days=1))

    told = syncing.sync(NOW)

    waiting = syncing.store.read_now("main", lambda unit: unit.mapping.unresolved())
    assert [(entry.ticket_id, entry.source) for entry in waiting] == [("ODD-1", FEED)]
    assert told["unresolved"] == 1


def test_issues_that_change_while_they_are_read_are_not_missed(syncing: Syncing) -> None:
    def shift(number: int) -> None:
        syncing.desk.change(str(10_000 + number), NOW - timedelta(minutes=10 - number))

    syncing.desk.between = shift
    syncing.sync(NOW)
    syncing.sync(NOW, is_full=True)

    assert len(syncing.tickets()) == 30
    assert {t.status for t in syncing.tickets().values()} == {TicketStatus.OPEN}


def test_faults_that_pass_are_not_noticed(syncing: Syncing) -> None:
    syncing.desk.go_wrong(Kind.RATE_LIMITED, Kind.INTERNAL, Kind.RATE_LIMITED, Kind.RESET, Kind.CUT)

    told = syncing.sync(NOW)

    assert "failed" not in told
    assert len(syncing.tickets()) == 30


def test_a_key_that_has_expired_is_said_and_mended(syncing: Syncing) -> None:
    syncing.sync(NOW)
    syncing.desk.is_expired = True

    told = syncing.sync(NOW + timedelta(hours=1))

    assert "the key is wrong, or has expired; put a new one into [tickets.desk]" in str(
        told["failed"]
    )
    assert feed_of(syncing).state(NOW + timedelta(hours=1)) is FeedState.FAILED
    assert syncing.ticket("AC-1").status is TicketStatus.OPEN

    syncing.desk.is_expired = False
    syncing.sync(NOW + timedelta(hours=2))

    assert feed_of(syncing).state(NOW + timedelta(hours=2)) is FeedState.FRESH


def test_a_reading_that_dies_goes_on_from_the_page_that_was_written(syncing: Syncing) -> None:
    syncing.sync(NOW)
    for number in range(1, 31):
        at = NOW + timedelta(minutes=10 * number)
        syncing.desk.change(str(10_000 + number), at, summary=f"Changed {number}")
    later = NOW + timedelta(hours=6)

    with pytest.raises(Died):
        syncing.sync(later, dies_after=1)
    kept = syncing.store.read_now("main", lambda unit: unit.sources.cursor(FEED))
    told = syncing.sync(later)

    assert kept.read_until == NOW + timedelta(minutes=120)  # of twelve on a page
    assert (told["tickets"], told["updated"]) == (19, 18)  # the last one again, and all others
    assert [syncing.ticket(f"{'AC' if n % 2 else 'ZE'}-{n}").subject for n in range(1, 31)] == [
        f"Changed {number}" for number in range(1, 31)
    ]


def test_a_full_reading_that_dies_is_taken_up_and_changes_nothing(syncing: Syncing) -> None:
    with pytest.raises(Died):
        syncing.sync(NOW, dies_after=2)
    before = len(syncing.tickets())

    told = syncing.sync(NOW)

    assert (told["full"], told["taken_up_after"]) == (True, 2)
    assert told["inserted"] == 30 - before
    assert (told["tickets"], told["updated"], told["gone"]) == (30, 0, 0)


@pytest.fixture
def cloud(store: SqlStore) -> Iterator[Syncing]:
    """Thirty issues of one project on Cloud, on pages of twelve."""
    desk = JiraDesk([issue(number) for number in range(1, 31)])
    desk.largest_page = 12
    with Syncing(store, desk) as syncing:
        syncing.know("acme", projects={"AC": "acme"})
        yield syncing


def test_a_token_that_leads_to_itself_ends_the_reading_and_the_next_goes_on(
    cloud: Syncing,
) -> None:
    cloud.desk.repeats_token_on = 2

    told = cloud.sync(NOW)
    again = cloud.sync(NOW + timedelta(hours=1))

    assert "the next page is one that was there before" in str(told["failed"])
    assert "failed" not in again
    assert len(cloud.tickets()) == 30


def test_an_empty_page_in_the_middle_takes_nothing_as_gone(cloud: Syncing) -> None:
    cloud.sync(NOW)
    cloud.desk.is_empty_on = 5

    cut = cloud.sync(NOW + timedelta(days=1))
    whole = cloud.sync(NOW + timedelta(days=1, hours=1))

    assert (cut["full"], cut["gone"], whole["full"], whole["gone"]) == (True, 0, True, 0)
    assert {t.status for t in cloud.tickets().values()} == {TicketStatus.OPEN}


@pytest.mark.needs_shared
@pytest.mark.parametrize("is_cloud", [True, False])
def test_every_real_issue_arrives_once(store: SqlStore, shared_dir: Path, is_cloud: bool) -> None:
    issues = real_issues(shared_dir / "jira" / "pages_v2")
    desk = JiraDesk(issues, is_cloud=is_cloud)
    desk.go_wrong(share=0.1, mix=(Kind.RATE_LIMITED, Kind.INTERNAL, Kind.RESET))
    with Syncing(store, desk) as syncing:
        keys = {str(found["key"]).rpartition("-")[0] for found in issues}
        syncing.know("acme", projects=dict.fromkeys(keys, "acme"))

        told = syncing.sync(NOW)

        assert told["refused"] == 0
        assert told["inserted"] == len(issues)
        assert syncing.tickets().keys() == {str(found["key"]) for found in issues}
