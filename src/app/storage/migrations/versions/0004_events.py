"""The embedded bus: streams, groups, what they have in hand, dead letters; marks of the handled.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _streams_and_groups()
    _in_hand()
    _set_aside()
    # Until now a tenant's events were counted through; as numbers of a stream they do as well.
    op.execute(
        "INSERT INTO event_streams (tenant_id, stream, last_place, length, trimmed) "
        "SELECT tenant_id, stream, MAX(place), COUNT(*), 0 FROM events GROUP BY tenant_id, stream"
    )


def _words(*names: str, null: bool = False) -> Iterator[sa.Column[str]]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return (sa.Column(name, kind, nullable=null) for name in names)


def _whole(*names: str) -> Iterator[sa.Column[int]]:
    return (sa.Column(name, sa.Integer(), nullable=False) for name in names)


def _big(*names: str, null: bool = False) -> Iterator[sa.Column[int]]:
    return (sa.Column(name, sa.BigInteger(), nullable=null) for name in names)


def _streams_and_groups() -> None:
    op.create_table(
        "event_streams",
        *_words("tenant_id", "stream"),
        *_whole("last_place", "length", "trimmed"),
        sa.PrimaryKeyConstraint("tenant_id", "stream"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event_groups",
        *_words("tenant_id", "stream", "group_name"),
        *_whole("given", "missed"),
        sa.PrimaryKeyConstraint("tenant_id", "stream", "group_name"),
        sqlite_with_rowid=False,
    )


def _in_hand() -> None:
    op.create_table(
        "event_deliveries",
        *_words("tenant_id", "stream", "group_name"),
        *_whole("place"),
        *_words("event_id", "consumer"),
        *_whole("count"),
        *_big("due_at"),
        *_words("error"),
        *_big("published_at", null=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "stream", "group_name", "place"),
    )
    op.create_index(
        "deliveries_by_due",
        "event_deliveries",
        ["tenant_id", "stream", "group_name", "due_at", "place"],
    )


def _set_aside() -> None:
    op.create_table(
        "event_parked",
        *_words("tenant_id", "stream", "group_name", "event_id"),
        *_whole("place", "count"),
        *_words("error"),
        *_big("parked_at", "published_at"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "stream", "group_name", "event_id"),
    )
    op.create_index("parked_by_time", "event_parked", ["tenant_id", "parked_at", "place"])
    op.create_table(
        "handled_events",
        *_words("tenant_id", "group_name", "event_id"),
        *_big("handled_at"),
        sa.PrimaryKeyConstraint("tenant_id", "group_name", "event_id"),
    )
    op.create_index("handled_by_time", "handled_events", ["tenant_id", "handled_at"])
