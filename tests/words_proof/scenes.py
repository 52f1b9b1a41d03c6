"""Four accounts in plain view, for letters that people wrote about them by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from app.domain.account import Account, Contract, Rep, Stakeholder, TechnicalMaturity
from app.domain.announcement import (
    Announced,
    Announcement,
    ChangeKind,
    Concern,
    ConcernKind,
)
from app.domain.band import Band
from app.domain.proposal import Proposal
from app.domain.recap import LastLetter, LastTalk, Recap, UsageMove
from app.domain.ticket import Priority, Ticket, TicketStatus
from app.ports.writer import OutreachFacts

NOW = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)
"""A Wednesday."""
REP = Rep(email="marcus.bell@fathomline.example", name="Marcus Bell")


def _at(month: int, day: int, hour: int = 8, minute: int = 30) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def _ticket(
    ticket_id: str,
    priority: Priority,
    subject: str,
    component: str,
    opened: datetime,
    resolved: datetime | None = None,
) -> Ticket:
    return Ticket(
        ticket_id=ticket_id,
        account_id="alderpoint",
        status=TicketStatus.OPEN if resolved is None else TicketStatus.RESOLVED,
        created_at=opened,
        priority=priority,
        resolved_at=resolved,
        subject=subject,
        component=component,
    )


_OPEN = (
    _ticket(
        "SUP-101",
        Priority.P1,
        "Production load into Snowflake stopped, no rows since midnight",
        "pipelines",
        _at(3, 5),
    ),
    _ticket(
        "SUP-98",
        Priority.P2,
        "Webhook deliveries delayed by more than 20 minutes",
        "webhooks",
        _at(2, 18),
    ),
    _ticket(
        "SUP-95", Priority.P3, "Null values become empty text in Snowflake", "mapping", _at(2, 2)
    ),
    _ticket(
        "SUP-90",
        Priority.P3,
        "How to backfill one table without reloading the others",
        "pipelines",
        _at(1, 20),
    ),
)
_SOLVED = (
    _ticket(
        "SUP-88",
        Priority.P3,
        "Alert e-mails arrive in duplicate",
        "alerting",
        _at(2, 12),
        _at(3, 2),
    ),
    _ticket(
        "SUP-80",
        Priority.P2,
        "Wrong row count in the run summary",
        "pipelines",
        _at(2, 10),
        _at(2, 26),
    ),
)


def _person(account: str, email: str, name: str, role: str, *, primary: bool) -> Stakeholder:
    return Stakeholder(
        account_id=account,
        email=email,
        name=name,
        role=role,
        technical_maturity=TechnicalMaturity.MEDIUM,
        is_primary=primary,
    )


TROUBLED = OutreachFacts(
    account=Account(
        account_id="alderpoint",
        name="Alderpoint Freight",
        domains=("alderpoint.example",),
        features=("Pipelines", "Scheduled syncs", "Event streaming"),
        integrations=("Salesforce", "Snowflake"),
        environment=("Tableau", "Okta"),
        customer_since=date(2023, 3, 1),
    ),
    contract=Contract(
        contract_id="alderpoint-1",
        account_id="alderpoint",
        starts_on=date(2025, 6, 1),
        ends_on=date(2026, 5, 31),
        arr_amount=Decimal(84_000),
        arr_currency="USD",
        seats_purchased=50,
        seats_used=48,
    ),
    stakeholders=(
        _person(
            "alderpoint",
            "nolan.garrick@alderpoint.example",
            "Nolan Garrick",
            "Head of Data",
            primary=True,
        ),
        _person(
            "alderpoint",
            "imogen.ashdown@alderpoint.example",
            "Imogen Ashdown",
            "Data Engineer",
            primary=False,
        ),
    ),
    rep=REP,
    open_tickets=_OPEN,
    last_heartbeat=_at(3, 7, 6, 40),
    silent_hours=98.3,
    reasons=("2 open P1/P2 tickets",),
    band=Band.RED,
    now=NOW,
    usage_fell=True,
    features_unused=("Event streaming",),
    features_used=("Pipelines", "Scheduled syncs"),
    last_contact_on=date(2026, 3, 3),
    last_talk=LastTalk(kind="call", person="imogen.ashdown@alderpoint.example"),
    addressee="nolan.garrick@alderpoint.example",
    recap=Recap(since=date(2026, 2, 9), solved=_SOLVED, usage=UsageMove.FELL),
)

QUIET = OutreachFacts(
    account=Account(
        account_id="oxbarrow",
        name="Oxbarrow Capital",
        features=("Pipelines", "Audit log", "Reverse sync"),
        integrations=("NetSuite", "PostgreSQL"),
        environment=("Power BI", "Microsoft Teams"),
        customer_since=date(2024, 9, 2),
    ),
    contract=None,
    stakeholders=(
        _person("oxbarrow", "maeve.hollis@oxbarrow.example", "Maeve Hollis", "CIO", primary=True),
        _person(
            "oxbarrow",
            "jerome.penrose@oxbarrow.example",
            "Jerome Penrose",
            "Analyst",
            primary=False,
        ),
    ),
    rep=REP,
    open_tickets=(),
    last_heartbeat=NOW - timedelta(minutes=25),
    silent_hours=None,
    reasons=(),
    band=Band.GREEN,
    now=NOW,
    features_unused=("Reverse sync",),
    features_used=("Pipelines", "Audit log"),
    last_contact_on=date(2026, 2, 25),
    last_talk=LastTalk(kind="meeting", person="maeve.hollis@oxbarrow.example"),
    last_letter=LastLetter(on=date(2026, 2, 11), communication_type="health_checkin"),
    addressee="maeve.hollis@oxbarrow.example",
    recap=Recap(since=date(2026, 2, 11), is_since_letter=True, usage=UsageMove.GREW),
)

NEWS = OutreachFacts(
    account=Account(
        account_id="pinecrag",
        name="Pinecrag Telecom",
        features=("Pipelines", "API gateway", "Alerting"),
        integrations=("SAP S/4HANA", "Redshift"),
        environment=("Looker",),
    ),
    contract=None,
    stakeholders=(
        _person("pinecrag", "kendra.lowther@pinecrag.example", "Kendra Lowther", "", primary=True),
    ),
    rep=REP,
    open_tickets=(
        _ticket("4711", Priority.P3, "Rate limit errors during month-end load", "api", _at(3, 1)),
    ),
    last_heartbeat=_at(3, 11, 8, 50),
    silent_hours=None,
    reasons=(),
    band=Band.GREEN,
    now=NOW,
    features_used=("Pipelines", "API gateway"),
    last_contact_on=date(2026, 1, 28),
    addressee="kendra.lowther@pinecrag.example",
    announced=Announced(
        version="4.2",
        released_on=date(2026, 3, 5),
        announcements=(
            Announcement(
                title="API keys of the first generation stop working",
                description="Keys made before 2024 are refused from 1 June 2026 on.",
                kind=ChangeKind.BREAKING,
                concerns=(Concern(kind=ConcernKind.FEATURE_USED, name="API gateway"),),
                link="https://docs.fathomline.example/keys",
            ),
            Announcement(
                title="Incremental SAP loads",
                description="Only changed rows are read from SAP S/4HANA.",
                concerns=(Concern(kind=ConcernKind.INTEGRATION, name="SAP S/4HANA"),),
                planned_for="2026-Q3",
                components=("connectors",),
            ),
            Announcement(
                title="Finer alerts",
                description="Alerts can be set for each of up to 12 pipelines.",
                concerns=(Concern(kind=ConcernKind.FEATURE_OWNED, name="Alerting"),),
            ),
        ),
    ),
)

OFFER = OutreachFacts(
    account=Account(
        account_id="ballintrae",
        name="Ballintrae Payments",
        features=("Pipelines", "Run history"),
        integrations=("HubSpot", "BigQuery"),
        environment=("Airflow", "Slack"),
    ),
    contract=Contract(
        contract_id="ballintrae-1",
        account_id="ballintrae",
        ends_on=date(2026, 12, 31),
        seats_purchased=120,
        seats_used=114,
    ),
    stakeholders=(
        _person(
            "ballintrae", "fiona.quarles@ballintrae.example", "Fiona Quarles", "", primary=True
        ),
    ),
    rep=REP,
    open_tickets=(),
    last_heartbeat=None,
    silent_hours=None,
    reasons=(),
    band=Band.UNKNOWN,
    now=NOW,
    features_used=("Pipelines", "Run history"),
    last_contact_on=date(2026, 3, 10),
    addressee="fiona.quarles@ballintrae.example",
    proposal=Proposal(kind="seats", name="", seats_used=114, seats_purchased=120),
)

SCENES: Mapping[str, OutreachFacts] = {
    "troubled": TROUBLED,
    "quiet": QUIET,
    "news": NEWS,
    "offer": OFFER,
}
