"""Tickets shown in Support Tickets on the Notion test server, where that is ours to keep up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import JsonValue

from app.domain.feed import FactKind
from app.domain.notion import NotionPageKind, NotionRole
from app.domain.ticket import Priority, TicketStatus
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests import builders
from tests.integration.notion_surface import Shown
from tests.integration.notion_workspace import TENANT, faults
from tests.servers.notion.faults import Mix
from tests.servers.notion.world import Page

KIND, ROLE = NotionPageKind.TICKET, NotionRole.TICKETS


@pytest.fixture
def shown(sqlite_store: SqlStore) -> Shown:
    made = Shown(store=sqlite_store)
    made.add_accounts("acme", "beta")
    made.publish()
    made.since()
    return made


def bring(
    shown: Shown, *ids: str, account_id: str = "acme", status: TicketStatus = TicketStatus.OPEN
) -> None:
    tickets = [
        builders.ticket(
            ticket_id=one,
            account_id=account_id,
            subject=f"{one} is slow",
            priority=Priority.P2,
            status=status,
            resolved_at=builders.NOW if status is TicketStatus.RESOLVED else None,
        )
        for one in ids
    ]
    shown.bring(FactKind.TICKETS, builders.rows_of(*tickets))


def said(shown: Shown, ticket_id: str, name: str) -> JsonValue:
    value: JsonValue = shown.workspace.value(shown.page(ticket_id, KIND).page_id, name)
    return value


def test_an_open_ticket_gets_a_row_that_points_to_its_account(shown: Shown) -> None:
    bring(shown, "T-1")
    done = shown.publish()
    assert (done.tickets.made, done.tickets.written) == (1, 0)
    row = {name: said(shown, "T-1", name) for name in ("Subject", "Ticket ID", "Priority")}
    assert row == {"Subject": "T-1 is slow", "Ticket ID": "T-1", "Priority": "P2"}
    assert said(shown, "T-1", "Account") == [shown.page("acme").page_id]
    assert said(shown, "T-1", "Status") == "open"
    shown.since()
    assert shown.publish().tickets.written == 0
    assert shown.since("PATCH") == shown.since("POST", "pages") == []


def test_what_is_resolved_since_is_said_once(shown: Shown) -> None:
    bring(shown, "T-1", "T-2")
    shown.publish()
    bring(shown, "T-1", status=TicketStatus.RESOLVED)
    shown.since()
    assert shown.publish().tickets.written == 1
    (sent,) = shown.since("PATCH", "pages/")
    assert list(sent.body["properties"].values()) == [{"select": {"name": "resolved"}}]
    assert said(shown, "T-1", "Status") == "resolved"
    assert shown.publish().tickets.written == 0
    bring(shown, "T-1")
    assert shown.publish().tickets.written == 1
    assert said(shown, "T-1", "Status") == "open"


def test_a_ticket_of_an_account_without_a_row_waits_for_it(shown: Shown) -> None:
    shown.add_accounts("new", rows=False)
    bring(shown, "T-9", account_id="new")
    database = replace(shown.workspace.databases[NotionRole.ACCOUNTS], is_written=False)
    keep = shown.store.write_now
    keep(TENANT, lambda unit: unit.notion.save_database(database))
    first = shown.publish()
    assert (first.accounts.left, first.tickets.made) == (("new",), 0)
    keep(TENANT, lambda unit: unit.notion.save_database(replace(database, is_written=True)))
    second = shown.publish()
    assert (second.accounts.made, second.tickets.made) == (1, 1)


def test_tickets_that_somebody_else_fills_in_are_only_read(shown: Shown) -> None:
    def keep(unit: Unit) -> None:
        unit.notion.save_database(replace(shown.workspace.databases[ROLE], is_written=False))

    shown.store.write_now(TENANT, keep)
    bring(shown, "T-1")
    assert shown.publish().tickets.looked == 0
    assert shown.workspace.rows(ROLE) == []


def test_a_hostile_subject_is_words_and_nothing_else(shown: Shown) -> None:
    subject = "=1+1 <script>\u202e @everyone [x](http://evil) 🚨" + "z" * 5_000
    one = builders.ticket(ticket_id="T/1'\"", subject=subject)
    shown.bring(FactKind.TICKETS, builders.rows_of(one))
    assert shown.publish().tickets.made == 1
    stored = said(shown, "T/1'\"", "Subject")
    assert isinstance(stored, str)
    assert stored.startswith("=1+1 <script> @everyone [x](http://evil) 🚨")
    page = shown.workspace.server.world.find(Page, shown.page("T/1'\"", KIND).page_id)
    assert all(run["href"] is None for run in page.values["title"])


def test_rows_that_carry_our_tickets_already_are_taken_over(shown: Shown) -> None:
    row = shown.workspace.row(ROLE, {"Ticket ID": "T-1", "Status": "pending"})
    bring(shown, "T-1", "T-2")
    done = shown.publish()
    assert (done.tickets.made, done.tickets.written) == (1, 1)
    assert shown.page("T-1", KIND).page_id == row
    assert said(shown, "T-1", "Status") == "open"


def test_a_mix_of_faults_doubles_no_ticket_and_loses_none(shown: Shown) -> None:
    ids = [f"T-{number:02}" for number in range(60)]
    bring(shown, *ids)
    shown.workspace.server.go_wrong(mix=Mix(share=0.2, faults=faults(paths="")))
    for _ in range(3):
        shown.publish()
        shown.clock.advance(300)
    shown.workspace.server.plan.mix = None
    shown.publish()
    rows = shown.workspace.rows(ROLE)
    assert sorted(str(shown.workspace.value(row, "Ticket ID")) for row in rows) == ids
