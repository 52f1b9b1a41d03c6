"""Which facts the rows of Accounts in Notion have told.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "notion_said",
        sa.Column("tenant_id", kind, nullable=False),
        sa.Column("account_id", kind, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "account_id"),
        sqlite_with_rowid=False,
    )
