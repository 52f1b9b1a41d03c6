"""A small book in a real store, scanned day by day with real sinks: what the scan tests share."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.bootstrap import open_store_of, performer_of
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.draft import Alert, Draft
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind, Feed
from app.domain.health_record import HealthRecord
from app.domain.incident import Incident, IncidentKind
from app.domain.tenant_settings import TenantSettings
from app.domain.ticket import Priority, TicketStatus
from app.jobs.flows.act import ActOutcome, act_on_work_owed
from app.jobs.flows.pages import PAGE
from app.jobs.flows.scan import ScanOutcome, ScanRequest, run_scan
from app.ports.rows import StoredEvent
from app.settings import Settings
from app.storage.sql_store import SqlStore
from tests import builders
from tests.servers.templates import at_head

MONDAY = datetime(2026, 3, 9, 7, tzinfo=UTC)
TENANT = "main"


def quiet(done: int, total: int) -> None:
    """Nobody watches."""
    del done, total


def nowhere(tenant: str) -> bool:
    """Nothing is shown anywhere."""
    del tenant
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallBook:
    """A store in a folder, with verbs that tests speak in."""

    store: SqlStore
    settings: Settings

    @classmethod
    def opened(cls, home: Path, database_url: str = "") -> SmallBook:
        settings = Settings(home=home, tenant=TENANT, database_url=database_url)
        if not database_url:
            at_head(home / "tend.sqlite3")
        return cls(store=open_store_of(settings), settings=settings)

    def add_accounts(self, *names: str, owner: str = "rita@tend.example") -> None:
        accounts = [
            builders.row_of(builders.account(account_id=name, name=name.title(), owner_email=owner))
            for name in names
        ]
        contracts = [
            builders.row_of(
                builders.contract(contract_id=f"{name}-1", account_id=name, ends_on=None)
            )
            for name in names
        ]
        people = [
            builders.row_of(
                builders.stakeholder(
                    account_id=name, email=f"sam@{name}.example", name="Sam Field", is_primary=True
                )
            )
            for name in names
        ]
        rep = builders.row_of(builders.rep(email=owner, name="Rita Lind"))
        self.bring(FactKind.ACCOUNTS, accounts)
        self.bring(FactKind.CONTRACTS, contracts)
        self.bring(FactKind.STAKEHOLDERS, people)
        self.bring(FactKind.REPS, [rep])

    def add_feed(
        self,
        *,
        late_after_hours: float | None = None,
        failed_since: datetime | None = None,
        reason: str = "",
    ) -> None:
        feed = builders.feed(
            name="support",
            provides=frozenset({FactKind.TICKETS}),
            last_ok_at=MONDAY,
            late_after_hours=late_after_hours,
            failed_since=failed_since,
            reason=reason,
        )
        self.save_feed(feed)

    def save_feed(self, feed: Feed) -> None:
        self.store.write_now(TENANT, lambda unit: unit.feeds.save(feed))

    def open_p1s(self, account_id: str, count: int, *, since: datetime) -> None:
        tickets = [
            builders.row_of(
                builders.ticket(
                    ticket_id=f"{account_id}-{since:%m%d}-{serial}",
                    account_id=account_id,
                    priority=Priority.P1,
                    created_at=since,
                    subject="Export stops half way",
                )
            )
            for serial in range(count)
        ]
        self.bring(FactKind.TICKETS, tickets)

    def resolve_all(self, account_id: str, count: int, *, since: datetime, at: datetime) -> None:
        tickets: list[FactRow] = [
            {
                "ticket_id": f"{account_id}-{since:%m%d}-{serial}",
                "account_id": account_id,
                "created_at": since,
                "status": TicketStatus.RESOLVED,
                "resolved_at": at,
            }
            for serial in range(count)
        ]
        self.bring(FactKind.TICKETS, tickets)

    def end_contract(self, account_id: str, *, on: date) -> None:
        row: FactRow = {
            "contract_id": f"{account_id}-1",
            "account_id": account_id,
            "ends_on": on,
        }
        self.bring(FactKind.CONTRACTS, [row])

    def bring(self, kind: FactKind, rows: Sequence[FactRow]) -> None:
        self.store.write_now(TENANT, lambda unit: unit.facts.upsert(kind, rows))

    def apply(self, settings: TenantSettings) -> None:
        self.store.write_now(
            TENANT, lambda unit: unit.tenant.apply_settings(settings, at=MONDAY, by="test")
        )

    def go_live(self, at: datetime) -> None:
        self.store.write_now(TENANT, lambda unit: unit.tenant.go_live(at))

    def scan(
        self, now: datetime, *, account_id: str | None = None, page_size: int = PAGE
    ) -> ScanOutcome:
        request = ScanRequest(tenant_id=TENANT, now=now, account_id=account_id, page_size=page_size)
        return asyncio.run(run_scan(self.store, request, quiet))

    def act(self, now: datetime) -> ActOutcome:
        performer = performer_of(self.store, self.settings, lambda: now)
        return asyncio.run(act_on_work_owed(performer, quiet))

    def day(self, now: datetime) -> ScanOutcome:
        outcome = self.scan(now)
        self.act(now)
        return outcome

    def live_book(self, *names: str) -> None:
        """Accounts with a ticket feed, scanned once on Monday as a baseline, then live."""
        self.add_accounts(*names)
        self.add_feed()
        self.day(MONDAY)
        self.go_live(MONDAY + timedelta(hours=1))

    def record(self, account_id: str, agent: Agent = Agent.TAM) -> HealthRecord:
        return self.store.read_now(
            TENANT, lambda unit: unit.health.records(agent, [account_id])[account_id]
        )

    def bands(self, agent: Agent = Agent.TAM) -> dict[str, Band]:
        records = self.store.read_now(TENANT, lambda unit: unit.health.records(agent, None))
        return {account_id: record.band for account_id, record in records.items()}

    def incidents(self, kind: IncidentKind = IncidentKind.TAM_ESCALATION) -> tuple[Incident, ...]:
        return self.store.read_now(TENANT, lambda unit: unit.incidents.live([kind]))

    def drafts(self) -> tuple[Draft, ...]:
        return self.store.read_now(TENANT, lambda unit: unit.outbox.drafts())

    def alerts(self, channel: str = "email") -> list[Alert]:
        every = self.store.read_now(TENANT, lambda unit: unit.outbox.alerts(most=10_000))
        return [alert for alert in every if alert.channel == channel]

    def events(self) -> tuple[StoredEvent, ...]:
        return self.store.read_now(
            TENANT, lambda unit: unit.events.stream("escalations", most=10_000)
        )
