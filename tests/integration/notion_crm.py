"""A team's Notion for tests: its databases connected, read by the feed into a store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import JsonValue, SecretStr

from app.domain.account import Account, Contract
from app.domain.book import AccountFacts
from app.domain.feed import FactKind, Feed
from app.domain.notion import (
    NOTION,
    NotionColumn,
    NotionDatabase,
    NotionPage,
    NotionPageKind,
    NotionRole,
)
from app.domain.ticket import Ticket
from app.feeds.notion.bringing_in import NotionIntake
from app.ports.limits import Budget
from app.ports.store import Store
from app.services.limiter import LocalLimiter
from app.services.notion.client import NotionApi
from app.services.notion.columns import COLUMNS, spec_of
from app.services.notion.config import NotionConfig
from app.storage.sql_store import SqlStore
from tests.servers.notion import TOKEN, NotionServer
from tests.servers.notion.columns import shown_columns
from tests.servers.notion.world import Source

NOW = datetime(2026, 3, 9, 7, 0, 30, tzinfo=UTC)
ACCOUNT_TYPES: Mapping[str, str] = {
    "Name": "title",
    "External ID": "rich_text",
    "Last Heartbeat": "date",
    "API Call Count": "number",
    "Check-in Interval": "number",
    "Feature Adoption Rate": "number",
    "Usage Trend": "select",
    "Login Frequency": "number",
    "Last Interaction": "date",
    "Payment Status": "select",
    "Stakeholder Engagement": "select",
    "NPS": "number",
    "Renewal Date": "date",
    "Seats Purchased": "number",
    "Seats Used": "number",
    "ARR": "number",
    "Account Owner": "people",
    "Segment": "select",
    "Deal Stage": "select",
    "Notes": "rich_text",
}
Json = Any


@dataclass
class Crm:
    """The workspace, the store, and the feed between them."""

    store: SqlStore
    home: Path
    server: NotionServer = field(default_factory=NotionServer)
    now: datetime = NOW
    tenant: str = "main"
    most_gone_share: float = 0.2
    within_seconds: float = 2.0
    account_types: Mapping[str, str] = field(default_factory=lambda: dict(ACCOUNT_TYPES))
    accounts: str = ""
    tickets: str = ""
    root: str = ""
    transport: httpx.AsyncBaseTransport | None = None
    """Instead of the server's own."""

    def __post_init__(self) -> None:
        self.server.now = NOW - timedelta(days=2)
        self.root = self.server.seed.page("CRM")
        database, self.accounts = self.server.seed.database(
            "Accounts", self.account_types, under=self.root
        )
        self.connect(NotionRole.ACCOUNTS, database, self.accounts)

    def with_tickets(
        self, other: Mapping[str, Json] | None = None, *, is_written: bool = False
    ) -> Crm:
        """Also a database of tickets, connected."""
        kinds = {
            "Subject": "title",
            "Ticket ID": "rich_text",
            "Account": {"relation": {"data_source_id": self.accounts, "single_property": {}}},
            "Priority": "select",
            "Status": {"select": {"options": [{"name": n} for n in ("open", "solved", "closed")]}},
            "Created Date": "date",
            **(other or {}),
        }
        database, self.tickets = self.server.seed.database(
            "Support Tickets", kinds, under=self.root
        )
        self.connect(NotionRole.TICKETS, database, self.tickets, is_written=is_written)
        return self

    def connect(
        self, role: NotionRole, database: str, source: str, *, is_written: bool = False
    ) -> None:
        """As `tend connect notion` leaves it."""
        shown = shown_columns(self.server.world, self.server.world.find(Source, source))
        known = {spec.name for spec in COLUMNS[role]}
        columns = {
            name: NotionColumn(property_id=one["id"], type=one["type"], name=name)
            for name, one in shown.items()
            if name in known and one["type"] in spec_of(role, name).types
        }
        connected = NotionDatabase(
            role=role,
            database_id=database,
            data_source_id=source,
            columns=columns,
            is_written=is_written,
        )
        self.store.write_now(self.tenant, lambda unit: unit.notion.save_database(connected))

    def account(self, name: str, values: Mapping[str, Json] | None = None) -> str:
        """A row of Accounts."""
        return self.server.seed.row(self.accounts, {"Name": name, **(values or {})})

    def ticket(
        self, ticket_id: str, account: str | None, values: Mapping[str, Json] | None = None
    ) -> str:
        """A row of Support Tickets, open unless told."""
        given = {
            "Subject": f"About {ticket_id}",
            "Ticket ID": ticket_id,
            "Status": "open",
            **({"Account": [account]} if account else {}),
            **(values or {}),
        }
        return self.server.seed.row(self.tickets, given)

    def edit(self, page: str, values: Mapping[str, Json]) -> None:
        """Somebody changes a row by hand."""
        by = self.server.seed.person("Kim", "kim@ours.example")
        self.server.seed.edit(page, values, by=by)

    def trash(self, *pages: str) -> None:
        """Somebody throws rows away."""
        for page in pages:
            self.server.world.nodes[page].in_trash = True
            self.server.world.touch(self.server.world.nodes[page])

    def read(
        self, *, hours: float = 0, account_id: str = "", store: Store | None = None
    ) -> dict[str, JsonValue]:
        """Run the feed, some time after the last one; the figures."""
        self.now += timedelta(hours=hours)
        self.server.now = self.now
        self.server.log.clear()

        async def run() -> dict[str, JsonValue]:
            api = self.api()
            try:
                intake = NotionIntake(
                    store=store or self.store,
                    api=api,
                    config=self.config,
                    tenant_id=self.tenant,
                    rejects=self.rejects,
                )
                if account_id:
                    return await intake.account(self.now, account_id)
                return await intake.everything(self.now)
            finally:
                await api.aclose()

        return asyncio.run(run())

    def api(self) -> NotionApi:
        """The client, as fast as it may."""
        return NotionApi(
            token=TOKEN,
            tenant_id=self.tenant,
            limiter=LocalLimiter({"notion": Budget(calls=10_000, per_seconds=1, burst=5_000)}),
            transport=self.transport or self.server.transport(),
            within_seconds=self.within_seconds,
        )

    @property
    def config(self) -> NotionConfig:
        """Of the connection."""
        return NotionConfig(
            token=SecretStr(TOKEN), currency="EUR", most_gone_share=self.most_gone_share
        )

    @property
    def rejects(self) -> Path:
        """Where refused values are written."""
        return self.home / "notion-rejects.csv"

    def asked(self) -> list[tuple[str, str]]:
        """The requests of the last reading: method and what is asked of."""
        return [(one.method, one.path.split("/")[-1]) for one in self.server.log]

    def pages(self, kind: NotionPageKind = NotionPageKind.ACCOUNT) -> Mapping[str, NotionPage]:
        """The pages that are known."""
        return self.store.read_now(self.tenant, lambda unit: unit.notion.pages(kind))

    def facts(self, account_id: str) -> AccountFacts:
        """What is known of an account."""
        return self.store.read_now(
            self.tenant, lambda u: u.book.one(u.book.context(self.now, "UTC"), account_id)
        )

    def known(self, account_id: str) -> Account:
        """The account itself."""
        return self.facts(account_id).account

    def contract(self, account_id: str) -> Contract | None:
        """Its contract."""
        return self.facts(account_id).contract

    def stored_tickets(self, *ticket_ids: str) -> Mapping[str, Ticket]:
        """Tickets by id."""
        return self.store.read_now(self.tenant, lambda unit: unit.book.tickets(ticket_ids))

    def waiting(self) -> Sequence[str]:
        """The ids on the unresolved list."""
        found = self.store.read_now(self.tenant, lambda unit: unit.mapping.unresolved())
        return [ticket.ticket_id for ticket in found]

    def count(self, kind: FactKind) -> int:
        """How many facts of a kind there are."""
        return self.store.read_now(self.tenant, lambda unit: unit.facts.count(kind))

    def feed(self) -> Feed:
        """How the feed stands."""
        feeds = self.store.read_now(self.tenant, lambda unit: unit.feeds.all())
        return next(feed for feed in feeds if feed.name == NOTION)

    def database(self, role: NotionRole = NotionRole.ACCOUNTS) -> NotionDatabase:
        """A database as the store has it."""
        return self.store.read_now(self.tenant, lambda unit: unit.notion.databases())[role]

    def put(self, *accounts: Account) -> None:
        """Accounts that another feed brought."""
        rows = [{"account_id": one.account_id, "name": one.name} for one in accounts]
        self.store.write_now(self.tenant, lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows))
