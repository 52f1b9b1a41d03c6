"""The HTTP door: keys, answers given, heartbeats without an account.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        *_words("tenant_id", "digest", is_key=True),
        *_words("name", "role", "prefix"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        *_words("made_by"),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
    )
    op.create_table(
        "given_answers",
        *_words("tenant_id", "asker", "request_id", is_key=True),
        *_words("fingerprint"),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("given_answers_by_age", "given_answers", ["tenant_id", "given_at"])
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "parked_heartbeats",
        sa.Column("tenant_id", kind, nullable=False),
        sa.Column("named", kind, nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("api_calls", sa.BigInteger(), nullable=True),
        sa.Column("errors", sa.BigInteger(), nullable=True),
        *_words("version"),
        sa.Column("parked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "named", "seen_at"),
        sqlite_with_rowid=False,
    )


def _words(*names: str, is_key: bool = False) -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return (sa.Column(name, kind, primary_key=is_key, nullable=False) for name in names)
