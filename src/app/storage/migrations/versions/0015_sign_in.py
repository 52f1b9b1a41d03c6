"""Signing in to the dashboard: users, sessions, one-time links, wrong passwords.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        *_words("tenant_id", "email", is_key=True),
        *_words("name", "role", "sight", "password_hash"),
        *_moments("password_at", "made_at"),
        *_words("made_by"),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
    )
    op.create_table(
        "web_sessions",
        *_words("tenant_id", "digest", is_key=True),
        *_words("by"),
        sa.Column("is_by_link", sa.SmallInteger(), nullable=False),
        *_moments("began_at", "seen_at"),
    )
    op.create_table(
        "sign_in_links",
        *_words("tenant_id", "digest", is_key=True),
        *_words("by"),
        *_moments("made_at", "ends_at"),
    )
    op.create_table(
        "sign_in_failures",
        *_words("tenant_id", "digest", is_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        *_moments("last_at"),
    )


def _words(*names: str, is_key: bool = False) -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return (sa.Column(name, kind, primary_key=is_key, nullable=False) for name in names)


def _moments(*names: str) -> Iterator[sa.Column[int]]:
    return (sa.Column(name, sa.BigInteger(), nullable=False) for name in names)
