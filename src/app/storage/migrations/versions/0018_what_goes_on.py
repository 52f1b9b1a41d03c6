"""Work that is open, and every source of the audit log by its moment: what the desk is asked for.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_OPEN = sa.text("state <> 'done'")


def upgrade() -> None:
    op.create_index(
        "effects_open",
        "effects",
        ["tenant_id", "kind", "state", "taken_at", "next_try_at"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "acts_by_time", "acts", ["tenant_id", "at", "place", "by", "kind", "account_id"]
    )
    op.create_index(
        "documents_by_time", "documents", ["tenant_id", "made_at", "made_by", "subject"]
    )
    op.create_index(
        "opportunities_by_time",
        "opportunities",
        ["tenant_id", "found_at", "opportunity_id", "found_by", "account_id"],
    )
    op.drop_index("drafts_by_time", "drafts")
    op.create_index(
        "drafts_by_time", "drafts", ["tenant_id", "created_at", "draft_id", "account_id"]
    )
    op.drop_index("revisions_by_time", "incident_revisions")
    op.create_index(
        "revisions_by_time",
        "incident_revisions",
        ["tenant_id", "at", "change", "incident_id", "revision", "kind", "subject"],
    )
