"""What tests of the sync with Jira stand on: a store, a made-up Jira, and the issues in it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import TracebackType

from pydantic import JsonValue, SecretStr

from app.domain.feed import FactKind
from app.domain.ticket import Ticket
from app.feeds.jira_source import JiraSystem
from app.feeds.sync import TicketSync
from app.feeds.sync_item import Overrides
from app.feeds.sync_tally import SyncTally
from app.ports.limits import Budget
from app.ports.rows import ExternalId
from app.ports.store import Unit
from app.services.jira.calls import client_of
from app.services.jira.config import JiraConfig
from app.services.limiter import LocalLimiter
from app.storage.sql_store import SqlStore
from tests.servers.jira.server import EMAIL, TOKEN, Issue, JiraDesk

FEED = "desk"
BEGIN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def issue(number: int, *, project: str = "AC", **fields: JsonValue) -> Issue:
    """An issue of one's own, an hour younger than the one before."""
    at = BEGIN + timedelta(hours=number)
    told = f"{at:%Y-%m-%dT%H:%M:%S}.000+0000"
    return {
        "id": str(10_000 + number),
        "key": f"{project}-{number}",
        "fields": {
            "summary": f"Trouble {number}",
            "status": {"name": "Offen", "statusCategory": {"key": "new"}},
            "priority": {"name": "High"},
            "created": told,
            "updated": told,
            "project": {"key": project},
            "labels": [],
            "components": [],
            **fields,
        },
    }


class Died(Exception):
    """The process is gone."""


class Syncing:
    """A made-up Jira behind a socket, and the store that its issues go into."""

    def __init__(self, store: SqlStore, desk: JiraDesk) -> None:
        self.store, self.desk = store, desk
        self._stack = ExitStack()

    def __enter__(self) -> Syncing:
        """Serve."""
        self.url = self._stack.enter_context(self.desk.serving())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        self._stack.close()

    def know(self, *accounts: str, projects: Mapping[str, str]) -> None:
        """Accounts that are there, and which project is whose."""

        def write(unit: Unit) -> None:
            rows = [{"account_id": name, "name": name.title()} for name in accounts]
            unit.facts.upsert(FactKind.ACCOUNTS, rows)
            unit.mapping.add_external_ids(
                [
                    ExternalId(system="jira-project", external_id=key, account_id=account)
                    for key, account in projects.items()
                ]
            )

        self.store.write_now("main", write)

    def sync(
        self,
        now: datetime,
        *,
        is_full: bool = False,
        overrides: Overrides | None = None,
        most_gone_share: float = 0.2,
        dies_after: int = 0,
    ) -> dict[str, JsonValue]:
        """Read once; the figures. `dies_after`: raises Died once so many pages are written."""
        told = (overrides or Overrides(), most_gone_share, dies_after)
        return asyncio.run(self._sync(now, is_full, *told))

    async def _sync(
        self, now: datetime, is_full: bool, overrides: Overrides, share: float, dies_after: int
    ) -> dict[str, JsonValue]:
        email = EMAIL if self.desk.is_cloud else ""
        config = JiraConfig(url=self.url, email=email, token=SecretStr(TOKEN))
        limiter = LocalLimiter({"jira": Budget(calls=10_000, per_seconds=1, burst=5_000)})
        system = JiraSystem(config=config, api=client_of(config, "main", limiter))

        def die(tally: SyncTally) -> None:
            if tally.pages == dies_after:
                raise Died

        try:
            return await TicketSync(
                store=self.store,
                tenant_id="main",
                feed=FEED,
                system=system,
                overrides=overrides,
                most_gone_share=share,
                progress=die,
            ).run(now, is_full=is_full)
        finally:
            await system.aclose()

    def tickets(self) -> Mapping[str, Ticket]:
        """All tickets that have an account."""
        ids = [str(issue["key"]) for issue in self.desk.issues.values()]
        return self.store.read_now("main", lambda unit: unit.book.tickets(ids))

    def ticket(self, ticket_id: str) -> Ticket:
        """One ticket."""
        return self.store.read_now("main", lambda unit: unit.book.tickets([ticket_id])[ticket_id])
