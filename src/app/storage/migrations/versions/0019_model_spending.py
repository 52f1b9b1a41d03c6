"""Calls to the model by time, with what they cost: a month's sums are read from the index alone.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = ["tenant_id", "at", "agent", "cost_micros", "input_tokens", "output_tokens"]
    op.drop_index("model_calls_by_time", "model_calls")
    op.create_index("model_calls_by_time", "model_calls", columns)
