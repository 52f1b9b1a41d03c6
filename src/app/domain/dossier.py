"""An account's dossier: everything an agent may know of it at one moment, frozen.

It is read in one transaction and handed to an agent's graph, which reads nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.account import Rep, Stakeholder
from app.domain.act import Note
from app.domain.activity import Interaction
from app.domain.assessment import Agent
from app.domain.book import AccountFacts, BookContext
from app.domain.document import Document
from app.domain.draft import Draft
from app.domain.feed import FeedView
from app.domain.health_record import HealthRecord, Snapshot
from app.domain.incident import Incident
from app.domain.opportunity import Opportunity
from app.domain.override import Words
from app.domain.tenant_settings import TenantSettings
from app.domain.ticket import Ticket

FEWEST_PEERS = 5
"""Fewer comparable accounts say nothing about what is usual."""

USAGE_DAYS = 90
"""A quarter: so many days up to the end of the usage data are summed by feature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureUse:
    """How much one feature was used over some days."""

    events: int
    """How often, in the source's own unit."""
    logins: int
    active_users: int
    """The most on any one day: who comes daily is counted once."""
    days: int
    """Days with any use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """Comparable accounts: of the same segment and of like tenure, this one left out."""

    compared: int
    """How many there are with any known use."""
    users_by_feature: Mapping[str, int]
    """How many of them used each feature in the last 28 days; features nobody used are left out."""
    median_adoption_rate: float | None
    """0-1; None: too few to say."""
    how: str
    """In words: which accounts they are, such as `18 accounts of segment mid-market, 1-3 years`."""
    users_by_integration: Mapping[str, int] = field(default_factory=dict)
    """How many of them have each integration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One account at `context.now`."""

    tenant_id: str
    context: BookContext
    settings: TenantSettings
    feeds: FeedView
    facts: AccountFacts
    rep: Rep
    """Its owner, else the tenant's default owner, else nobody (empty e-mail)."""
    stakeholders: tuple[Stakeholder, ...]
    records: Mapping[Agent, HealthRecord]
    """The account record as last scanned; an agent that never scanned it is left out."""
    history: Mapping[Agent, tuple[Snapshot, ...]]
    """Up to 400 points each, oldest first."""
    incidents: tuple[Incident, ...]
    """Live ones."""
    tickets: tuple[Ticket, ...]
    """Of the last 180 days, open or not, newest first, at most 500."""
    contacts: tuple[Interaction, ...]
    """Newest first, at most 50."""
    letters: tuple[Draft, ...]
    """Drafts of any state, newest first."""
    opportunities: tuple[Opportunity, ...]
    documents: tuple[Document, ...]
    """The account's own and the tenant's."""
    peers: Peers
    usage_90: Mapping[str, FeatureUse] = field(default_factory=dict)
    """By feature, the `USAGE_DAYS` up to `context.usage_until`; empty name: the product as a whole.
    Features without any use are left out."""
    measured: Mapping[Agent, tuple[Snapshot, ...]] = field(default_factory=dict)
    """Points with their ledgers, oldest first: as of `USAGE_DAYS` ago, or the first ever, and the
    newest. One where both are the same, none where an agent never scanned it."""
    words: Words = field(default_factory=dict)
    """Reps' last words on its bands, in force or not."""
    notes: tuple[Note, ...] = ()
    """Reps' own, newest first, at most 20."""

    @property
    def account_id(self) -> str:
        """Whose dossier it is."""
        return self.facts.account.account_id
