"""Tables of facts, a column for each field of the kind's dataclass, and what is rolled up of usage.

Facts of an account may come before the account itself, so nothing here refers to `accounts`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Index, Table

from app.domain.account import TechnicalMaturity
from app.domain.feed import FactKind
from app.domain.reported import EngagementLevel, PaymentStatus, UsageTrend
from app.domain.ticket import Priority, TicketStatus
from app.storage.columns import (
    amount,
    choice,
    clock_time,
    day,
    flag,
    key,
    metadata,
    moment,
    real,
    small,
    text,
    texts,
    whole,
)

accounts = Table(
    "accounts",
    metadata,
    *key("account_id"),
    text("name"),
    text("owner_email", optional=True),
    text("segment"),
    texts("domains"),
    texts("features"),
    texts("integrations"),
    texts("environment"),
    day("customer_since", optional=True),
    text("deal_stage"),
    text("notes"),
    whole("checkin_interval_days", optional=True),
    real("heartbeat_silence_hours"),
)

contracts = Table(
    "contracts",
    metadata,
    *key("contract_id"),
    text("account_id"),
    day("starts_on", optional=True),
    day("ends_on", optional=True),
    amount("arr_amount"),
    text("arr_currency", optional=True),
    whole("seats_purchased", optional=True),
    whole("seats_used", optional=True),
    Index("contracts_by_account", "tenant_id", "account_id", "starts_on", "ends_on"),
    Index("contracts_by_end", "tenant_id", "ends_on"),
)

reps = Table(
    "reps",
    metadata,
    *key("email"),
    text("name"),
    text("chat_address"),
    text("zone", optional=True),
    clock_time("quiet_from"),
    clock_time("quiet_until"),
)

stakeholders = Table(
    "stakeholders",
    metadata,
    *key("account_id", "email"),
    text("name"),
    text("role"),
    choice("technical_maturity", TechnicalMaturity, optional=True),
    flag("is_primary"),
)

tickets = Table(
    "tickets",
    metadata,
    *key("ticket_id"),
    text("account_id"),
    choice("status", TicketStatus),
    moment("created_at"),
    choice("priority", Priority, optional=True),
    moment("resolved_at", optional=True),
    moment("updated_at", optional=True),
    text("subject"),
    text("component"),
    flag("reopened"),
    flag("escalated"),
    whole("csat", optional=True),
    text("mapped_by"),
    Index("tickets_by_account", "tenant_id", "account_id", "resolved_at", "created_at", "status"),
)

usage_days = Table(
    "usage_days",
    metadata,
    *key("account_id"),
    day("day", in_key=True),
    key("feature")[1],
    whole("active_users"),
    whole("logins"),
    whole("events"),
    sqlite_with_rowid=False,
)

heartbeats = Table(
    "heartbeats",
    metadata,
    *key("account_id"),
    moment("seen_at", in_key=True),
    whole("api_calls", optional=True),
    whole("errors", optional=True),
    text("version"),
    sqlite_with_rowid=False,
)

heartbeat_days = Table(
    "heartbeat_days",
    metadata,
    *key("account_id"),
    day("day", in_key=True),
    whole("calls", optional=True),
    whole("errors", optional=True),
    moment("first_seen"),
    moment("last_seen"),
    sqlite_with_rowid=False,
)
"""Heartbeats summed up by account and day of the tenant's zone."""

invoices = Table(
    "invoices",
    metadata,
    *key("invoice_id"),
    text("account_id"),
    day("due_on"),
    day("issued_on", optional=True),
    day("paid_on", optional=True),
    amount("amount"),
    text("currency", optional=True),
    Index("invoices_by_account", "tenant_id", "account_id", "due_on", "issued_on", "paid_on"),
)

survey_responses = Table(
    "survey_responses",
    metadata,
    *key("response_id"),
    text("account_id"),
    day("answered_on"),
    whole("score"),
    text("respondent"),
    Index("surveys_by_account", "tenant_id", "account_id", "answered_on", "response_id", "score"),
)

interactions = Table(
    "interactions",
    metadata,
    *key("interaction_id"),
    text("account_id"),
    moment("happened_at"),
    text("kind"),
    flag("meaningful"),
    text("stakeholder_email"),
    text("summary"),
    Index("interactions_by_account", "tenant_id", "account_id", "happened_at"),
)

reported_signals = Table(
    "reported_signals",
    metadata,
    *key("account_id"),
    day("reported_on", in_key=True),
    key("source")[1],
    real("feature_adoption_rate"),
    choice("usage_trend", UsageTrend, optional=True),
    real("logins_per_week"),
    day("last_interaction_on", optional=True),
    choice("payment_status", PaymentStatus, optional=True),
    choice("stakeholder_engagement", EngagementLevel, optional=True),
    whole("nps", optional=True),
    sqlite_with_rowid=False,
)

usage_weeks = Table(
    "usage_weeks",
    metadata,
    *key("account_id"),
    small("week", in_key=True),
    whole("events"),
    whole("logins"),
    small("active_days"),
    small("login_days"),
    small("active_mask"),
    day("first_row"),
    day("first_active", optional=True),
    day("last_active", optional=True),
    sqlite_with_rowid=False,
)
"""The product as a whole, by account and week; bit n of `active_mask`: used on weekday n."""

feature_weeks = Table(
    "feature_weeks",
    metadata,
    *key("account_id"),
    small("week", in_key=True),
    key("feature")[1],
    day("first_used"),
    day("last_used"),
    sqlite_with_rowid=False,
)
"""Features with any use, by account and week."""

usage_dates = Table(
    "usage_dates", metadata, *key(), day("day", in_key=True), sqlite_with_rowid=False
)
"""Every day of which the tenant has a usage row."""

usage_features = Table(
    "usage_features", metadata, *key("feature"), day("first_day"), sqlite_with_rowid=False
)
"""Every feature of which the tenant has a usage row."""

touched_weeks = Table(
    "touched_weeks",
    metadata,
    *key("account_id"),
    small("week", in_key=True),
    sqlite_with_rowid=False,
)
"""Weeks to roll up again; filled and emptied within one transaction."""

FACT_TABLES: Mapping[FactKind, Table] = {
    FactKind.ACCOUNTS: accounts,
    FactKind.CONTRACTS: contracts,
    FactKind.REPS: reps,
    FactKind.STAKEHOLDERS: stakeholders,
    FactKind.TICKETS: tickets,
    FactKind.USAGE: usage_days,
    FactKind.HEARTBEATS: heartbeats,
    FactKind.INVOICES: invoices,
    FactKind.SURVEYS: survey_responses,
    FactKind.INTERACTIONS: interactions,
    FactKind.SIGNALS: reported_signals,
}
