"""What a ticket system is to Tend: one `SourceSpec`, which is data, and the ports it is read by.

A new system is added in three steps, and the runner (`app.feeds.sync`) learns nothing new:

1. `feeds/SYSTEM_source.py` states the spec: the list call, where in its answers the items are, how
   pages follow each other, how to ask for what changed, and which path holds which column.
2. The same module has a `TicketSystem`, whose `look()` asks once for what has to be known before
   reading (field ids, time zone, names of statuses) and puts it into the spec. Pages come from
   `app.feeds.sync_pages.HttpPages`, whatever the system. Calls and pydantic config of its own are
   in `services/SYSTEM/`; its `Auth` is `app.services.fixed_auth.FixedAuth` for most.
3. `bootstrap/ticket_systems.py` names it.

Paths are dotted: `fields.status.name`. A step into a list goes on in each of its entries, so that
`fields.components.name` holds all their names; a path that leads nowhere holds nothing.

Templates are texts with `{since}`, `{position}`, `{size}` and the spec's own `variables`. A value
that is one placeholder alone keeps its type, and its key is left out while there is nothing to put.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from pydantic import JsonValue

from app.domain.ticket import Priority, TicketStatus

Item: TypeAlias = Mapping[str, JsonValue]
"""One ticket as the source gives it."""
Reader: TypeAlias = str | Callable[[Item], JsonValue]
"""A dotted path, or a named function for what no path says; it may raise `CellRefused`."""


class Method(StrEnum):
    """How a list is asked for."""

    GET = "GET"
    POST = "POST"


class AuthKind(StrEnum):
    """How calls show who we are."""

    BASIC = "basic"
    BEARER = "bearer"
    HEADER = "header"
    KAYAKO_SESSION = "kayako_session"
    KAYAKO_HMAC = "kayako_hmac"


class Paging(StrEnum):
    """How pages follow each other: what `{position}` is on the next one."""

    TOKEN_BODY = "token_body"  # noqa: S105 -- a word, no secret
    """The token at `position_path`; none on the first page."""
    CURSOR = "cursor"
    """As a token; the last one can begin the next reading (`Change.CURSOR`)."""
    OFFSET = "offset"
    """`first`, and as many items further as the page had, less the overlap."""
    PAGE = "page"
    """`first`, and one more each time."""
    LINK = "link"
    """The address in the header `Link` with rel=next is called as it is."""
    NEXT_URL = "next_url"
    """The address at `position_path` is called as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paginator:
    """How pages follow each other. A page that is empty is always the last one.

    A page that is merely short is not. A position that was there before is the end, and a fault.
    """

    kind: Paging
    size: int = 100
    position_path: str = ""
    """Where a page holds the token or the address of the next."""
    total_path: str = ""
    """Where a page holds how many items there are, for OFFSET and PAGE."""
    end_path: str = ""
    """Where a page says true when it is the last one."""
    first: int = 0
    overlap: int = 0
    """For OFFSET: items that each page has in common with the one before. Where tickets are ordered
    by update, one that changes meanwhile goes to the end, and all behind it move up."""
    most_pages: int = 10_000
    """Reading breaks off with an error after so many."""


class Change(StrEnum):
    """How a source is asked for what has changed."""

    SINCE = "since"
    """It filters: `{since}` in the incremental templates."""
    NEWEST_FIRST = "newest_first"
    """It cannot filter, but lists by update, newest first: reading stops at a page that is older
    as a whole."""
    CURSOR = "cursor"
    """Its own cursor is kept, and goes on where it stopped."""
    NEVER = "never"
    """It cannot tell: every reading is a full one."""


class MomentForm(StrEnum):
    """How `{since}` is written."""

    ISO = "iso"
    """2026-11-21T17:05:00Z."""
    EPOCH = "epoch"
    """Seconds since 1970."""
    JQL = "jql"
    """2026-11-21 17:05, in `zone`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incremental:
    """How what has changed is asked for, instead of everything."""

    kind: Change
    overlap_minutes: float = 5.0
    """How far before the newest update that was seen it begins."""
    form: MomentForm = MomentForm.ISO
    zone: str = "UTC"
    """IANA time zone that the source reads `{since}` in."""
    oldest_first: bool = False
    """Whether changes come in the order of their updates: how far was read is kept page by page."""


Parameters: TypeAlias = Mapping[str, JsonValue]
"""A query or a body, as a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCall:
    """The call that lists tickets."""

    path: str
    """A template as well."""
    method: Method = Method.GET
    query: Parameters = field(default_factory=dict)
    body: Parameters = field(default_factory=dict)
    """For POST."""
    since: Parameters = field(default_factory=dict)
    """What stands in the query (of a POST: the body) instead when only changes are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFields:
    """Where an item holds what; "" means that the source has no such thing.

    Moments may be ISO 8601 or seconds since 1970. Text is cleaned, whatever it comes from.
    """

    source_id: Reader
    """The id that stays, whatever happens to the ticket."""
    ticket_id: Reader
    """The number that people know it by; often the same."""
    status: Reader
    """The category or type, never a name that people choose; looked up in `status_by`."""
    created_at: Reader
    updated_at: Reader
    priority: Reader = ""
    """Level or name; looked up in `priority_by`, then among the usual words."""
    subject: Reader = ""
    resolved_at: Reader = ""
    component: Reader = ""
    reopened: Reader = ""
    escalated: Reader = ""
    csat: Reader = ""
    """1 (bad) to 5 (good)."""
    merged_into: Reader = ""
    """The ticket that goes on with this one, which is closed then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HintPaths:
    """Where an item holds what the account resolver goes by; every value found is a hint."""

    organizations: tuple[str, ...] = ()
    """Organisations of Jira Service Management."""
    field_values: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    project: str = ""
    email: tuple[str, ...] = ()
    """The requester's address; only its domain is kept. The first one found counts."""
    external_organizations: tuple[str, ...] = ()
    """Ids of organisations in this system; kept as `SYSTEM-organization:ID`."""


def json_page(content: bytes) -> JsonValue:
    """The decoder of nearly every system. Raises ValueError."""
    value: JsonValue = json.loads(content)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """All that Tend has to know of a ticket system."""

    system: str
    """Its name: of its budget, in errors, and in the table of external ids."""
    call: ListCall
    items_path: str
    """Where a page holds its items; "" where the page itself is the list."""
    paginator: Paginator
    incremental: Incremental
    fields: TicketFields
    hints: HintPaths
    auth: AuthKind
    status_by: Mapping[str, TicketStatus]
    """By category or type in lower case; what is not there is looked up among the usual words, and
    counts as open when nobody knows it."""
    priority_by: Mapping[str, Priority] = field(default_factory=dict)
    """By level or name in lower case."""
    status_names: Mapping[str, str] = field(default_factory=dict)
    """What the keys of `status_by` are called where they are numbers; for people alone."""
    priority_names: tuple[str, ...] = ()
    """The priorities that a system lists, used or not; for people alone."""
    id_prefix: str = ""
    """Before each ticket's number, so that systems that count from 1 keep apart: `ZD-`."""
    gone_path: str = ""
    """Where an item tells that it is deleted,"""
    gone_values: frozenset[str] = frozenset()
    """by one of these words, in lower case."""
    lists_all: bool = True
    """Whether a full reading lists everything there is: only then is what it lacks gone."""
    decode: Callable[[bytes], JsonValue] = json_page
    """An answer's body; XML needs one of its own, as do side-loaded lists that are to be joined.
    Raises ValueError for what it cannot read."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """For the templates; what `look()` found out and settings say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a reading begins: at everything, at a moment, or at a source's own cursor."""

    since: datetime | None = None
    """The overlap is taken off already; None: from the beginning."""
    cursor: str = ""
    """For `Change.CURSOR`."""
    position: str = ""
    """Of the page to begin with, as an earlier page's `onward` named it; empty: the first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """One page as the source gave it."""

    items: tuple[JsonValue, ...]
    cursor: str = ""
    """For `Change.CURSOR`: where a reading after this page begins."""
    is_whole: bool = True
    """False on the last page of a list that breaks off: nothing may be taken as gone then."""
    total: int | None = None
    """How many items there are in all, where the page tells."""
    onward: str = ""
    """The position of the next page; empty: there is none."""


class PageSource(Protocol):
    """Pages of a list, one after the other."""

    def pages(self, place: Place) -> AsyncIterator[SourcePage]:
        """All pages from there on. Raises ServiceError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A system that is ready to be read."""

    spec: SourceSpec
    pages: PageSource
    address: str
    """Where it is: a position in its list means nothing elsewhere."""


class TicketSystem(Protocol):
    """One tenant's connection to one system."""

    @property
    def whom(self) -> str:
        """What the settings ask of which system, and where it is; its keys are left out."""
        ...

    async def look(self) -> Source:
        """Ask what has to be known before reading. Raises ServiceError."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...
