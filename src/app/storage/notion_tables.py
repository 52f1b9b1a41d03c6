"""Tables of what is remembered of Notion: databases, pages, what was written and what was told."""

from __future__ import annotations

from sqlalchemy import Index, Table

from app.domain.notion import NotionPageKind, NotionRole
from app.storage.columns import body, choice, flag, key, metadata, moment, text, texts

notion_databases = Table(
    "notion_databases",
    metadata,
    *key(),
    choice("role", NotionRole, in_key=True),
    text("database_id"),
    text("data_source_id"),
    body("columns"),
    flag("is_written"),
    text("url"),
    moment("read_until", optional=True),
    moment("full_read_at", optional=True),
)

notion_pages = Table(
    "notion_pages",
    metadata,
    *key(),
    choice("kind", NotionPageKind, in_key=True),
    *key("key")[1:],
    text("page_id"),
    text("url"),
    moment("intended_at", optional=True),
    Index("notion_pages_by_page", "tenant_id", "page_id"),
)

notion_fields = Table(
    "notion_fields",
    metadata,
    *key(),
    choice("kind", NotionPageKind, in_key=True),
    *key("key")[1:],
    body("written"),
    moment("written_at"),
)

notion_layouts = Table(
    "notion_layouts",
    metadata,
    *key(),
    choice("kind", NotionPageKind, in_key=True),
    *key("key")[1:],
    body("body"),
    text("digest"),
    moment("kept_at"),
)

notion_said = Table("notion_said", metadata, *key("account_id"), texts("facts"))
