"""Whom sources of tickets reach, how far a full reading came, and releases whose letters are owed.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column(
        "source_cursors", sa.Column("system", text, nullable=False, server_default=sa.text("''"))
    )
    op.create_index("source_tickets_by_ticket", "source_tickets", ["tenant_id", "ticket_id"])
    op.create_table(
        "source_passes",
        *_words("tenant_id", "feed", is_key=True),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        *_words("asked", "position"),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("newest", sa.BigInteger(), nullable=True),
    )
    op.create_table(
        "source_pass_pages",
        *_words("tenant_id", "feed", is_key=True),
        sa.Column("page", sa.Integer(), primary_key=True, nullable=False, autoincrement=False),
        sa.Column("seen", sa.Text(), nullable=False),
    )
    op.create_table(
        "owed_letters",
        *_words("tenant_id", "version", is_key=True),
        sa.Column("owed_at", sa.BigInteger(), nullable=False),
    )


def _words(*names: str, is_key: bool = False) -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return (sa.Column(name, kind, primary_key=is_key, nullable=False) for name in names)
