"""Signals as another system reports them.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reported_signals",
        *_words("tenant_id", "account_id"),
        sa.Column("reported_on", sa.Integer(), nullable=False),
        *_words("source"),
        sa.Column("feature_adoption_rate", sa.Double()),
        sa.Column("usage_trend", sa.Text()),
        sa.Column("logins_per_week", sa.Double()),
        sa.Column("last_interaction_on", sa.Integer()),
        sa.Column("payment_status", sa.Text()),
        sa.Column("stakeholder_engagement", sa.Text()),
        sa.Column("nps", sa.BigInteger()),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "reported_on", "source"),
        sqlite_with_rowid=False,
    )


def _words(*names: str) -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return (sa.Column(name, kind, nullable=False) for name in names)
