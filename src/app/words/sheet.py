"""What a text may speak of: figures, days, names, tickets and links, each with what it is about.

Who makes it of which facts (`given.py`), and how a text is held to it, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Audience(StrEnum):
    """Who will read the text."""

    CUSTOMER = "customer"
    REP = "rep"


class About(StrEnum):
    """What a day is about."""

    ANYTHING = "anything"
    """Told by a text of our own: it may be told of whatever that text told it of."""
    NOW = "now"
    TALK = "talk"
    HEARD = "heard"
    """When the integration was last heard of."""
    TICKET = "ticket"
    SOLVED = "solved"
    RELEASE = "release"
    PLAN = "plan"
    CUSTOMER = "customer"
    CONTRACT = "contract"


class Noun(StrEnum):
    """What a number counts."""

    TICKETS = "tickets"
    """Open and solved together."""
    OPEN = "open tickets"
    SOLVED = "solved tickets"
    URGENT = "urgent tickets"
    """And those that are not, and those that have waited too long."""
    SEATS = "seats"
    PEOPLE = "people"
    FEATURES = "features"
    SYSTEMS = "systems"
    NEWS = "news"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDay:
    """A day, or a period where `last` is later, with what it is about."""

    about: About
    first: date
    last: date
    moment: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSpan:
    """So many hours, such as those of a silence."""

    about: About
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTicket:
    """A ticket that may be named, in plain text."""

    ticket_id: str
    subject: str
    priority: str
    component: str
    is_open: bool
    days: tuple[GivenDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a text may speak of. All texts are plain (`seen.plain`)."""

    audience: Audience
    now: datetime
    recipients: frozenset[str]
    """Addresses, without case."""
    greeted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By address: how one may be greeted, without case."""
    senders: frozenset[str] = frozenset()
    """How it may be signed, without case."""
    addresses: frozenset[str] = frozenset()
    """E-mail addresses that may stand in the text, without case."""
    phrases: frozenset[str] = frozenset()
    """Names of more than one word, or with more than letters in them."""
    words: frozenset[str] = frozenset()
    """Words of names, without case."""
    quotes: frozenset[str] = frozenset()
    """Other people's texts, to be quoted whole."""
    tickets: tuple[GivenTicket, ...] = ()
    hosts: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    days: tuple[GivenDay, ...] = ()
    spans: tuple[GivenSpan, ...] = ()
    counts: Mapping[Noun, frozenset[Decimal]] = field(default_factory=dict)
    seat_pairs: frozenset[tuple[int, int]] = frozenset()
    """Seats used, beside those bought."""
    figures: frozenset[Decimal] = frozenset()
    """Numbers that texts of our own tell, whatever they count."""
    percents: frozenset[Decimal] = frozenset()
    money: frozenset[Decimal] = frozenset()
    versions: frozenset[str] = frozenset()
    lines: tuple[str, ...] = ()
    """The facts of a review's section, one a line: what is told beside a number is told of it."""
    health_words: frozenset[str] = frozenset()
    """Words of health and its bands that the section itself says to its reader."""
    promises: frozenset[str] = frozenset()
    """What the facts promise, in these words alone."""
