"""What agents leave behind besides scores: documents and opportunities.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        *_words("tenant_id", "kind", "subject", "key", is_key=True),
        *_words("title"),
        sa.Column("body", sa.Text(), nullable=False),
        *_words("made_by"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("documents_by_subject", "documents", ["tenant_id", "subject", "made_at"])
    op.create_table(
        "opportunities",
        *_words("tenant_id", "opportunity_id", is_key=True),
        *_words("account_id", "kind", "name", "found_by", "state"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        *_words("why_held"),
    )
    op.create_index(
        "opportunities_by_account", "opportunities", ["tenant_id", "account_id", "found_at"]
    )
    op.create_index("opportunities_by_state", "opportunities", ["tenant_id", "state", "found_at"])


def _words(*names: str, is_key: bool = False) -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return (sa.Column(name, kind, primary_key=is_key, nullable=False) for name in names)
