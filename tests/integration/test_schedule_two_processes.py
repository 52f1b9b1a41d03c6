"""The schedule kept by two processes over one store and one file of flows: each slot once.

Their clock is a made-up one, and a process may be killed at any moment.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.domain.feed import FactKind
from app.domain.flow import Argument, FlowName
from app.domain.tenant_settings import TenantSettings
from app.jobs.dbos_client import DbosClient
from app.jobs.dbos_engine import DbosEngine
from app.ports.engine import FlowBody, Steps
from app.storage.sql_store import SqlStore
from tests import builders
from tests.servers.ticker import Ticker, ticker

ZONES = {"casa": "Africa/Casablanca", "main": "Europe/Berlin"}
HOURS = (5, 7, 10)
"""UTC: around seven by every zone's clock, in winter and in summer, and after ten."""
WINTER = (date(2026, 2, 8), 60)
"""Ramadan puts Casablanca's clocks back on 15 February and on again on 22 March; Berlin's go
forward on 29 March."""
AUTUMN = (date(2026, 10, 10), 30)
"""Berlin's clocks go back on 25 October. Between the two nobody keeps the schedule."""
LIVE_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Shared:
    """What both processes work on."""

    store: SqlStore
    store_url: str
    flows_url: str

    def flows(self, tenant: str) -> list[str]:
        """Ids of all flows asked for, without the tenant."""

        async def read() -> list[str]:
            client = DbosClient(self.flows_url)
            rows = await client.flows(tenant, most=100_000)
            client.close()
            return sorted(row.flow_id.removeprefix(f"{tenant}:") for row in rows)

        return asyncio.run(read())

    def remembered(self, tenant: str) -> list[str]:
        """Flow ids of all slots remembered, without the tenant."""
        starts = self.store.read_now(tenant, lambda unit: unit.slots.history(most=100_000))
        return sorted(start.flow_id.removeprefix(f"{tenant}:") for start in starts if start.flow_id)

    def ticker(self, die_at: int = 0) -> AbstractContextManager[Ticker]:
        return ticker(self.store_url, self.flows_url, die_at)


@pytest.fixture(scope="module")
def flows_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of flows without any; copying it is faster than making its tables."""
    folder = tmp_path_factory.mktemp("flows")
    Ran().run(f"sqlite:///{folder}/flows.sqlite3", until=0)
    return folder


@pytest.fixture
def shared(sqlite_store: SqlStore, sqlite_url: str, flows_template: Path, tmp_path: Path) -> Shared:
    shutil.copytree(flows_template, tmp_path / "flows")
    flows_url = f"sqlite:///{tmp_path}/flows/flows.sqlite3"
    for tenant, zone in ZONES.items():
        fill(sqlite_store, tenant, zone)
        sqlite_store.write_now(tenant, lambda unit: unit.tenant.go_live(LIVE_SINCE))
    return Shared(sqlite_store, sqlite_url, flows_url)


def fill(store: SqlStore, tenant: str, zone: str) -> None:
    """Three accounts: one checked in with weekly, one monthly, one whose contract ends."""
    accounts = [
        builders.account(account_id="ending"),
        builders.account(account_id="monthly"),
        builders.account(account_id="weekly", checkin_interval_days=7),
    ]
    contract = builders.contract(
        contract_id="C-1", account_id="ending", starts_on=None, ends_on=date(2026, 5, 31)
    )
    settings = TenantSettings(zone=zone)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    rows = builders.rows_of
    store.write_now(tenant, lambda unit: unit.tenant.apply_settings(settings, at=at, by="test"))
    store.write_now(tenant, lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows(*accounts)))
    store.write_now(tenant, lambda unit: unit.facts.upsert(FactKind.CONTRACTS, rows(contract)))


@dataclass
class Ran:
    """Which flows ran, in order."""

    flow_ids: list[str] = field(default_factory=list)
    one_more: asyncio.Event = field(default_factory=asyncio.Event)

    async def body(self, steps: Steps, argument: Argument) -> JsonValue:
        self.flow_ids.append(steps.flow_id)
        self.one_more.set()
        return None

    def run(self, flows_url: str, *, until: int) -> None:
        """Run what was asked for until so many have run, and a little longer."""
        shapes: dict[FlowName, FlowBody] = {FlowName.SCAN: self.body, FlowName.TASK: self.body}

        async def run() -> None:
            self.one_more = asyncio.Event()  # of this run's own loop
            engine = DbosEngine(shapes=shapes, url=flows_url, worker="w1", look_seconds=0.05)
            await engine.start()
            async with asyncio.timeout(30):
                while len(self.flow_ids) < until:
                    await self.one_more.wait()
                    self.one_more.clear()
            await asyncio.sleep(0.2)
            await engine.stop(grace_seconds=5)

        asyncio.run(run())


def moments(first: date, days: int) -> Iterator[datetime]:
    """From noon of the first day on, some moments of each day."""
    yield datetime.combine(first, time(12), tzinfo=UTC)
    for day in (first + timedelta(days=n) for n in range(1, days)):
        yield from (datetime.combine(day, time(hour), tzinfo=UTC) for hour in HOURS)


def days(first: date, many: int, step: int = 1) -> list[str]:
    return [(first + timedelta(days=n)).isoformat() for n in range(0, many, step)]


def expected() -> list[str]:
    """Every flow of both windows, said out rather than computed."""
    weekly = [*days(*WINTER, 7), *days(*AUTUMN, 7)]
    monthly = ["2026-03-01", "2026-04-01", "2026-10-10", "2026-11-01"]
    reviewed = [("2026-Q2", "ending monthly weekly"), ("2026-Q4", "monthly weekly")]
    return sorted(
        [
            *(f"scan:{day}" for day in (*days(*WINTER), *days(*AUTUMN))),
            *(f"task:checkin:weekly:{day}" for day in weekly),
            *(f"task:checkin:monthly:{day}" for day in monthly),
            *(f"task:checkin:ending:{day}" for day in monthly[:2]),
            *(
                f"task:{task}:{account}:{quarter}"
                for task in ("review", "qbr")
                for quarter, accounts in reviewed
                for account in accounts.split()
            ),
            "task:qbr:ending:2026-05-31:C-1",
            # each account has a first look for growth on a day of its own, then one a week
            *(f"task:expansion:monthly:{day}" for day in days(date(2026, 2, 10), 58, 7)),
            *(f"task:expansion:ending:{day}" for day in days(date(2026, 2, 12), 56, 7)),
            *(f"task:expansion:weekly:{day}" for day in days(date(2026, 2, 17), 51, 7)),
            *(
                f"task:expansion:{account}:{day}"
                for account in ("monthly", "weekly")
                for day in days(*AUTUMN, 7)
            ),
        ]
    )


def test_ninety_days_with_every_change_of_the_clocks_start_each_slot_once(shared: Shared) -> None:
    with shared.ticker() as steady, ExitStack() as others:
        other = others.enter_context(shared.ticker())
        for now in (*moments(*WINTER), *moments(*AUTUMN)):
            steady.tell(now)
            other.tell(now)
            if now == datetime(2026, 3, 22, 7, tzinfo=UTC):
                other.process.kill()  # wherever it is
                other = others.enter_context(shared.ticker())
                other.tell(now)
            assert steady.answer()
            assert other.answer()

    for tenant in ZONES:
        assert shared.flows(tenant) == expected()
        assert shared.remembered(tenant) == expected()


@pytest.mark.parametrize("die_at", [1, 4])
def test_a_process_killed_before_it_remembers_costs_nothing_and_repeats_nothing(
    shared: Shared, die_at: int
) -> None:
    first_of_april = datetime(2026, 4, 1, 12, tzinfo=UTC)
    a_tenants = 11  # the scan, a check-in, a review and a QBR for each, and one by contract
    with shared.ticker(die_at) as doomed:
        doomed.tell(first_of_april)
        assert doomed.answer() == ""
    asked, remembered = len(shared.flows("casa")), len(shared.remembered("casa"))
    assert remembered < asked == die_at

    ran = Ran()
    ran.run(shared.flows_url, until=die_at)
    with shared.ticker() as next_one:
        next_one.tell(first_of_april)
        assert next_one.answer() == str(2 * a_tenants - remembered)
        next_one.tell(first_of_april + timedelta(minutes=1))
        assert next_one.answer() == "0"
    ran.run(shared.flows_url, until=2 * a_tenants)

    assert len(ran.flow_ids) == len(set(ran.flow_ids)) == 2 * a_tenants
    for tenant in ZONES:
        assert shared.remembered(tenant) == shared.flows(tenant)
        assert len(shared.flows(tenant)) == a_tenants
