"""A few accounts with incidents of every kind, visited through the dashboard."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.feed import FactKind
from app.domain.incident import Change, Incident, IncidentKind, IncidentState
from app.domain.scan import ScanState
from app.domain.viewer import Role, Sight, Viewer
from app.ports.store import Unit
from app.storage.sql_store import open_store
from tests import builders
from tests.builders import NOW, TODAY, day_ago, days_ago, rows_of
from tests.servers.dashboard import Dashboard
from tests.servers.templates import at_head

RITA, KIM = "rita@tend.example", "kim@example.com"
OWN = Viewer(by=KIM, role=Role.REP, sight=Sight.OWN)
READER = Viewer(by="lee@example.com", role=Role.READER)


def opened(home: Path, *, now: datetime = NOW) -> Dashboard:
    """An empty store, an admin signed in."""
    dashboard = Dashboard(open_store(at_head(home / "tend.sqlite3")), home, now=now)
    dashboard.sign_in()
    return dashboard


def add_account(
    unit: Unit,
    account_id: str,
    *,
    owner: str | None = RITA,
    name: str = "",
    arr: int | None = 1000,
    ends_on: date | None = None,
    tam: tuple[int, Band] = (90, Band.GREEN),
    csm: tuple[int, Band] = (85, Band.GREEN),
) -> None:
    """An account with a contract and a score of each agent."""
    one = builders.account(
        account_id=account_id, name=name or account_id.title(), owner_email=owner
    )
    bought = builders.contract(
        contract_id=account_id,
        account_id=account_id,
        arr_amount=None if arr is None else Decimal(arr),
        ends_on=ends_on,
    )
    unit.facts.upsert(FactKind.ACCOUNTS, rows_of(one))
    unit.facts.upsert(FactKind.CONTRACTS, rows_of(bought))
    for agent, (score, band) in ((Agent.TAM, tam), (Agent.CSM, csm)):
        record = builders.health_record(account_id=account_id, agent=agent, score=score, band=band)
        found = builders.assessment(account_id=account_id, agent=agent)
        health = builders.new_health(assessment=found, record=record)
        unit.health.record(builders.scan(), [health])


def add_scans(unit: Unit, *, baseline: bool = False, days: int = 3) -> None:
    """A scan on each of the last days, all of them done."""
    for ago in range(days):
        unit.scans.begin(
            builders.scan(
                scan_id=f"day-{ago}",
                now=days_ago(ago),
                local_day=day_ago(ago),
                state=ScanState.RECORDED,
                is_baseline=baseline,
            )
        )


def add_incident(
    unit: Unit,
    account_id: str,
    change: Change = Change.RAISED,
    *,
    at: datetime = NOW,
    kind: IncidentKind = IncidentKind.TAM_ESCALATION,
    state: IncidentState = IncidentState.OPEN,
    severity: int = 3,
    reason: str = "2 old tickets: T-1, T-2",
) -> Incident:
    """An incident with one revision."""
    one = builders.incident(
        incident_id=f"{kind}:{account_id}:1",
        kind=kind,
        subject=account_id,
        state=state,
        severity=severity,
        opened_at=at,
        closed_at=at if state is IncidentState.CLOSED else None,
    )
    finding = builders.finding(kind=kind, subject=account_id, severity=severity, reasons=(reason,))
    told = builders.revision(incident_id=one.incident_id, change=change, finding=finding, at=at)
    unit.incidents.save([one])
    unit.incidents.add_revisions("day-0", [told])
    return one


def add_draft(unit: Unit, draft_id: str, incident: Incident) -> None:
    """A letter that waits."""
    unit.outbox.add_draft(
        builders.draft(
            draft_id=draft_id,
            key=draft_id,
            account_id=incident.subject,
            incident_id=incident.incident_id,
            subject=f"About {draft_id}",
        )
    )


def a_morning(home: Path) -> Dashboard:
    """Rita's Acme (new), Kim's Beta (worse), Delta from before, Echo closed, a feed failed."""
    dashboard = opened(home)

    def write(unit: Unit) -> None:
        unit.tenant.go_live(days_ago(30))
        add_scans(unit)
        red = (20, Band.RED)
        add_account(unit, "acme", arr=90_000, tam=red, ends_on=TODAY + timedelta(days=30))
        add_account(unit, "beta", owner=KIM, arr=10_000, tam=red)
        add_account(unit, "delta", arr=None, csm=(60, Band.AMBER))
        add_account(unit, "echo", owner=KIM)
        add_draft(unit, "d-acme", add_incident(unit, "acme"))
        add_draft(unit, "d-beta", add_incident(unit, "beta", Change.WORSENED))
        add_incident(unit, "delta", at=days_ago(9), kind=IncidentKind.CSM_HEALTH)
        add_incident(unit, "echo", Change.CLOSED, state=IncidentState.CLOSED)
        add_incident(unit, "crm", at=days_ago(2), kind=IncidentKind.FEED)
        failed = builders.feed(failed_since=days_ago(2), reason="401: the key expired")
        unit.feeds.save(replace(failed, last_ok_at=days_ago(3)))

    dashboard.store.write_now("main", write)
    return dashboard
