"""A help desk on a socket, read by the runner into a store of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from app.domain.account import Account
from app.domain.feed import FactKind, Feed
from app.domain.ticket import Ticket
from app.feeds.source_spec import TicketSystem
from app.feeds.sync import TicketSync
from app.feeds.sync_item import Overrides
from app.ports.limits import Budget
from app.ports.rows import ExternalId
from app.services.http import ApiClient
from app.services.limiter import LocalLimiter
from app.storage.sql_store import SqlStore
from tests.builders import rows_of

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
TENANT, FEED = "main", "desk"
WIDE = Budget(calls=100_000, per_seconds=1, burst=100_000)


@dataclass(slots=True, kw_only=True)
class Desk:
    """A help desk that is read, and where its tickets go."""

    store: SqlStore
    system: str
    address: str
    made: Callable[[ApiClient, str], TicketSystem]
    """With a client and the address."""
    overrides: Overrides = field(default_factory=Overrides)
    within_seconds: float = 8.0
    now: datetime = NOW

    def read(self, *, is_full: bool = False) -> dict[str, JsonValue]:
        """One reading, an hour after the one before."""
        self.now += timedelta(hours=1)
        return asyncio.run(self._read(is_full=is_full))

    async def _read(self, *, is_full: bool) -> dict[str, JsonValue]:
        api = ApiClient(
            system=self.system,
            tenant_id=TENANT,
            base_url=self.address,
            limiter=LocalLimiter({self.system: WIDE}),
            within_seconds=self.within_seconds,
        )
        system = self.made(api, self.address)
        sync = TicketSync(
            store=self.store,
            tenant_id=TENANT,
            feed=FEED,
            system=system,
            overrides=self.overrides,
        )
        try:
            return await sync.run(self.now, is_full=is_full)
        finally:
            await system.aclose()

    def account(self, account_id: str, *domains: str, organization: str = "") -> None:
        """An account, and what the help desk calls it."""
        account = Account(account_id=account_id, name=account_id, domains=domains)
        known = [
            ExternalId(
                system=f"{self.system}-organization",
                external_id=organization,
                account_id=account_id,
            )
        ]
        self.store.write_now(
            TENANT, lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account))
        )
        if organization:
            self.store.write_now(TENANT, lambda unit: unit.mapping.add_external_ids(known))

    def tickets(self, *ticket_ids: str) -> Mapping[str, Ticket]:
        """Those of these that have an account."""
        return self.store.read_now(TENANT, lambda unit: unit.book.tickets(ticket_ids))

    def ticket(self, ticket_id: str) -> Ticket:
        """One that has an account."""
        return self.tickets(ticket_id)[ticket_id]

    def count(self) -> int:
        """How many tickets have an account."""
        return self.store.read_now(TENANT, lambda unit: unit.facts.count(FactKind.TICKETS))

    def waiting(self) -> Mapping[str, str]:
        """Tickets that no rule could place, and what they offer."""
        found = self.store.read_now(TENANT, lambda unit: unit.mapping.unresolved())
        return {ticket.ticket_id: ticket.hints for ticket in found}

    def feed(self) -> Feed:
        """The feed's row."""
        feeds = self.store.read_now(TENANT, lambda unit: unit.feeds.all())
        return next(feed for feed in feeds if feed.name == FEED)
