"""What was asked of a model: each call with its cost, and the answers that were paid for.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "model_calls",
        *_words("tenant_id", "call_id", is_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        *_words("agent", "account_id", "purpose", "model", "state"),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
    )
    op.create_index("model_calls_by_time", "model_calls", ["tenant_id", "at"])
    op.create_table(
        "model_answers",
        *_words("tenant_id", "key", is_key=True),
        *_words("model", "answer"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("model_answers_by_time", "model_answers", ["tenant_id", "made_at"])


def _words(*names: str, is_key: bool = False) -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return (sa.Column(name, kind, primary_key=is_key, nullable=False) for name in names)
