"""Tables of the HTTP door: keys, answers given, heartbeats without an account."""

from __future__ import annotations

from sqlalchemy import Index, Table

from app.domain.api_key import KeyRole
from app.storage.columns import body, choice, key, metadata, moment, small, text, whole

api_keys = Table(
    "api_keys",
    metadata,
    *key("digest"),
    text("name"),
    choice("role", KeyRole),
    text("prefix"),
    moment("made_at"),
    text("made_by"),
    moment("last_used_at", optional=True),
    moment("ends_at", optional=True),
    moment("revoked_at", optional=True),
)
"""Looked up by digest; what it was made of is kept nowhere."""

given_answers = Table(
    "given_answers",
    metadata,
    *key("asker", "request_id"),
    text("fingerprint"),
    small("status"),
    body("body"),
    moment("given_at"),
    Index("given_answers_by_age", "tenant_id", "given_at"),
)

parked_heartbeats = Table(
    "parked_heartbeats",
    metadata,
    *key("named"),
    moment("seen_at", in_key=True),
    whole("api_calls", optional=True),
    whole("errors", optional=True),
    text("version"),
    moment("parked_at"),
    sqlite_with_rowid=False,
)
