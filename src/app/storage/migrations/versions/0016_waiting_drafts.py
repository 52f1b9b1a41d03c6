"""Drafts by what became of them: those that wait are counted and walked through on every page.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = ["tenant_id", "state", "created_at", "draft_id", "account_id"]
    op.create_index("drafts_by_state", "drafts", columns)
