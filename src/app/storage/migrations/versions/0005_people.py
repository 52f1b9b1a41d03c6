"""What people do and say: the audit log, notes, words on bands and maturity, drafts' outcomes.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _diary()
    _words_that_stand()


def _words(*names: str, null: bool = False) -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return (sa.Column(name, kind, nullable=null) for name in names)


def _plain(*names: str, null: bool = False) -> Iterator[sa.Column[str]]:
    return (sa.Column(name, sa.Text(), nullable=null) for name in names)


def _big(*names: str, null: bool = False) -> Iterator[sa.Column[int]]:
    return (sa.Column(name, sa.BigInteger(), nullable=null) for name in names)


def _whole(*names: str) -> Iterator[sa.Column[int]]:
    return (sa.Column(name, sa.Integer(), nullable=False) for name in names)


def _diary() -> None:
    op.create_table(
        "acts",
        *_words("tenant_id"),
        *_whole("place"),
        *_big("at"),
        *_words("by"),
        *_plain("kind"),
        *_words("account_id", "about"),
        *_plain("before", "after"),
        sa.PrimaryKeyConstraint("tenant_id", "place"),
    )
    op.create_index("acts_by_account", "acts", ["tenant_id", "account_id", "place"])
    op.create_index("acts_by_record", "acts", ["tenant_id", "about", "place"])
    op.create_table(
        "notes",
        *_words("tenant_id", "account_id"),
        *_whole("place"),
        *_big("at"),
        *_words("by", "text"),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "place"),
    )


def _words_that_stand() -> None:
    op.create_table(
        "overrides",
        *_words("tenant_id", "account_id"),
        *_plain("agent", "band"),
        *_words("reason"),
        *_whole("until"),
        *_words("by"),
        *_big("at"),
        *_plain("told", null=True),
        *_big("since"),
        *_plain("tam_before", "csm_before", null=True),
        *_words("churn_before"),
        *_big("cleared_at", null=True),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "agent"),
    )
    op.create_table(
        "maturity_words",
        *_words("tenant_id", "account_id", "email"),
        *_plain("maturity"),
        *_words("by"),
        *_big("at"),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "email"),
    )
    op.create_table(
        "draft_outcomes",
        *_words("tenant_id", "draft_id", "account_id"),
        *_plain("state"),
        *_words("note", "by"),
        *_big("at"),
        sa.PrimaryKeyConstraint("tenant_id", "draft_id"),
    )
    op.create_index("outcomes_by_account", "draft_outcomes", ["tenant_id", "account_id"])
