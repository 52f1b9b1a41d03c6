"""Tickets read from a database in Notion: its columns, its requests, its odd rows.

What every reader of tickets promises is tried in tests/contract/test_ticket_readers.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from app.agents.technical_account_manager.ticket_client import TicketClient
from app.domain.notion import NotionRole
from app.domain.ticket import Priority, TicketStatus
from app.errors import PermanentServiceError
from app.services.notion.errors import NotionRefused
from tests.builders import NOW
from tests.integration.notion_pages import during
from tests.integration.notion_workspace import Workspace
from tests.servers.notion.shapes import Json
from tests.servers.notion.world import Source

T = TypeVar("T")
ACCOUNTS = NotionRole.ACCOUNTS
NOBODY = "00000000-0000-4000-8000-000000000001"
COLUMNS = {
    "Subject": "title",
    "Ticket ID": "rich_text",
    "Account": "rich_text",
    "Priority": "select",
    "Status": "select",
    "Created Date": "date",
}


class Desk:
    """A workspace with one Support Tickets database."""

    def __init__(self, **columns: Json) -> None:
        self.notion = Workspace()
        told = {name.replace("_", " "): kind for name, kind in columns.items()}
        wanted = {name: kind for name, kind in {**COLUMNS, **told}.items() if kind}
        if wanted["Account"] == "relation":
            accounts = self.notion.databases[ACCOUNTS].data_source_id
            wanted["Account"] = {"type": "relation", "relation": {"data_source_id": accounts}}
        self.database, self.source = self.notion.server.seed.database(
            "Support Tickets", wanted, under=self.notion.root
        )

    def add(self, ticket_id: str = "T-1", **values: Json) -> str:
        told = {name.replace("_", " "): value for name, value in values.items()}
        row = {"Ticket ID": ticket_id, "Account": "acme", "Status": "open", **told}
        return self.notion.server.seed.row(self.source, row)

    def read(self, work: Callable[[TicketClient], Awaitable[T]]) -> T:
        return during(
            self.notion, lambda api: work(TicketClient(api, self.database, clock=lambda: NOW))
        )

    def open_of(self, account_id: str) -> list[str]:
        found = self.read(lambda client: client.get_open_tickets(account_id))
        return [one.ticket_id for one in found]

    def book(self) -> dict[str, list[str]]:
        found = self.read(lambda client: client.get_open_tickets_by_account())
        return {name: [one.ticket_id for one in tickets] for name, tickets in found.items()}


def related() -> Desk:
    """A desk whose tickets point to the rows of Accounts."""
    return Desk(Account="relation")


@pytest.mark.parametrize("account", ["rich_text", "select"])
@pytest.mark.parametrize("status", ["select", "status", "rich_text"])
def test_columns_of_the_usual_types_are_read_alike(account: str, status: str) -> None:
    options = [{"name": name} for name in ("open", "closed")]
    kind = {"type": status, status: {"options": options}} if status != "rich_text" else status
    desk = Desk(Account=account, Status=kind)
    desk.add("T-1")
    desk.add("T-2", Status="closed")
    desk.add("T-3", Account="globex")

    assert desk.open_of("acme") == ["T-1"]


def test_an_account_may_stand_in_the_title() -> None:
    desk = Desk(Account="title", Subject="rich_text")
    desk.add("T-1")
    desk.add("T-2", Account="Acme Corp")

    assert desk.open_of("acme") == ["T-1"]


def test_a_status_may_be_reckoned() -> None:
    formula = {"type": "formula", "formula": {"expression": 'if(prop("Done"), "closed", "open")'}}
    desk = Desk(Status=formula, Done="checkbox")
    desk.notion.server.seed.row(desk.source, {"Ticket ID": "T-1", "Account": "acme"})

    assert desk.open_of("acme") == ["T-1"]


def test_an_option_that_notion_itself_takes_for_done_is_closed() -> None:
    desk = Desk(Status="status")
    source = desk.notion.server.world.find(Source, desk.source)
    (config,) = (one.config for one in source.columns.values() if one.name == "Status")
    done = next(group for group in config["groups"] if group["name"] == "Complete")
    config["options"] += [{"id": n, "name": n, "color": "red"} for n in ("Shipped", "open")]
    done["option_ids"].append("Shipped")
    desk.add("T-1", Status="Shipped")
    desk.add("T-2")

    assert desk.open_of("acme") == ["T-2"]


def test_the_whole_book_takes_a_request_for_each_hundred_open_tickets() -> None:
    desk = related()
    pages = [desk.notion.row(ACCOUNTS, {"Name": "A", "External ID": f"a{n}"}) for n in range(150)]
    for number in range(320):
        status = "closed" if number >= 240 else "open"
        desk.add(f"T-{number:03}", Account=[pages[number % 150]], Status=status)
    desk.notion.server.log.clear()

    found = desk.book()

    assert sum(map(len, found.values())) == 240
    assert found["a0"] == ["T-150", "T-000"]
    heard = [f"{one.method} {one.path.partition('/')[0]}" for one in desk.notion.server.log]
    # the database, its columns, those of Accounts, two pages of accounts, three of tickets
    assert heard == ["GET databases", *["GET data_sources"] * 2, *["POST data_sources"] * 5]


def test_an_account_without_a_key_goes_by_its_page() -> None:
    desk = related()
    page = desk.notion.row(ACCOUNTS, {"Name": "Acme"})
    keyed = desk.notion.row(ACCOUNTS, {"Name": "Globex", "External ID": "globex"})
    desk.add("T-1", Account=[page])
    desk.add("T-2", Account=[keyed])

    assert desk.book() == {page: ["T-1"], "globex": ["T-2"]}
    assert desk.open_of(page) == ["T-1"]
    assert desk.open_of(keyed) == []
    assert desk.open_of(NOBODY) == []


def test_two_pages_of_one_account_are_one_account() -> None:
    desk = related()
    for number in (1, 2):
        page = desk.notion.row(ACCOUNTS, {"Name": "Acme", "External ID": "acme"})
        desk.add(f"T-{number}", Account=[page])

    assert desk.open_of("acme") == ["T-2", "T-1"]
    assert desk.book() == {"acme": ["T-2", "T-1"]}


def test_a_ticket_of_two_accounts_is_the_first_ones() -> None:
    desk = related()
    first, second = (
        desk.notion.row(ACCOUNTS, {"Name": name, "External ID": name}) for name in ("a", "b")
    )
    desk.add("T-1", Account=[first, second])

    assert desk.book() == {"a": ["T-1"]}
    assert (desk.open_of("a"), desk.open_of("b")) == (["T-1"], [])


def test_an_account_whose_pages_are_not_shared_is_said_and_not_guessed() -> None:
    desk = related()
    page = desk.notion.row(ACCOUNTS, {"Name": "Acme", "External ID": "acme"})
    desk.add("T-1", Account=[page])
    del desk.notion.server.world.nodes[desk.notion.databases[ACCOUNTS].data_source_id]

    with pytest.raises(NotionRefused, match="Could not find"):
        desk.book()


def test_a_row_without_id_or_date_goes_by_its_page_and_its_creation() -> None:
    desk = Desk()
    desk.notion.server.now = datetime(2026, 3, 9, 7, 0, 30, tzinfo=UTC)
    page = desk.add("")

    (found,) = desk.read(lambda client: client.get_open_tickets("acme"))

    assert (found.ticket_id, found.age_days) == (page, 2.0)
    assert (found.priority, found.status) == (Priority.P3, TicketStatus.OPEN)


def test_the_tenants_own_default_priority_counts() -> None:
    desk = Desk()
    desk.add("T-1")

    found = during(
        desk.notion,
        lambda api: TicketClient(
            api, desk.database, default_priority=Priority.P2, clock=lambda: NOW
        ).get_p1_p2_tickets("acme"),
    )

    assert [one.ticket_id for one in found] == ["T-1"]


def test_an_empty_database_and_an_unknown_option_have_no_tickets() -> None:
    desk = Desk(Account="select")

    assert desk.open_of("acme") == []
    assert desk.book() == {}


def test_tickets_past_the_cut_of_a_query_are_read_too() -> None:
    desk = Desk()
    desk.notion.server.querying.row_limit = 100
    for number in range(260):
        desk.add(f"T-{number:03}")
        desk.notion.server.now += timedelta(minutes=1)

    assert len(desk.open_of("acme")) == 260


@pytest.mark.parametrize(
    "columns, message",
    [
        ({"Account": "number"}, "column Account is of type number"),
        ({"Status": "checkbox"}, "column Status is of type checkbox"),
        ({"Status": None}, "column Status is missing"),
    ],
)
def test_a_column_that_cannot_be_asked_is_named(columns: dict[str, Json], message: str) -> None:
    desk = Desk(**columns)

    with pytest.raises(PermanentServiceError, match=message):
        desk.book()
