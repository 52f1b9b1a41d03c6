"""`tend schedule`: what comes and what was, by the tenant's clock; looking writes nothing."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

from pydantic import JsonValue
from rich.console import Console

from app.bootstrap import liveness_for
from app.cli.schedule_view import print_schedule, read_schedule
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.domain.flow import Argument, FlowName
from app.domain.schedule import Job
from app.domain.tenant_settings import TenantSettings
from app.jobs.inline import InlineEngine
from app.jobs.schedule import ScheduleStarter
from app.ports.engine import FlowBody, Steps
from app.settings import Settings
from app.storage.sql_store import SqlStore
from tests.builders import account, contract, row_of
from tests.e2e.typed import done, everything_stored, typed

MARCH = datetime(2026, 3, 11, 12, tzinfo=UTC)


def test_an_empty_folder_says_how_accounts_come_in(empty_home: Path) -> None:
    said = done(empty_home, "schedule")
    assert "tend import PATH brings accounts in" in said.words


def test_what_comes_is_listed_and_looking_writes_nothing(live_home: Path) -> None:
    before = everything_stored(live_home)
    said = done(live_home, "schedule")
    assert "Coming up, by the clock of UTC" in said.words
    assert re.search(r"now(, for [-\d]+)? Health scan all \d accounts", said.words)
    assert "Check-ins" in said.words
    assert "Nothing was started by the schedule yet." in said.words
    assert "Nobody keeps the schedule at the moment: tend run does." in said.words
    assert everything_stored(live_home) == before


def test_json_names_every_account_by_its_id(live_home: Path) -> None:
    told = done(live_home, "schedule", "--json", "--days", "31").json()
    assert told["zone"] == "UTC"
    assert told["last"] == []
    coming = told["coming"]
    assert isinstance(coming, list)
    jobs = [one["job"] for one in coming if isinstance(one, dict)]
    assert "tam_daily_health_scan" in jobs
    assert "tam_monthly_health_checkins" in jobs


def test_days_ahead_are_at_least_one(live_home: Path) -> None:
    assert typed(live_home, "schedule", "--days", "0").code == 2


def test_where_somebody_works_nobody_is_asked_to(live_home: Path) -> None:
    liveness = liveness_for(Settings(home=live_home))
    liveness.hold("somebody")
    try:
        assert "Nobody keeps" not in done(live_home, "schedule").words
    finally:
        liveness.let_go()


def shown(store: SqlStore, now: datetime, *, days: int = 90) -> list[str]:
    """The lines printed, blanks brought together."""
    out = StringIO()
    view = store.read_now("main", lambda unit: read_schedule(unit, now, days))
    print_schedule(Console(file=out, width=160, highlight=False), view)
    return [" ".join(line.split()) for line in out.getvalue().splitlines() if line.strip()]


def fill(store: SqlStore, *rows: FactRow, kind: FactKind = FactKind.ACCOUNTS) -> None:
    store.write_now("main", lambda unit: unit.facts.upsert(kind, list(rows)))


def accounts(*names: str, every: int | None = None) -> list[FactRow]:
    return [
        row_of(account(account_id=name, name=name.title(), checkin_interval_days=every))
        for name in names
    ]


def tick(store: SqlStore, now: datetime, *jobs: Job) -> None:
    async def body(steps: Steps, argument: Argument) -> JsonValue:
        return None

    shapes: dict[FlowName, FlowBody] = dict.fromkeys(FlowName, body)
    desk = InlineEngine(shapes=shapes, clock=lambda: now)
    asyncio.run(ScheduleStarter(store=store, desk=desk, clock=lambda: now).tick("main", jobs))


def test_times_are_the_tenants_and_what_is_due_is_due_now(sqlite_store: SqlStore) -> None:
    fill(sqlite_store, *accounts("acme", "beta"))
    berlin = TenantSettings(zone="Europe/Berlin")
    sqlite_store.write_now(
        "main", lambda unit: unit.tenant.apply_settings(berlin, at=MARCH, by="test")
    )
    lines = shown(sqlite_store, MARCH)
    assert lines[:3] == [
        "Coming up, by the clock of Europe/Berlin",
        "When What For",
        "now Health scan all 2 accounts",
    ]
    growth, checkins = lines[3:5], lines[5]
    assert {line.partition("growth ")[2] for line in growth} == {"Acme", "Beta"}
    assert checkins == "2026-04-01 10:00 Check-ins Acme, Beta"
    early = datetime(2026, 3, 11, 5, tzinfo=UTC)
    assert "now, for 2026-03-10 Health scan all 2 accounts" in shown(sqlite_store, early)
    tick(sqlite_store, MARCH, Job.SCAN)
    assert "2026-03-12 07:00 Health scan all 2 accounts" in shown(sqlite_store, MARCH)


def test_a_job_with_many_dates_is_shown_by_month(sqlite_store: SqlStore) -> None:
    names = [f"acc{number}" for number in range(9)]
    fill(sqlite_store, *accounts(*names))
    ends = [
        row_of(
            contract(
                contract_id=name,
                account_id=name,
                starts_on=None,
                ends_on=date(2026, 6, 25) + timedelta(days=number),
            )
        )
        for number, name in enumerate(names)
    ]
    fill(sqlite_store, *ends, kind=FactKind.CONTRACTS)
    lines = [line for line in shown(sqlite_store, MARCH) if "by contract" in line]
    assert lines == [
        (
            "2026-03-27 10:00 to 2026-03-31, 5 dates Business reviews, by contract "
            "Acc0, Acc1, Acc2 and 2 more"
        ),
        (
            "2026-04-01 10:00 to 2026-04-04, 4 dates Business reviews, by contract "
            "Acc5, Acc6, Acc7 and 1 more"
        ),
    ]


def test_what_was_started_last_is_told_for_each_job(sqlite_store: SqlStore) -> None:
    fill(sqlite_store, *accounts("acme", every=7), *accounts("beta"))
    assert "Until tend go-live, only the scans of these are started." in shown(sqlite_store, MARCH)
    sqlite_store.write_now("main", lambda unit: unit.tenant.go_live(MARCH))
    tick(sqlite_store, MARCH, *Job)
    tick(sqlite_store, MARCH + timedelta(days=1), Job.CHECKINS)
    lines = shown(sqlite_store, MARCH + timedelta(days=1))
    assert lines[lines.index("Started last") :] == [
        "Started last",
        "What Looked at Started For",
        "Health scan 2026-03-11 2026-03-11 12:00 all accounts",
        "Check-ins 2026-03-12 2026-03-11 12:00 1 account",
        "Customer success reviews 2026-Q1 nobody's turn yet",
        "Business reviews, by quarter 2026-Q1 nobody's turn yet",
        "Business reviews, by contract 2026-03-11 nobody's turn yet",
        "Looks for growth 2026-03-11 nobody's turn yet",
    ]


def test_a_hostile_name_is_a_name_and_nothing_else(sqlite_store: SqlStore) -> None:
    fill(sqlite_store, row_of(account(account_id="evil", name="[red]\x1b[2Jx[/red]\x07\u202e")))
    checkins = next(line for line in shown(sqlite_store, MARCH) if "Check-ins" in line)
    assert checkins == "2026-04-01 10:00 Check-ins [red][2Jx[/red]"
