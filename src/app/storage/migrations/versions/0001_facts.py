"""Facts and feeds.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _accounts_and_people()
    _tickets()
    _activity()
    _usage()
    _feeds()


def _words(*names: str, null: bool = False) -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return (sa.Column(name, kind, nullable=null) for name in names)


def _plain(*names: str, null: bool = False) -> Iterator[sa.Column[str]]:
    return (sa.Column(name, sa.Text(), nullable=null) for name in names)


def _big(*names: str, null: bool = False) -> Iterator[sa.Column[int]]:
    return (sa.Column(name, sa.BigInteger(), nullable=null) for name in names)


def _whole(*names: str, null: bool = False) -> Iterator[sa.Column[int]]:
    return (sa.Column(name, sa.Integer(), nullable=null) for name in names)


def _flags(*names: str) -> Iterator[sa.Column[int]]:
    return (sa.Column(name, sa.SmallInteger(), nullable=False) for name in names)


def _real(*names: str, null: bool = False) -> Iterator[sa.Column[float]]:
    return (sa.Column(name, sa.Double(), nullable=null) for name in names)


def _accounts_and_people() -> None:
    op.create_table(
        "accounts",
        *_words("tenant_id", "account_id", "name"),
        *_words("owner_email", null=True),
        *_words("segment"),
        *_plain("domains", "features", "integrations", "environment"),
        *_whole("customer_since", null=True),
        *_words("deal_stage", "notes"),
        *_big("checkin_interval_days", null=True),
        *_real("heartbeat_silence_hours", null=True),
        sa.PrimaryKeyConstraint("tenant_id", "account_id"),
    )
    op.create_table(
        "contracts",
        *_words("tenant_id", "contract_id", "account_id"),
        *_whole("starts_on", "ends_on", null=True),
        *_plain("arr_amount", null=True),
        *_words("arr_currency", null=True),
        *_big("seats_purchased", "seats_used", null=True),
        sa.PrimaryKeyConstraint("tenant_id", "contract_id"),
    )
    op.create_index(
        "contracts_by_account", "contracts", ["tenant_id", "account_id", "starts_on", "ends_on"]
    )
    op.create_table(
        "reps",
        *_words("tenant_id", "email", "name", "chat_address"),
        *_words("zone", null=True),
        *_plain("quiet_from", "quiet_until", null=True),
        sa.PrimaryKeyConstraint("tenant_id", "email"),
    )
    op.create_table(
        "stakeholders",
        *_words("tenant_id", "account_id", "email", "name", "role"),
        *_plain("technical_maturity", null=True),
        *_flags("is_primary"),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "email"),
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        *_words("tenant_id", "ticket_id", "account_id"),
        *_plain("status"),
        *_big("created_at"),
        *_plain("priority", null=True),
        *_big("resolved_at", "updated_at", null=True),
        *_words("subject", "component"),
        *_flags("reopened", "escalated"),
        *_big("csat", null=True),
        *_words("mapped_by"),
        sa.PrimaryKeyConstraint("tenant_id", "ticket_id"),
    )
    op.create_index(
        "tickets_by_account",
        "tickets",
        ["tenant_id", "account_id", "resolved_at", "created_at", "status"],
    )
    op.create_table(
        "external_ids",
        *_words("tenant_id", "system", "external_id", "account_id"),
        sa.PrimaryKeyConstraint("tenant_id", "system", "external_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unresolved_tickets",
        *_words("tenant_id", "ticket_id", "source", "hints"),
        *_plain("row"),
        sa.PrimaryKeyConstraint("tenant_id", "ticket_id"),
    )


def _activity() -> None:
    op.create_table(
        "heartbeats",
        *_words("tenant_id", "account_id"),
        *_big("seen_at"),
        *_big("api_calls", "errors", null=True),
        *_words("version"),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "seen_at"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invoices",
        *_words("tenant_id", "invoice_id", "account_id"),
        *_whole("due_on"),
        *_whole("issued_on", "paid_on", null=True),
        *_plain("amount", null=True),
        *_words("currency", null=True),
        sa.PrimaryKeyConstraint("tenant_id", "invoice_id"),
    )
    op.create_index(
        "invoices_by_account",
        "invoices",
        ["tenant_id", "account_id", "due_on", "issued_on", "paid_on"],
    )
    op.create_table(
        "survey_responses",
        *_words("tenant_id", "response_id", "account_id"),
        *_whole("answered_on"),
        *_big("score"),
        *_words("respondent"),
        sa.PrimaryKeyConstraint("tenant_id", "response_id"),
    )
    op.create_index(
        "surveys_by_account",
        "survey_responses",
        ["tenant_id", "account_id", "answered_on", "response_id", "score"],
    )
    op.create_table(
        "interactions",
        *_words("tenant_id", "interaction_id", "account_id"),
        *_big("happened_at"),
        *_words("kind"),
        *_flags("meaningful"),
        *_words("stakeholder_email", "summary"),
        sa.PrimaryKeyConstraint("tenant_id", "interaction_id"),
    )
    op.create_index(
        "interactions_by_account", "interactions", ["tenant_id", "account_id", "happened_at"]
    )


def _usage() -> None:
    op.create_table(
        "usage_days",
        *_words("tenant_id", "account_id"),
        *_whole("day"),
        *_words("feature"),
        *_big("active_users", "logins", "events"),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "day", "feature"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage_weeks",
        *_words("tenant_id", "account_id"),
        *_whole("week"),
        *_big("events", "logins"),
        *_whole("active_days", "login_days", "active_mask", "first_row"),
        *_whole("first_active", "last_active", null=True),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "week"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feature_weeks",
        *_words("tenant_id", "account_id"),
        *_whole("week"),
        *_words("feature"),
        *_whole("first_used", "last_used"),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "week", "feature"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage_dates",
        *_words("tenant_id"),
        *_whole("day"),
        sa.PrimaryKeyConstraint("tenant_id", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage_features",
        *_words("tenant_id", "feature"),
        *_whole("first_day"),
        sa.PrimaryKeyConstraint("tenant_id", "feature"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "touched_weeks",
        *_words("tenant_id", "account_id"),
        *_whole("week"),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "week"),
        sqlite_with_rowid=False,
    )


def _feeds() -> None:
    op.create_table(
        "feeds",
        *_words("tenant_id", "name"),
        *_plain("provides"),
        *_big("last_ok_at", null=True),
        *_whole("data_until", null=True),
        *_real("late_after_hours", null=True),
        *_big("failed_since", null=True),
        *_words("reason"),
        *_plain("accounts", null=True),
        sa.PrimaryKeyConstraint("tenant_id", "name"),
    )
