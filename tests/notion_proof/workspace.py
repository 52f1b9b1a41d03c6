"""A made-up team that lives in Notion, and Tend connected to its accounts and tickets.

Everything is real but Notion itself: the command that connects, the store, the flows, sockets.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.services.notion.columns import ACCOUNT_COLUMNS, ColumnSpec
from app.settings import Settings
from tests.servers.notion import TOKEN, NotionServer
from tests.servers.notion.shapes import Json

DAY_ONE = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
"""A Monday; scans of the default zone, UTC, run on it."""
A_LOT = {"notion": {"calls": 1_000_000, "per_seconds": 1.0, "burst": 1_000_000}}
"""Requests are counted here, not waited for."""
_TICKETS: Mapping[str, str | Json] = {
    "Subject": "title",
    "Ticket ID": "rich_text",
    "Priority": {"select": {"options": [{"name": f"P{level}"} for level in range(1, 5)]}},
    "Status": {"select": {"options": [{"name": name} for name in ("open", "closed")]}},
    "Created Date": "date",
}


@dataclass(slots=True, kw_only=True)
class Workspace:
    """The server, what lies in it, and the settings of a Tend that is connected to it."""

    server: NotionServer
    address: str
    home: Path
    person: str
    """Who fills the databases by hand."""
    accounts_source: str = ""
    tickets_source: str = ""
    parent: str = ""
    now: datetime = DAY_ONE
    accounts: list[str] = field(default_factory=list)
    """Rows' ids, in the order of their names."""

    def clock(self) -> datetime:
        """Tend's; the workspace's is moved along."""
        return self.now

    def turn_to(self, moment: datetime) -> None:
        """Move both clocks."""
        self.now = moment
        self.server.now = moment

    @property
    def section(self) -> Mapping[str, str]:
        """`[notion]`."""
        return {"token": TOKEN, "base_url": self.address, "parent_page": self.parent}

    def settings(self) -> Settings:
        """Of the process that scans."""
        return Settings.model_validate(
            {"home": self.home, "notion": dict(self.section), "limits": A_LOT}
        )

    def connect(self) -> None:
        """`tend connect notion`, as a person runs it. Raises CalledProcessError.

        Tickets that people filed are read; where there are none, Tend makes the database.
        """
        environment = {
            **os.environ,
            "TEND_HOME": str(self.home),
            "TEND_NOTION": json.dumps(self.section),
            "TEND_LIMITS": json.dumps(A_LOT),
        }
        command = [sys.executable, "-m", "app", "connect", "notion", "--yes"]
        command += ["--read-tickets"] if self.tickets_source else []
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True)

    def ticket(self, ticket_id: str, account: str, *, priority: str, days: float) -> str:
        """Somebody files a ticket that is so many days old."""
        return self.server.seed.row(
            self.tickets_source,
            {
                "Subject": f"About {ticket_id}",
                "Ticket ID": ticket_id,
                "Priority": priority,
                "Status": "open",
                "Created Date": (self.now - timedelta(days=days)).isoformat(),
                "Account": [account],
            },
            by=self.person,
        )


@contextmanager
def workspace(home: Path, *, accounts: int, tickets: int) -> Iterator[Workspace]:
    """A book of so many accounts and open tickets, spread evenly, not connected yet."""
    server = NotionServer()
    server.now = DAY_ONE - timedelta(days=30)
    person = server.seed.person("Kim Rep", "kim@vendor.example")
    with server.serving() as address:
        place = Workspace(server=server, address=address, home=home, person=person)
        _fill(place, accounts, tickets)
        place.turn_to(DAY_ONE)
        yield place


def _fill(place: Workspace, accounts: int, tickets: int) -> None:
    seed = place.server.seed
    place.parent = seed.page("Customer success")
    columns = {spec.name: _column(spec) for spec in ACCOUNT_COLUMNS}
    _, place.accounts_source = seed.database("Accounts", columns, under=place.parent)
    place.now = DAY_ONE
    if tickets:
        related = {"relation": {"data_source_id": place.accounts_source, "single_property": {}}}
        _, place.tickets_source = seed.database(
            "Support Tickets", {**_TICKETS, "Account": related}, under=place.parent
        )
    for number in range(accounts):
        place.accounts.append(
            seed.row(place.accounts_source, _account(place, number), by=place.person)
        )
        if number % 50 == 0:
            place.server.advance(minutes=1)
    for number in range(tickets):
        owner = place.accounts[number % accounts]
        place.ticket(f"T-{number:05}", owner, priority="P3", days=10)
        if number % 50 == 0:
            place.server.advance(minutes=1)


def _account(place: Workspace, number: int) -> Mapping[str, Json]:
    return {
        "Name": f"Customer {number:05}",
        "Account Owner": [place.person],
        "Renewal Date": (DAY_ONE + timedelta(days=200)).date().isoformat(),
        "ARR": 10_000 + number,
        "Seats Purchased": 50,
        "Seats Used": 40,
        "Feature Adoption Rate": 0.6,
        "Usage Trend": "stable",
        "Login Frequency": 12,
        "Last Interaction": (DAY_ONE - timedelta(days=5)).date().isoformat(),
        "Payment Status": "current",
        "Stakeholder Engagement": "high",
        "NPS": 8,
    }


def _column(spec: ColumnSpec) -> str | Json:
    if spec.type == "select":
        return {"select": {"options": [{"name": option} for option in spec.options]}}
    return spec.type
