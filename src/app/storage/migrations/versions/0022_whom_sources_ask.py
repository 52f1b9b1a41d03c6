"""What a source of tickets was asked, and of whom: what was read elsewhere says nothing of it.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column(
        "source_cursors", sa.Column("whom", text, nullable=False, server_default=sa.text("''"))
    )
