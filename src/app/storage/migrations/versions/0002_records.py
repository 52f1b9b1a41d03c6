"""Settings, scans, health, incidents and work owed.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tenant()
    _scans()
    _health()
    _incidents()
    _work()
    _outbox()


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


def _tenant() -> None:
    op.create_table(
        "tenants",
        *_words("tenant_id"),
        *_big("live_since", null=True),
        sa.PrimaryKeyConstraint("tenant_id"),
    )
    op.create_table(
        "settings_versions",
        *_words("tenant_id"),
        *_whole("version"),
        *_plain("settings"),
        *_big("applied_at"),
        *_words("applied_by"),
        sa.PrimaryKeyConstraint("tenant_id", "version"),
    )


def _scans() -> None:
    op.create_table(
        "scans",
        *_words("tenant_id", "scan_id"),
        *_big("now"),
        *_whole("local_day"),
        *_plain("state"),
        *_words("account_id", null=True),
        *_flags("is_baseline"),
        *_whole("settings_version"),
        *_flags("is_daily"),
        sa.PrimaryKeyConstraint("tenant_id", "scan_id"),
    )
    op.create_index("scans_by_time", "scans", ["tenant_id", "now"])
    op.create_table(
        "scan_pages",
        *_words("tenant_id", "scan_id"),
        *_plain("agent"),
        *_whole("page"),
        *_words("until_account"),
        sa.PrimaryKeyConstraint("tenant_id", "scan_id", "agent", "page"),
        sqlite_with_rowid=False,
    )


def _health() -> None:
    op.create_table(
        "account_health",
        *_words("tenant_id"),
        *_plain("agent"),
        *_words("account_id"),
        *_big("score", null=True),
        *_plain("band"),
        *_whole("coverage"),
        *_flags("at_risk"),
        *_plain("reasons"),
        *_big("assessed_at"),
        *_words("stale_reason", null=True),
        *_words("ledger_digest"),
        *_whole("settings_version"),
        *_words("churn_level", "incident_id"),
        sa.PrimaryKeyConstraint("tenant_id", "agent", "account_id"),
    )
    op.create_table(
        "health_snapshots",
        *_words("tenant_id"),
        *_plain("agent"),
        *_words("account_id"),
        *_big("taken_at"),
        *_words("scan_id"),
        *_whole("local_day"),
        *_big("score", null=True),
        *_plain("band"),
        *_whole("coverage"),
        *_words("stale_reason", null=True),
        *_whole("settings_version", "scorer_version"),
        *_plain("ledger", "inputs", null=True),
        sa.PrimaryKeyConstraint("tenant_id", "agent", "account_id", "taken_at", "scan_id"),
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        *_words("tenant_id", "incident_id"),
        *_plain("kind"),
        *_words("subject"),
        *_whole("number"),
        *_plain("state"),
        *_whole("revision"),
        *_big("severity", "worst_severity"),
        *_plain("raised_band"),
        *_big("opened_at", "updated_at"),
        *_big("closed_at", null=True),
        *_whole("snoozed_until", null=True),
        *_whole("good_days"),
        *_whole("good_day", null=True),
        *_words("note"),
        sa.PrimaryKeyConstraint("tenant_id", "incident_id"),
    )
    op.create_index("incidents_by_state", "incidents", ["tenant_id", "state"])
    op.create_index("incidents_by_subject", "incidents", ["tenant_id", "kind", "subject", "number"])
    op.create_table(
        "incident_revisions",
        *_words("tenant_id", "incident_id"),
        *_whole("revision"),
        *_plain("kind"),
        *_words("subject"),
        *_plain("change", "finding"),
        *_big("at"),
        *_words("scan_id", "delivery", "rep_email"),
        *_whole("told_on", null=True),
        sa.PrimaryKeyConstraint("tenant_id", "incident_id", "revision"),
    )
    op.create_index("revisions_by_day", "incident_revisions", ["tenant_id", "told_on"])
    op.create_index("revisions_by_scan", "incident_revisions", ["tenant_id", "scan_id"])
    op.create_index(
        "revisions_by_subject", "incident_revisions", ["tenant_id", "kind", "subject", "at"]
    )


def _work() -> None:
    op.create_table(
        "effects",
        *_words("tenant_id", "key"),
        *_whole("place"),
        *_plain("kind"),
        *_words("subject"),
        *_plain("payload", "state"),
        *_whole("attempt"),
        *_words("owner"),
        *_big("taken_at", "next_try_at", null=True),
        *_words("remote_id", null=True),
        *_words("error"),
        sa.PrimaryKeyConstraint("tenant_id", "key"),
    )
    op.create_index("effects_by_state", "effects", ["tenant_id", "state", "place"])
    op.create_table(
        "events",
        *_words("tenant_id", "event_id", "stream"),
        *_whole("place"),
        *_big("published_at"),
        *_plain("body"),
        sa.PrimaryKeyConstraint("tenant_id", "event_id"),
    )
    op.create_index("events_by_stream", "events", ["tenant_id", "stream", "place"])


def _outbox() -> None:
    op.create_table(
        "drafts",
        *_words("tenant_id", "draft_id", "key", "account_id", "incident_id"),
        *_whole("revision"),
        *_words("communication_type", "rep_email"),
        *_plain("to"),
        *_words("subject", "body_text", "body_html"),
        *_big("created_at"),
        *_plain("state"),
        sa.PrimaryKeyConstraint("tenant_id", "draft_id"),
        sa.UniqueConstraint("tenant_id", "key", name="drafts_once"),
    )
    op.create_index("drafts_by_account", "drafts", ["tenant_id", "account_id", "created_at"])
    op.create_index("drafts_by_time", "drafts", ["tenant_id", "created_at"])
    op.create_table(
        "alerts",
        *_words("tenant_id", "key", "channel", "rep_email", "account_id", "incident_id"),
        *_whole("revision"),
        *_words("text"),
        *_big("created_at"),
        sa.PrimaryKeyConstraint("tenant_id", "key"),
    )
    op.create_index("alerts_by_rep", "alerts", ["tenant_id", "rep_email", "created_at"])
    op.create_index("alerts_by_time", "alerts", ["tenant_id", "created_at"])
