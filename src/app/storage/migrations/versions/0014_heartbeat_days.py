"""Heartbeats summed up by day. Those that are there are summed up by days of UTC.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_DAYS = """
INSERT INTO heartbeat_days (tenant_id, account_id, day, calls, errors, first_seen, last_seen)
SELECT tenant_id, account_id, CAST(seen_at / 86400000000 + 719163 AS INTEGER),
    CAST(SUM(api_calls) AS BIGINT), CAST(SUM(errors) AS BIGINT), MIN(seen_at), MAX(seen_at)
FROM heartbeats GROUP BY tenant_id, account_id, seen_at / 86400000000
"""
"""719163 is the ordinal of the first of January 1970."""


def upgrade() -> None:
    op.create_table(
        "heartbeat_days",
        *_words("tenant_id", "account_id"),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=True),
        sa.Column("errors", sa.BigInteger(), nullable=True),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "day"),
        sqlite_with_rowid=False,
    )
    op.execute(_DAYS)


def _words(*names: str) -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return (sa.Column(name, kind, nullable=False) for name in names)
