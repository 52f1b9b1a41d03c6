"""Domain facts with sensible defaults; a test overrides, by keyword, only what matters to it.

Everything hangs on one account, `acme`, and one moment, `NOW`: a Wednesday morning.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from app.domain.account import Account, Contract, Rep, Stakeholder
from app.domain.activity import (
    Heartbeat,
    Interaction,
    Invoice,
    SurveyResponse,
    UsageDay,
)
from app.domain.assessment import Agent, Assessment, LedgerRow
from app.domain.band import Band
from app.domain.book import AccountFacts, BookContext, Engagement, SupportRecord, UsageWindow
from app.domain.draft import Alert, Draft
from app.domain.effect import EffectKind, WorkOwed
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind, Feed, FeedView
from app.domain.health_record import HealthRecord, NewHealth, Snapshot
from app.domain.incident import Change, Finding, Incident, IncidentKind, IncidentState, Revision
from app.domain.reported import ReportedSignals
from app.domain.scan import Scan, ScanState
from app.domain.ticket import Ticket, TicketStatus

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NOW = datetime(2026, 3, 11, 7, 0, tzinfo=UTC)
TODAY = date(2026, 3, 11)
LAST_SUNDAY = date(2026, 3, 8)


def days_ago(days: float) -> datetime:
    """The moment `days` before `NOW`."""
    return NOW - timedelta(days=days)


def day_ago(days: int) -> date:
    """The day `days` before `TODAY`."""
    return TODAY - timedelta(days=days)


account = partial(Account, account_id="acme", name="Acme")
contract = partial(
    Contract,
    contract_id="acme-1",
    account_id="acme",
    starts_on=date(2025, 1, 1),
    ends_on=date(2026, 12, 31),
    arr_amount=Decimal("12000.50"),
    arr_currency="EUR",
    seats_purchased=50,
    seats_used=40,
)
rep = partial(Rep, email="rita@tend.example", name="Rita")
stakeholder = partial(Stakeholder, account_id="acme", email="sam@acme.example", name="Sam")
ticket = partial(
    Ticket,
    ticket_id="T-1",
    account_id="acme",
    status=TicketStatus.OPEN,
    created_at=days_ago(1),
)
usage_day = partial(
    UsageDay, account_id="acme", day=day_ago(1), active_users=3, logins=5, events=20
)
heartbeat = partial(Heartbeat, account_id="acme", seen_at=days_ago(0.1))
invoice = partial(Invoice, invoice_id="I-1", account_id="acme", due_on=day_ago(10))
survey_response = partial(
    SurveyResponse, response_id="S-1", account_id="acme", answered_on=day_ago(10), score=9
)
reported = partial(ReportedSignals, account_id="acme", reported_on=day_ago(3))
interaction = partial(Interaction, interaction_id="C-1", account_id="acme", happened_at=days_ago(5))
feed = partial(Feed, name="crm", provides=frozenset({FactKind.ACCOUNTS}))
feed_view = partial(FeedView, feeds=(), now=NOW)

usage_window = partial(
    UsageWindow,
    until=LAST_SUNDAY,
    events_recent=400,
    events_before=800,
    weeks_before=8,
    active_days_recent=20,
    logins_recent=100,
    active_days_90=65,
    last_active_day=day_ago(1),
)
support_record = partial(SupportRecord)
engagement = partial(Engagement)
facts = partial(AccountFacts, account=account())
book_context = partial(
    BookContext, now=NOW, local_day=TODAY, usage_until=day_ago(1), feature_catalogue=()
)

ledger_row = partial(
    LedgerRow, factor="start", raw="100", points=100, points_lost=0, reason="Everyone starts at 100"
)
assessment = partial(
    Assessment,
    account_id="acme",
    agent=Agent.TAM,
    assessed_at=NOW,
    score=100,
    band=Band.GREEN,
    ledger=(ledger_row(),),
    coverage=100,
    missing=(),
    at_risk=False,
    inputs={},
    scorer_version=1,
)
health_record = partial(
    HealthRecord,
    account_id="acme",
    agent=Agent.TAM,
    score=100,
    band=Band.GREEN,
    coverage=100,
    at_risk=False,
    reasons=(),
    assessed_at=NOW,
    checked_at=NOW,
    stale_reason=None,
    ledger_digest="digest",
    settings_version=0,
)
new_health = partial(
    NewHealth, assessment=assessment(), record=health_record(), keep_full=True, changed=True
)
snapshot = partial(
    Snapshot,
    account_id="acme",
    agent=Agent.TAM,
    scan_id="scan-1",
    taken_at=NOW,
    local_day=TODAY,
    score=100,
    band=Band.GREEN,
    coverage=100,
    stale_reason=None,
    settings_version=0,
    scorer_version=1,
)
scan = partial(
    Scan,
    scan_id="scan-1",
    now=NOW,
    local_day=TODAY,
    state=ScanState.RUNNING,
    account_id=None,
    is_baseline=False,
    settings_version=0,
)
finding = partial(
    Finding,
    kind=IncidentKind.TAM_ESCALATION,
    subject="acme",
    fires=True,
    severity=2,
    band=Band.RED,
    recovered=False,
)
incident = partial(
    Incident,
    incident_id="tam_escalation:acme:1",
    kind=IncidentKind.TAM_ESCALATION,
    subject="acme",
    number=1,
    state=IncidentState.OPEN,
    revision=1,
    severity=2,
    worst_severity=2,
    raised_band=Band.RED,
    opened_at=NOW,
    updated_at=NOW,
)
revision = partial(
    Revision,
    incident_id="tam_escalation:acme:1",
    revision=1,
    change=Change.RAISED,
    finding=finding(),
    at=NOW,
)
work_owed = partial(
    WorkOwed,
    key="main:tam_escalation:acme:1:1:draft",
    kind=EffectKind.DRAFT,
    subject="acme",
    payload={},
)
draft = partial(
    Draft,
    draft_id="draft-1",
    key="main:tam_escalation:acme:1:1:draft",
    account_id="acme",
    incident_id="tam_escalation:acme:1",
    revision=1,
    communication_type="escalation_outreach",
    rep_email="rita@tend.example",
    to=("sam@acme.example",),
    subject="Your open tickets",
    body_text="Dear Sam",
    body_html="<p>Dear Sam</p>",
    created_at=NOW,
)
alert = partial(
    Alert,
    key="main:tam_escalation:acme:1:1:chat",
    channel="chat",
    rep_email="rita@tend.example",
    account_id="acme",
    incident_id="tam_escalation:acme:1",
    revision=1,
    text="[TAM ALERT] Acme is Red",
    created_at=NOW,
)


def row_of(fact: DataclassInstance, *columns: str) -> FactRow:
    """The fact as an import would bring it: all its columns, or only those named."""
    names = columns or tuple(field.name for field in dataclasses.fields(fact))
    return {name: getattr(fact, name) for name in names}


def rows_of(*facts_given: DataclassInstance) -> list[FactRow]:
    """Several facts, whole, as an import would bring them."""
    return [row_of(fact) for fact in facts_given]
