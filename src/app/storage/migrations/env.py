"""Alembic's entry: runs revisions on the connection it is given, in its transaction."""

from __future__ import annotations

from alembic import context

from app.storage import (  # noqa: F401 -- they fill the metadata
    agent_tables,
    api_tables,
    event_tables,
    fact_tables,
    model_tables,
    notion_tables,
    people_tables,
    record_tables,
    source_tables,
    user_tables,
)
from app.storage.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
