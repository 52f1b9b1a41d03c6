"""What Tend remembers of Notion: the databases it works with, and the pages it made or found.

Every page is known by a key of ours, so that none is made twice. It knows no requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue

NOTION = "notion"
"""The feed's name, and the source of the signals that it reports."""


class NotionRole(StrEnum):
    """What a database is to us."""

    ACCOUNTS = "accounts"
    TICKETS = "tickets"
    QBRS = "qbrs"


class NotionPageKind(StrEnum):
    """What a page is about, and what its key is made of."""

    ACCOUNT = "account"
    """A row of Accounts; its key is the account's id."""
    PROFILE = "profile"
    """The profile below an account's page; its key is the account's id."""
    TICKET = "ticket"
    """A row of Support Tickets; its key is the ticket's id."""
    QBR = "qbr"
    """A row of QBRs; its key is `{account_id}:{document key}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionColumn:
    """A column as Notion has it; its id outlives its name."""

    property_id: str
    type: str
    """Notion's word, such as `number` or `rich_text`."""
    name: str
    """As it was called when last read; for people and errors alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionDatabase:
    """One database that is connected."""

    role: NotionRole
    database_id: str
    data_source_id: str
    """Where its rows are."""
    columns: Mapping[str, NotionColumn]
    """By our name for them (`services/notion/columns.py`); those it has not are left out."""
    is_written: bool
    """Whether rows of it are ours to make and keep up. Support Tickets that somebody else fills
    are only read."""
    url: str = ""
    read_until: datetime | None = None
    """Everything edited before it has been read; None: nothing yet."""
    full_read_at: datetime | None = None
    """When it was last read from end to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionPage:
    """A page that is there, or that was about to be made (then `page_id` is empty)."""

    kind: NotionPageKind
    key: str
    page_id: str = ""
    url: str = ""
    intended_at: datetime | None = None
    """Since when it is being made; None: it is there. Before another try it is looked up by key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionFields:
    """The fields of a page's properties as we last wrote them."""

    kind: NotionPageKind
    key: str
    written: Mapping[str, JsonValue] = field(default_factory=dict)
    """By our name of the column, in our values."""
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionLayout:
    """The blocks of ours on one page, as we last left them."""

    kind: NotionPageKind
    key: str
    body: Mapping[str, JsonValue]
    """Of a shape that the layout's own code reads (`services/notion/layout*.py`)."""
    digest: str
    """Hash of what was last to be shown: the same again needs no request."""
    kept_at: datetime
