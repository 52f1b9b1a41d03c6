"""Where a draft is, whose words it has, and why others were refused.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in _columns():
        op.add_column("drafts", column)


def _columns() -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    for name, default in (
        ("worded_by", "template"),
        ("confidence", "high"),
        ("refused", "[]"),
        ("words_hash", ""),
        ("box", "outbox"),
        ("remote_id", ""),
        ("account_name", ""),
    ):
        yield sa.Column(name, kind, nullable=False, server_default=default)
