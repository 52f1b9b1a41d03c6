"""What becomes of a page's tickets: placed, waiting, moved, merged, gone, or old news."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from app.domain.ticket import Priority, Ticket, TicketStatus
from app.domain.ticket_source import SourceTicket
from app.feeds.account_resolver import Directory, Hints
from app.feeds.sync_deciding import Batch, Before, decided, is_outdated, latest_of
from app.feeds.sync_item import SourcedTicket
from app.feeds.sync_tally import SyncTally
from tests.builders import NOW, days_ago
from tests.builders import ticket as stored_ticket

known_ticket = partial(
    SourceTicket, feed="desk", source_id="7", ticket_id="AC-7", updated_at=days_ago(2)
)
DIRECTORY = Directory(external={("jira-project", "ac"): frozenset({"acme"})})


def item(
    *,
    status: TicketStatus = TicketStatus.OPEN,
    priority: Priority | None = Priority.P2,
    project: str = "AC",
    ticket_id: str = "AC-7",
    is_gone: bool = False,
    merged_into: str = "",
    unknown_priority: str = "",
    reopened: bool = False,
) -> SourcedTicket:
    return SourcedTicket(
        source_id="7",
        ticket_id=ticket_id,
        updated_at=days_ago(1),
        row={
            "ticket_id": ticket_id,
            "status": status,
            "priority": priority,
            "resolved_at": None if status is TicketStatus.OPEN else days_ago(1),
            "reopened": reopened,
        },
        hints=Hints(project=project),
        is_gone=is_gone,
        merged_into=merged_into,
        unknown_priority=unknown_priority,
    )


def decide(
    one: SourcedTicket, known: SourceTicket | None = None, last: Ticket | None = None
) -> tuple[Batch, SyncTally]:
    tally = SyncTally(is_full=False)
    before = Before(
        known={} if known is None else {known.source_id: known},
        stored={} if last is None else {last.ticket_id: last},
        directory=DIRECTORY,
    )
    return decided([one], before, "desk", tally, NOW), tally


def test_of_two_words_on_a_ticket_the_later_one_counts() -> None:
    early, late = item(), replace(item(), updated_at=NOW, merged_into="AC-1")
    assert latest_of([late, early]) == {"7": late}
    assert latest_of([early, late]) == {"7": late}
    same = replace(early, merged_into="AC-2")
    assert latest_of([early, same]) == {"7": same}


def test_what_is_older_than_what_is_stored_is_no_news() -> None:
    assert not is_outdated(item(), {})
    assert not is_outdated(item(), {"7": known_ticket()})
    assert not is_outdated(item(), {"7": known_ticket(updated_at=days_ago(1))})
    assert is_outdated(item(), {"7": known_ticket(updated_at=NOW)})


def test_a_ticket_that_a_rule_knows_is_placed() -> None:
    batch, tally = decide(item())
    assert [(row["account_id"], row["mapped_by"]) for row in batch.placed] == [("acme", "project")]
    assert (batch.waiting, batch.ended) == ([], [])
    assert batch.known == [known_ticket(updated_at=days_ago(1))]
    assert tally.by_rule == {"project": 1}


def test_a_ticket_that_no_rule_knows_waits() -> None:
    batch, tally = decide(item(project="XX"))
    assert [(one.ticket_id, one.source) for one in batch.waiting] == [("AC-7", "desk")]
    assert (batch.placed, tally.unresolved) == ([], 1)


def test_a_ticket_that_no_rule_knows_any_more_stays_where_it_was() -> None:
    last = stored_ticket(ticket_id="AC-7", account_id="beta", mapped_by="by-hand")
    batch, _ = decide(item(project="XX"), known_ticket(), last)
    assert [(row["account_id"], row["mapped_by"]) for row in batch.placed] == [("beta", "by-hand")]


def test_the_former_number_of_a_moved_ticket_ends() -> None:
    batch, tally = decide(item(), known_ticket(ticket_id="OLD-1"))
    assert (tally.moved, batch.ended) == (1, ["OLD-1"])
    former = batch.known[0]
    assert (former.source_id, former.ended) == ("moved:OLD-1", "moved to AC-7")


@pytest.mark.parametrize(
    "ended, counted, told",
    [("", 1, "deleted at its source, seen 2026-03-11"), ("gone before", 0, "gone before")],
)
def test_a_ticket_that_says_it_is_gone_ends_once(ended: str, counted: int, told: str) -> None:
    batch, tally = decide(item(is_gone=True), known_ticket(ended=ended))
    assert (batch.ended, batch.placed, tally.gone) == (["AC-7"], [], counted)
    assert batch.known[0].ended == told


def test_one_that_nobody_knew_may_be_gone_at_once() -> None:
    batch, tally = decide(item(is_gone=True))
    assert (batch.ended, tally.gone) == (["AC-7"], 1)


def test_a_merged_ticket_is_closed_and_counted_once() -> None:
    batch, tally = decide(item(merged_into="AC-1"))
    assert (tally.merged, batch.known[0].ended) == (1, "merged into AC-1")
    (row,) = batch.placed
    assert (row["status"], row["resolved_at"]) == (TicketStatus.CLOSED, days_ago(1))
    _, again = decide(item(merged_into="AC-1"), known_ticket(ended="merged into AC-1"))
    _, other = decide(item(merged_into="AC-2"), known_ticket(ended="merged into AC-1"))
    assert (again.merged, other.merged) == (0, 1)


def test_a_merged_ticket_that_is_resolved_stays_so() -> None:
    batch, _ = decide(item(merged_into="AC-1", status=TicketStatus.RESOLVED))
    assert batch.placed[0]["status"] is TicketStatus.RESOLVED


def test_a_priority_that_is_missing_or_that_nobody_knows_is_counted() -> None:
    _, tally = decide(item(priority=None, unknown_priority="Ganz wichtig"))
    assert (tally.assumed, tally.unknown) == ({"7"}, {"Ganz wichtig"})
    assert tally.remarks() == "priorities that nobody knows: 'Ganz wichtig'"


def test_one_that_was_resolved_and_is_open_again_is_reopened() -> None:
    last = stored_ticket(
        ticket_id="AC-7", status=TicketStatus.RESOLVED, resolved_at=NOW - timedelta(days=3)
    )
    batch, tally = decide(item(), known_ticket(), last)
    assert (tally.reopened, batch.placed[0]["reopened"]) == (1, True)
    _, back = decide(item(), known_ticket(ended="gone"), last)
    assert back.reopened == 0, "it was not resolved, it was out of sight"
    _, closed = decide(item(status=TicketStatus.CLOSED), known_ticket(), last)
    assert closed.reopened == 0


def test_what_was_ever_reopened_stays_so() -> None:
    last = stored_ticket(ticket_id="AC-7", reopened=True)
    batch, tally = decide(item(), known_ticket(), last)
    assert (tally.reopened, batch.placed[0]["reopened"]) == (0, True)
    assert decide(item(reopened=True), known_ticket(), stored_ticket(ticket_id="AC-7"))[0].placed[
        0
    ]["reopened"]


def test_refused_items_are_counted_and_the_first_three_told() -> None:
    tally = SyncTally(is_full=True)
    tally.refuse("1", "has no date")
    assert tally.remarks() == "1 ticket was refused: '1': has no date"
    for number in (2, 3, 4):
        tally.refuse(str(number), "has no date")
    assert tally.remarks().startswith("4 tickets were refused: '1': has no date; '2': ")
    assert "'4': " not in tally.remarks()
    assert tally.as_json()["refused"] == 4
    assert SyncTally(is_full=True).remarks() == ""
