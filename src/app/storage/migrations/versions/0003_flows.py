"""Which effects have flows, why one is parked; slots that were started; files a feed brought.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("effects", sa.Column("parked_for", words, nullable=True))
    op.add_column("effects", sa.Column("started_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "slots",
        sa.Column("tenant_id", words, primary_key=True),
        sa.Column("job", words, primary_key=True),
        sa.Column("subject", words, primary_key=True),
        sa.Column("slot", words, primary_key=True),
        sa.Column("flow_id", words, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("slots_by_time", "slots", ["tenant_id", "started_at"])
    op.create_table(
        "feed_files",
        sa.Column("tenant_id", words, primary_key=True),
        sa.Column("feed", words, primary_key=True),
        sa.Column("name", words, primary_key=True),
        sa.Column("kind", words, nullable=True),
        sa.Column("stamp", words, nullable=False),
        sa.Column("digest", words, nullable=False),
        sa.Column("rules", words, nullable=False),
        sa.Column("came_at", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("trouble", words, nullable=False),
        sa.Column("remark", words, nullable=False),
    )
