"""Which effects have flows and why one is parked; slots of the schedule that were started.

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
