"""Incidents' changes by when they were, contracts by when they end: what a day's page asks for.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = ["tenant_id", "at", "change", "incident_id", "revision"]
    op.create_index("revisions_by_time", "incident_revisions", columns)
    op.create_index("contracts_by_end", "contracts", ["tenant_id", "ends_on"])
