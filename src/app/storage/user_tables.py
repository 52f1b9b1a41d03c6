"""Tables of signing in: users, sessions, one-time links, wrong passwords."""

from __future__ import annotations

from sqlalchemy import Table

from app.domain.viewer import Role, Sight
from app.storage.columns import choice, flag, key, metadata, moment, small, text

users = Table(
    "users",
    metadata,
    *key("email"),
    text("name"),
    choice("role", Role),
    choice("sight", Sight),
    text("password_hash"),
    moment("password_at"),
    moment("made_at"),
    text("made_by"),
    moment("ended_at", optional=True),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    *key("digest"),
    text("by"),
    flag("is_by_link"),
    moment("began_at"),
    moment("seen_at"),
)
"""Looked up by digest; what it was made of is kept nowhere."""

sign_in_links = Table(
    "sign_in_links",
    metadata,
    *key("digest"),
    text("by"),
    moment("made_at"),
    moment("ends_at"),
)
"""A row goes when its link is used."""

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    *key("digest"),
    small("failures"),
    moment("last_at"),
)
