"""What is remembered of sources of tickets, as every store keeps it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from functools import partial

from app.domain.feed import FactKind
from app.domain.ticket_source import SourceCursor, SourcePass, SourceTicket
from app.ports.rows import ExternalId
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import NOW, days_ago, rows_of
from tests.builders import ticket as support_ticket

ticket = partial(
    SourceTicket, feed="desk", source_id="10001", ticket_id="AC-1", updated_at=days_ago(2)
)

TIED = [
    ExternalId(system="jira-project", external_id="BO", account_id="both"),
    ExternalId(system="kayako-classic-organization", external_id="1", account_id="x"),
    ExternalId(system="kayako-organization", external_id="9", account_id="tied"),
    ExternalId(system="label", external_id="acme", account_id="labelled"),
]


def test_a_feed_that_was_never_read_has_only_its_name(store: SqlStore) -> None:
    found = store.read_now("main", lambda unit: unit.sources.cursor("desk"))

    assert found == SourceCursor(feed="desk")


def test_how_far_was_read_is_kept_by_feed(store: SqlStore) -> None:
    first = SourceCursor(
        feed="desk", read_until=days_ago(1), cursor="abc", full_read_at=NOW, whom="jira acme"
    )
    other = SourceCursor(feed="other")
    later = replace(first, read_until=NOW, cursor="")
    for cursor in (first, other, later):
        store.write_now("main", partial(_save_cursor, cursor))

    desk, rest = store.read_now(
        "main", lambda unit: (unit.sources.cursor("desk"), unit.sources.cursor("other"))
    )

    assert (desk, rest) == (later, other)


def test_tickets_are_found_by_the_ids_of_their_source(store: SqlStore) -> None:
    tickets = [ticket(), ticket(source_id="10002", ended="gone"), ticket(feed="other")]
    store.write_now("main", lambda unit: unit.sources.save_tickets(tickets))
    moved = ticket(ticket_id="NEW-7", updated_at=NOW)
    store.write_now("main", lambda unit: unit.sources.save_tickets([moved]))

    everything = store.read_now("main", lambda unit: unit.sources.tickets("desk"))
    some = store.read_now("main", lambda unit: unit.sources.tickets("desk", ["10001", "none"]))

    assert everything == {"10001": moved, "10002": tickets[1]}
    assert some == {"10001": moved}


def test_what_ended_is_listed_unless_it_is_back(store: SqlStore) -> None:
    ended = ticket(feed="other", source_id="7", ticket_id="AA-7", ended="merged into AA-8")
    former = ticket(source_id="moved:AC-1", ended="moved to ZE-1")
    moved = ticket(ticket_id="ZE-1")
    store.write_now("main", lambda unit: unit.sources.save_tickets([moved, former, ended]))
    first = store.read_now("main", lambda unit: unit.sources.ended())
    store.write_now("main", lambda unit: unit.sources.save_tickets([ticket()]))

    back = store.read_now("main", lambda unit: unit.sources.ended())

    assert (first, back) == ((ended, former), (ended,))
    assert store.read_now("another", lambda unit: unit.sources.ended()) == ()


def test_another_tenant_sees_nothing_of_it(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.sources.save_tickets([ticket()]))
    store.write_now("main", partial(_save_cursor, SourceCursor(feed="desk", cursor="abc")))

    found = store.read_now(
        "another", lambda unit: (unit.sources.tickets("desk"), unit.sources.cursor("desk"))
    )

    assert found == ({}, SourceCursor(feed="desk"))


def _save_cursor(cursor: SourceCursor, unit: Unit) -> None:
    unit.sources.save_cursor(cursor)


def test_a_source_reaches_whom_it_has_tickets_of_and_whom_its_ids_mean(store: SqlStore) -> None:
    def write(unit: Unit) -> None:
        for feed, system in (("desk", "jira"), ("other", "kayako"), ("new", "zendesk")):
            _save_cursor(
                SourceCursor(feed=feed, system=system, full_read_at=None if feed == "new" else NOW),
                unit,
            )
        unit.facts.upsert(
            FactKind.TICKETS,
            rows_of(
                support_ticket(ticket_id="AC-1", account_id="acme"),
                support_ticket(ticket_id="KY-7", account_id="both"),
                support_ticket(ticket_id="ZD-1", account_id="acme"),
                support_ticket(ticket_id="FILE-1", account_id="filed"),
            ),
        )
        unit.sources.save_tickets(
            [
                ticket(),
                ticket(feed="other", source_id="7", ticket_id="KY-7"),
                ticket(feed="new", source_id="1", ticket_id="ZD-1"),
                ticket(source_id="10009", ticket_id="UNPLACED-9"),
            ]
        )
        unit.mapping.add_external_ids(TIED)

    store.write_now("main", write)

    every = store.read_now("main", lambda unit: unit.sources.reaches())
    of_one = store.read_now("main", lambda unit: unit.sources.reaches("both"))

    assert every == {"desk": {"acme", "both"}, "other": {"both", "tied"}}
    assert of_one == {"desk": {"both"}, "other": {"both"}}
    assert store.read_now("another", lambda unit: unit.sources.reaches()) == {}


def test_a_source_whose_system_is_not_known_yet_tells_of_nobody(store: SqlStore) -> None:
    known = SourceCursor(feed="desk", full_read_at=NOW)
    store.write_now("main", partial(_save_cursor, known))
    assert store.read_now("main", lambda unit: unit.sources.reaches()) == {}


def test_a_full_reading_is_remembered_page_by_page(store: SqlStore) -> None:
    begun = SourcePass(feed="desk", begun_at=NOW, asked="a digest")
    first = begun.after_page("100", days_ago(1))
    second = first.after_page("200", None)
    for reading, seen in ((first, ["1", "2"]), (second, ["2", "3"])):
        store.write_now("main", partial(_keep_page, reading, seen))

    def found(unit: Unit) -> tuple[SourcePass | None, Set[str]]:
        return unit.sources.full_pass("desk"), unit.sources.seen_in_pass("desk")

    assert store.read_now("main", found) == (second, {"1", "2", "3"})
    assert store.read_now("another", found) == (None, set())

    store.write_now("main", partial(_keep_page, first, ["9"]))
    assert store.read_now("main", found) == (first, {"9"})

    store.write_now("main", lambda unit: unit.sources.end_pass("desk"))
    assert store.read_now("main", found) == (None, set())


def _keep_page(reading: SourcePass, seen: list[str], unit: Unit) -> None:
    unit.sources.keep_page(reading, seen)
