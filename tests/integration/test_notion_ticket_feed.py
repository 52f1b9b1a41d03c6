"""Tickets that others keep in Notion: open ones are read whole, closed ones by their change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.account import Account
from app.domain.feed import FactKind, FeedState
from app.domain.notion import NotionPageKind, NotionRole
from app.domain.ticket import Priority, Ticket, TicketStatus
from app.storage.sql_store import SqlStore
from tests.builders import rows_of
from tests.integration.notion_crm import NOW, Crm, Json
from tests.servers.notion.world import Source

CLOSED = {"Status": "closed"}


@pytest.fixture
def crm(store: SqlStore, tmp_path: Path) -> Crm:
    return Crm(store=store, home=tmp_path).with_tickets()


@pytest.fixture
def light(sqlite_store: SqlStore, tmp_path: Path) -> Crm:
    """On SQLite alone."""
    return Crm(store=sqlite_store, home=tmp_path).with_tickets()


def with_columns(light: Crm, columns: dict[str, Json]) -> Crm:
    """A database of tickets that is made otherwise, instead of the usual one."""
    return light.with_tickets(columns)


def test_a_row_becomes_a_ticket_of_the_account_that_it_relates_to(crm: Crm) -> None:
    acme = crm.account("Acme", {"External ID": "C-1"})
    crm.ticket("T-1", acme, {"Priority": "Urgent", "Created Date": "2026-03-01"})
    crm.read()
    ticket = crm.stored_tickets("T-1")["T-1"]
    assert ticket.account_id == "C-1"
    assert ticket.priority is Priority.P1
    assert ticket.status is TicketStatus.OPEN
    assert ticket.subject == "About T-1"
    assert ticket.created_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert ticket.updated_at == datetime(2026, 3, 7, 7, 0, tzinfo=UTC)
    assert FactKind.TICKETS in crm.feed().provides
    assert crm.pages(NotionPageKind.TICKET).keys() == {"T-1"}


def test_a_book_and_its_tickets_cost_what_their_pages_do_and_little_more(light: Crm) -> None:
    accounts = [light.account(f"Company {number}") for number in range(250)]
    for number in range(400):
        light.ticket(f"T-{number}", accounts[number % 250])
    for number in range(300):
        light.ticket(f"old-{number}", accounts[0], CLOSED)
    light.server.now = NOW
    light.read()
    assert light.count(FactKind.TICKETS) == 700
    again = light.read(hours=24)
    assert (again["new"], again["changed"], again["tickets"]) == (0, 0, 400)
    assert len(light.asked()) == 3 + 4 + 2  # and the options of Status, and what was closed
    light.read(hours=1)
    assert len(light.asked()) == 3


def test_a_relation_of_thirty_is_read_whole(light: Crm) -> None:
    other = light.server.seed.database("Other", {"Name": "title"}, under=light.root)[1]
    assert other
    accounts = [light.account(f"Company {number}") for number in range(30)]
    light.ticket("T-1", None, {"Account": accounts})
    light.read()
    assert light.waiting() == ["T-1"]
    assert ("GET", light.asked()[-2][1]) in light.asked()
    unresolved = light.store.read_now("main", lambda unit: unit.mapping.unresolved())
    assert "two accounts" in unresolved[0].hints
    assert accounts[29] in unresolved[0].hints


def test_a_ticket_waits_for_its_account_and_is_placed_when_that_comes(light: Crm) -> None:
    acme = light.account("")
    light.ticket("T-1", acme)
    light.ticket("T-2", None)
    light.read()
    assert light.waiting() == ["T-1", "T-2"]
    light.server.now = light.now + timedelta(minutes=50)
    light.edit(acme, {"Name": "Acme"})
    light.read(hours=1)
    assert light.waiting() == ["T-2"]
    assert light.stored_tickets("T-1")["T-1"].account_id == "acme"


@pytest.mark.parametrize("kind", ["rich_text", "select"])
def test_an_account_named_in_words_is_the_one_of_that_id_or_name(light: Crm, kind: str) -> None:
    crm = with_columns(light, {"Account": kind})
    crm.put(Account(account_id="C-7", name="North"))
    crm.account("Acme", {"External ID": "C-1"})
    for number, word in enumerate(["C-1", "ACME", "North", "Nobody"]):
        crm.ticket(f"T-{number}", None, {"Account": word})
    crm.read()
    found = crm.stored_tickets("T-0", "T-1", "T-2", "T-3")
    assert {key: one.account_id for key, one in found.items()} == {
        "T-0": "C-1",
        "T-1": "C-1",
        "T-2": "C-7",
    }
    assert crm.waiting() == ["T-3"]
    crm.read(hours=24)
    assert crm.waiting() == ["T-3"]


def test_words_that_nobody_knows_leave_a_ticket_open_and_its_priority_assumed(light: Crm) -> None:
    acme = light.account("Acme")
    light.ticket("T-1", acme, {"Priority": "weird", "Status": "with the vendor"})
    light.ticket("T-2", acme, {"Priority": None, "Status": None, "Created Date": None})
    light.read()
    for ticket in light.stored_tickets("T-1", "T-2").values():
        assert (ticket.priority, ticket.status) == (None, TicketStatus.OPEN)
        assert ticket.created_at == datetime(2026, 3, 7, 7, 0, tzinfo=UTC)


def test_a_status_of_the_group_that_ends_a_task_closes_a_ticket(light: Crm) -> None:
    options = [{"name": "Inbox"}, {"name": "Doing"}, {"name": "Shipped"}]
    crm = with_columns(light, {"Status": {"status": {"options": options}}})
    columns = crm.server.world.find(Source, crm.tickets).columns.values()
    status = next(column for column in columns if column.name == "Status")
    shipped = next(one for one in status.config["options"] if one["name"] == "Shipped")
    for group in status.config["groups"]:
        group["option_ids"] = [one for one in group["option_ids"] if one != shipped["id"]]
    done = next(group for group in status.config["groups"] if group["name"] == "Complete")
    done["option_ids"] = [*done["option_ids"], shipped["id"]]
    acme = crm.account("Acme")
    crm.ticket("T-1", acme, {"Status": "Shipped"})
    crm.ticket("T-2", acme, {"Status": "Doing"})
    crm.read()
    found = crm.stored_tickets("T-1", "T-2")
    assert found["T-1"].status is TicketStatus.CLOSED
    assert found["T-2"].status is TicketStatus.OPEN


def test_a_ticket_that_is_closed_keeps_the_moment_it_was_closed_at(light: Crm) -> None:
    page = light.ticket("T-1", light.account("Acme"))
    light.read()
    light.server.now = closed = light.now + timedelta(minutes=50)
    light.edit(page, {"Status": "solved"})
    light.read(hours=1)
    ticket = light.stored_tickets("T-1")["T-1"]
    assert ticket.status is TicketStatus.RESOLVED
    assert ticket.resolved_at == closed.replace(second=0)
    assert not light.pages(NotionPageKind.TICKET)
    light.server.now = light.now + timedelta(hours=23)
    light.edit(page, {"Subject": "About something else"})
    light.read(hours=24)
    later = light.stored_tickets("T-1")["T-1"]
    assert later.subject == "About something else"
    assert later.resolved_at == ticket.resolved_at
    light.edit(page, {"Status": "open"})
    light.read(hours=24)
    assert light.stored_tickets("T-1")["T-1"].resolved_at is None


def test_tickets_that_are_gone_are_closed_and_those_of_other_feeds_are_not(light: Crm) -> None:
    acme = light.account("Acme", {"External ID": "C-1"})
    pages = [light.ticket(f"T-{number}", acme) for number in range(10)]
    light.read()
    other = Ticket(ticket_id="J-1", account_id="C-1", status=TicketStatus.OPEN, created_at=NOW)
    rows = rows_of(other)
    light.store.write_now("main", lambda unit: unit.facts.upsert(FactKind.TICKETS, rows))
    light.trash(pages[0], pages[1])
    assert light.read(hours=24)["closed"] == 2
    found = light.stored_tickets("T-0", "T-1", "T-2", "J-1")
    assert [one.status for one in found.values()].count(TicketStatus.CLOSED) == 2
    assert found["T-0"].resolved_at == light.now
    assert found["J-1"].status is TicketStatus.OPEN


def test_more_tickets_gone_than_is_believed_fail_the_feed_and_close_none(light: Crm) -> None:
    acme = light.account("Acme")
    pages = [light.ticket(f"T-{number}", acme) for number in range(10)]
    light.read()
    light.trash(*pages[:3])
    assert "3 of 10 tickets are gone" in str(light.read(hours=24)["failed"])
    assert light.feed().state(light.now) is FeedState.FAILED
    found = light.stored_tickets(*[f"T-{number}" for number in range(10)])
    assert {one.status for one in found.values()} == {TicketStatus.OPEN}


def test_of_two_rows_with_one_id_the_known_one_stands(light: Crm) -> None:
    acme = light.account("Acme")
    light.ticket("T-1", acme)
    light.read()
    light.ticket("T-1", acme, {"Subject": "A copy"})
    light.ticket("T-2", acme)
    light.ticket("T-2", acme)
    light.ticket("", acme)
    done = light.read(hours=24)
    assert done["refused"] == 3
    assert light.stored_tickets("T-1")["T-1"].subject == "About T-1"


def test_a_ticket_whose_id_is_changed_is_another_one(light: Crm) -> None:
    page = light.ticket("T-1", light.account("Acme"))
    light.read()
    light.edit(page, {"Ticket ID": "T-9"})
    light.read(hours=1)
    found = light.stored_tickets("T-1", "T-9")
    assert found["T-1"].status is TicketStatus.CLOSED
    assert found["T-9"].status is TicketStatus.OPEN


def test_tickets_of_a_database_that_is_ours_are_not_read(
    sqlite_store: SqlStore, tmp_path: Path
) -> None:
    crm = Crm(store=sqlite_store, home=tmp_path).with_tickets(is_written=True)
    crm.ticket("T-1", crm.account("Acme"))
    crm.read()
    assert len(crm.asked()) == 1
    assert crm.count(FactKind.TICKETS) == 0
    assert FactKind.TICKETS not in crm.feed().provides


@pytest.mark.parametrize("kind", ["relation", "rich_text", "select"])
def test_one_account_is_read_with_its_own_tickets(light: Crm, kind: str) -> None:
    crm = light if kind == "relation" else with_columns(light, {"Account": kind})
    acme, north = crm.account("Acme"), crm.account("North")
    named = {acme: "Acme", north: "North"}
    pages = [
        crm.ticket(f"T-{n}", None, {"Account": [page] if kind == "relation" else named[page]})
        for n, page in enumerate([acme, north])
    ]
    crm.read()
    for page in pages:
        crm.edit(page, {"Subject": "New"})
    crm.read(hours=1, account_id="acme")
    found = crm.stored_tickets("T-0", "T-1")
    assert found["T-0"].subject == ("About T-0" if kind == "select" else "New")
    assert found["T-1"].subject == "About T-1"
    assert crm.database(NotionRole.TICKETS).read_until == NOW - timedelta(minutes=10)
