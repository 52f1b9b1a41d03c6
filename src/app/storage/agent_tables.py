"""Tables of what agents leave behind besides scores: documents and opportunities."""

from __future__ import annotations

from sqlalchemy import Index, Table

from app.domain.document import DocumentKind
from app.domain.opportunity import OpportunityKind, OpportunityState
from app.storage.columns import body, choice, key, metadata, moment, text

documents = Table(
    "documents",
    metadata,
    *key(),
    choice("kind", DocumentKind, in_key=True),
    *key("subject", "key")[1:],
    text("title"),
    body("body"),
    text("made_by"),
    moment("made_at"),
    Index("documents_by_subject", "tenant_id", "subject", "made_at"),
    Index("documents_by_time", "tenant_id", "made_at", "made_by", "subject"),
)

owed_letters = Table("owed_letters", metadata, *key("version"), moment("owed_at"))
"""Releases that are kept and whose letters nobody has been asked for yet."""

opportunities = Table(
    "opportunities",
    metadata,
    *key("opportunity_id"),
    text("account_id"),
    choice("kind", OpportunityKind),
    text("name"),
    text("found_by"),
    choice("state", OpportunityState),
    body("body"),
    moment("found_at"),
    moment("updated_at"),
    text("why_held"),
    Index("opportunities_by_account", "tenant_id", "account_id", "found_at"),
    Index("opportunities_by_state", "tenant_id", "state", "found_at"),
    Index(
        "opportunities_by_time",
        *("tenant_id", "found_at", "opportunity_id", "found_by", "account_id"),
    ),
)
