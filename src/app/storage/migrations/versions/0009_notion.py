"""What is remembered of Notion: databases, pages, and what was last written on them.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notion_databases",
        *_words("tenant_id", "role", is_key=True),
        *_words("database_id", "data_source_id"),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("is_written", sa.SmallInteger(), nullable=False),
        *_words("url"),
        sa.Column("read_until", sa.BigInteger(), nullable=True),
        sa.Column("full_read_at", sa.BigInteger(), nullable=True),
    )
    op.create_table(
        "notion_pages",
        *_words("tenant_id", "kind", "key", is_key=True),
        *_words("page_id", "url"),
        sa.Column("intended_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("notion_pages_by_page", "notion_pages", ["tenant_id", "page_id"])
    op.create_table(
        "notion_fields",
        *_words("tenant_id", "kind", "key", is_key=True),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "notion_layouts",
        *_words("tenant_id", "kind", "key", is_key=True),
        sa.Column("body", sa.Text(), nullable=False),
        *_words("digest"),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
    )


def _words(*names: str, is_key: bool = False) -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return (sa.Column(name, kind, primary_key=is_key, nullable=False) for name in names)
