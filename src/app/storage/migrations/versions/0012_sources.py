"""How far sources of tickets were read, and which tickets are theirs.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_cursors",
        *_words("tenant_id", "feed", is_key=True),
        sa.Column("read_until", sa.BigInteger(), nullable=True),
        *_words("cursor"),
        sa.Column("full_read_at", sa.BigInteger(), nullable=True),
    )
    op.create_table(
        "source_tickets",
        *_words("tenant_id", "feed", "source_id", is_key=True),
        *_words("ticket_id"),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        *_words("ended"),
    )


def _words(*names: str, is_key: bool = False) -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return (sa.Column(name, kind, primary_key=is_key, nullable=False) for name in names)
