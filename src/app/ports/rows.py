"""Small records that pass through the store's ports and belong to no other module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import JsonValue

from app.domain.incident import Revision
from app.domain.tenant_settings import TenantSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalId:
    """What another system calls one of our accounts."""

    system: str
    """Such as `jira-component`, `jira-project`, `jira-organization` or `kayako-organization`."""
    external_id: str
    account_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnresolvedTicket:
    """A ticket that no rule could tie to an account: listed, never guessed."""

    ticket_id: str
    source: str
    """File or feed it came by."""
    hints: str
    """What it offered: project, component, requester's domain …"""
    row: Mapping[str, JsonValue]
    """The ticket as it would have gone in, JSON-ready, so that it can go in once assigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsVersion:
    """One version of a tenant's settings."""

    version: int
    settings: TenantSettings
    applied_at: datetime | None
    """None for version 0: the defaults."""
    applied_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRevision:
    """A revision as stored, with how it was told."""

    revision: Revision
    scan_id: str
    delivery: str
    """`alert`, `digest` or `quiet`; empty: not decided yet."""
    rep_email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a revision is told, to whom, on which local day."""

    incident_id: str
    revision: int
    delivery: str
    """`alert`, `digest` or `quiet`."""
    rep_email: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event of the embedded bus; `body` is the event as JSON."""

    event_id: str
    stream: str
    published_at: datetime
    body: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotStart:
    """A slot of the schedule whose flow was asked for."""

    job: str
    slot: str
    """Which one: a local day, a quarter, a contract's term; sorts by time within a subject."""
    subject: str
    """The account it is for; empty: the whole book."""
    flow_id: str
    started_at: datetime
