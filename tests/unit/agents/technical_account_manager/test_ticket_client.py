"""Tickets read from a Support Tickets database in Notion."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from app.agents.technical_account_manager.ports import TicketReader
from app.agents.technical_account_manager.schemas import TicketSummary
from app.agents.technical_account_manager.ticket_client import TicketClient
from app.domain.ticket import Priority, TicketStatus
from app.errors import PermanentServiceError
from tests.fakes.notion import FakeNotion

NOW = datetime(2026, 3, 11, 7, 0, tzinfo=UTC)


def tickets_database(
    notion: FakeNotion, *, account: str = "rich_text", status: str = "select"
) -> str:
    return notion.add_database(
        Ticket_ID="title",
        Account=account,
        Priority="select",
        Status=status,
        Created_Date="date",
        Subject="rich_text",
    )


def add(notion: FakeNotion, database: str, ticket_id: str, **values: str | None) -> str:
    told = {
        "Account": "acme",
        "Priority": "P3",
        "Status": "open",
        "Created_Date": "2026-03-01",
        "Subject": "It broke",
    }
    return notion.add_row(database, Ticket_ID=ticket_id, **{**told, **values})


def client(notion: FakeNotion, database: str) -> TicketClient:
    return TicketClient(notion, database, clock=lambda: NOW)


def ids(tickets: Sequence[TicketSummary]) -> list[str]:
    return [ticket.ticket_id for ticket in tickets]


def a_mixed_book(notion: FakeNotion) -> str:
    database = tickets_database(notion)
    add(notion, database, "old-p1", Priority="P1", Created_Date="2026-02-01")
    add(notion, database, "new-p3", Created_Date="2026-03-10T12:00:00.000+02:00")
    add(notion, database, "mid-p2", Priority="P2", Status="Pending", Created_Date="2026-03-05")
    add(notion, database, "done", Priority="P1", Status="Resolved")
    add(notion, database, "shut", Priority="P1", Status="closed")
    add(notion, database, "other", Account="globex", Priority="P1")
    return database


def test_open_tickets_come_newest_first() -> None:
    notion = FakeNotion()
    reader: TicketReader = client(notion, a_mixed_book(notion))

    found = asyncio.run(reader.get_open_tickets("acme"))

    assert ids(found) == ["new-p3", "mid-p2", "old-p1"]
    assert found[1] == TicketSummary(
        ticket_id="mid-p2",
        account_id="acme",
        priority=Priority.P2,
        status=TicketStatus.PENDING,
        created_at=datetime(2026, 3, 5, tzinfo=UTC),
        age_days=6 + 7 / 24,
        subject="It broke",
    )


def test_urgent_tickets_come_oldest_first() -> None:
    notion = FakeNotion()
    reader = client(notion, a_mixed_book(notion))

    assert ids(asyncio.run(reader.get_p1_p2_tickets("acme"))) == ["old-p1", "mid-p2"]


def test_open_tickets_are_counted_for_one_account() -> None:
    notion = FakeNotion()
    reader = client(notion, a_mixed_book(notion))

    assert asyncio.run(reader.get_ticket_count_by_account("acme")) == 3
    assert asyncio.run(reader.get_ticket_count_by_account("nobody")) == 0


def test_the_whole_book_is_read_at_once() -> None:
    notion = FakeNotion()
    reader = client(notion, a_mixed_book(notion))

    found = asyncio.run(reader.get_open_tickets_by_account())

    assert {account: ids(tickets) for account, tickets in found.items()} == {
        "acme": ["new-p3", "mid-p2", "old-p1"],
        "globex": ["other"],
    }


def test_a_book_of_many_pages_is_read_in_as_many_requests() -> None:
    notion = FakeNotion()
    database = tickets_database(notion)
    for number in range(250):
        add(notion, database, f"T-{number:03}", Account=f"account-{number % 50}")

    found = asyncio.run(client(notion, database).get_open_tickets_by_account())

    assert sum(len(tickets) for tickets in found.values()) == 250
    assert len(notion.requests) == 1 + 1 + 3  # the database, a sample, and three pages


@pytest.mark.parametrize("account_type", ["rich_text", "select", "title", "relation"])
@pytest.mark.parametrize("status_type", ["select", "status", "rich_text"])
def test_columns_of_the_usual_types_are_read_alike(account_type: str, status_type: str) -> None:
    notion = FakeNotion()
    database = tickets_database(notion, account=account_type, status=status_type)
    add(notion, database, "T-1")
    add(notion, database, "T-2", Status="closed")
    add(notion, database, "T-3", Account="globex")

    assert ids(asyncio.run(client(notion, database).get_open_tickets("acme"))) == ["T-1"]


def test_what_cannot_be_read_is_never_good_news() -> None:
    notion = FakeNotion()
    database = tickets_database(notion)
    page = add(
        notion, database, "", Priority="Blocker", Status="Waiting for godot", Created_Date=None
    )

    (found,) = asyncio.run(client(notion, database).get_open_tickets("acme"))

    assert (found.ticket_id, found.priority, found.status) == (
        page,
        Priority.P3,
        TicketStatus.OPEN,
    )
    assert found.created_at == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_the_tenants_own_default_priority_counts() -> None:
    notion = FakeNotion()
    database = tickets_database(notion)
    add(notion, database, "T-1", Priority=None)
    reader = TicketClient(notion, database, default_priority=Priority.P2, clock=lambda: NOW)

    assert ids(asyncio.run(reader.get_p1_p2_tickets("acme"))) == ["T-1"]


def test_a_ticket_of_no_account_is_nobodys() -> None:
    notion = FakeNotion()
    database = tickets_database(notion)
    add(notion, database, "T-1", Account=None)

    assert asyncio.run(client(notion, database).get_open_tickets_by_account()) == {}


def test_a_ticket_from_the_future_is_zero_days_old() -> None:
    notion = FakeNotion()
    database = tickets_database(notion)
    add(notion, database, "T-1", Created_Date="2026-03-12")

    (found,) = asyncio.run(client(notion, database).get_open_tickets("acme"))

    assert found.age_days == 0


def test_an_empty_database_has_no_tickets() -> None:
    notion = FakeNotion()

    assert asyncio.run(client(notion, tickets_database(notion)).get_open_tickets("acme")) == []


@pytest.mark.parametrize(
    "columns, message",
    [
        ({"account": "number"}, "column Account is of type number"),
        ({"status": "checkbox"}, "column Status is of type checkbox"),
    ],
)
def test_a_column_that_cannot_be_asked_is_named(columns: dict[str, str], message: str) -> None:
    notion = FakeNotion()
    database = tickets_database(notion, **columns)
    notion.add_row(database, Ticket_ID="T-1")

    with pytest.raises(PermanentServiceError, match=message):
        asyncio.run(client(notion, database).get_open_tickets("acme"))


def test_a_missing_column_is_named() -> None:
    notion = FakeNotion()
    database = notion.add_database(Ticket_ID="title", Account="rich_text")
    notion.add_row(database, Ticket_ID="T-1")

    with pytest.raises(PermanentServiceError, match="column Status is missing"):
        asyncio.run(client(notion, database).get_open_tickets("acme"))


def test_a_status_that_notion_could_not_tell_from_open_is_still_read_as_closed() -> None:
    notion = FakeNotion()
    database = tickets_database(notion)
    add(notion, database, "T-1", Status="CLOSED")

    assert asyncio.run(client(notion, database).get_open_tickets("acme")) == []
