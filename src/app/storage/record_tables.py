"""Tables of what Tend remembers: mappings, feeds, settings, scans, health, incidents, work."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint
from sqlalchemy import text as sql

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.draft import DraftState
from app.domain.effect import EffectKind, EffectState, ParkReason
from app.domain.feed import FactKind
from app.domain.incident import Change, IncidentKind, IncidentState
from app.domain.scan import ScanState
from app.storage.columns import (
    body,
    choice,
    day,
    flag,
    key,
    metadata,
    moment,
    raw_json,
    real,
    small,
    text,
    texts,
    whole,
)

external_ids = Table(
    "external_ids",
    metadata,
    *key("system", "external_id"),
    text("account_id"),
    sqlite_with_rowid=False,
)

unresolved_tickets = Table(
    "unresolved_tickets", metadata, *key("ticket_id"), text("source"), text("hints"), body("row")
)

feeds = Table(
    "feeds",
    metadata,
    *key("name"),
    texts("provides"),
    moment("last_ok_at", optional=True),
    day("data_until", optional=True),
    real("late_after_hours"),
    moment("failed_since", optional=True),
    text("reason"),
    raw_json("accounts"),
)

feed_files = Table(
    "feed_files",
    metadata,
    *key("feed", "name"),
    choice("kind", FactKind, optional=True),
    text("stamp"),
    text("digest"),
    text("rules"),
    moment("came_at"),
    whole("refused"),
    text("trouble"),
    text("remark"),
)
"""Files that a feed's folder brought, as they were read last."""

tenants = Table("tenants", metadata, *key(), moment("live_since", optional=True))

settings_versions = Table(
    "settings_versions",
    metadata,
    *key(),
    small("version", in_key=True),
    body("settings"),
    moment("applied_at"),
    text("applied_by"),
)

scans = Table(
    "scans",
    metadata,
    *key("scan_id"),
    moment("now"),
    day("local_day"),
    choice("state", ScanState),
    text("account_id", optional=True),
    flag("is_baseline"),
    small("settings_version"),
    flag("is_daily"),
    Index("scans_by_time", "tenant_id", "now"),
)

scan_pages = Table(
    "scan_pages",
    metadata,
    *key("scan_id"),
    choice("agent", Agent, in_key=True),
    small("page", in_key=True),
    text("until_account"),
    sqlite_with_rowid=False,
)

account_health = Table(
    "account_health",
    metadata,
    *key(),
    choice("agent", Agent, in_key=True),
    key("account_id")[1],
    whole("score", optional=True),
    choice("band", Band),
    small("coverage"),
    flag("at_risk"),
    texts("reasons"),
    moment("assessed_at"),
    text("stale_reason", optional=True),
    text("ledger_digest"),
    small("settings_version"),
    text("churn_level"),
    text("incident_id"),
)
"""Current standing; when it was last checked is the newest snapshot's to say."""

health_snapshots = Table(
    "health_snapshots",
    metadata,
    *key(),
    choice("agent", Agent, in_key=True),
    key("account_id")[1],
    moment("taken_at", in_key=True),
    key("scan_id")[1],
    day("local_day"),
    whole("score", optional=True),
    choice("band", Band),
    small("coverage"),
    text("stale_reason", optional=True),
    small("settings_version"),
    small("scorer_version"),
    raw_json("ledger"),
    raw_json("inputs"),
)
"""Append-only history. A scan's `now` is fixed, so its id is unique per agent and account too."""

incidents = Table(
    "incidents",
    metadata,
    *key("incident_id"),
    choice("kind", IncidentKind),
    text("subject"),
    small("number"),
    choice("state", IncidentState),
    small("revision"),
    whole("severity"),
    whole("worst_severity"),
    choice("raised_band", Band),
    moment("opened_at"),
    moment("updated_at"),
    moment("closed_at", optional=True),
    day("snoozed_until", optional=True),
    small("good_days"),
    day("good_day", optional=True),
    text("note"),
    Index("incidents_by_subject", "tenant_id", "kind", "subject", "number"),
    Index("incidents_by_state", "tenant_id", "state"),
)

incident_revisions = Table(
    "incident_revisions",
    metadata,
    *key("incident_id"),
    small("revision", in_key=True),
    choice("kind", IncidentKind),
    text("subject"),
    choice("change", Change),
    body("finding"),
    moment("at"),
    text("scan_id"),
    text("delivery"),
    text("rep_email"),
    day("told_on", optional=True),
    Index("revisions_by_scan", "tenant_id", "scan_id"),
    Index("revisions_by_subject", "tenant_id", "kind", "subject", "at"),
    Index("revisions_by_day", "tenant_id", "told_on"),
    Index(
        "revisions_by_time",
        *("tenant_id", "at", "change", "incident_id", "revision", "kind", "subject"),
    ),
)

OPEN = sql("state <> 'done'")
"""In these very words: what is open has an index of its own, which a bound value would not find."""

effects = Table(
    "effects",
    metadata,
    *key("key"),
    small("place"),
    choice("kind", EffectKind),
    text("subject"),
    body("payload"),
    choice("state", EffectState),
    small("attempt"),
    text("owner"),
    moment("taken_at", optional=True),
    moment("next_try_at", optional=True),
    text("remote_id", optional=True),
    text("error"),
    choice("parked_for", ParkReason, optional=True),
    moment("started_at", optional=True),
    Index("effects_by_state", "tenant_id", "state", "place"),
    Index(
        "effects_open",
        *("tenant_id", "kind", "state", "taken_at", "next_try_at"),
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    ),
)
"""The effects ledger, in the order (`place`) of being owed; times by the database's clock.

`started_at`: when a flow was started for it.
"""

slots = Table(
    "slots",
    metadata,
    *key("job", "subject", "slot"),
    text("flow_id"),
    moment("started_at"),
    Index("slots_by_time", "tenant_id", "started_at"),
)
"""Slots of the schedule whose flows were asked for; they outlive the flows' own rows."""

drafts = Table(
    "drafts",
    metadata,
    *key("draft_id"),
    text("key"),
    text("account_id"),
    text("incident_id"),
    small("revision"),
    text("communication_type"),
    text("rep_email"),
    texts("to"),
    text("subject"),
    text("body_text"),
    text("body_html"),
    moment("created_at"),
    choice("state", DraftState),
    text("worded_by"),
    text("confidence"),
    texts("refused"),
    text("words_hash"),
    text("box"),
    text("remote_id"),
    text("account_name"),
    UniqueConstraint("tenant_id", "key", name="drafts_once"),
    Index("drafts_by_time", "tenant_id", "created_at", "draft_id", "account_id"),
    Index("drafts_by_account", "tenant_id", "account_id", "created_at"),
    Index("drafts_by_state", "tenant_id", "state", "created_at", "draft_id", "account_id"),
)

alerts = Table(
    "alerts",
    metadata,
    *key("key"),
    text("channel"),
    text("rep_email"),
    text("account_id"),
    text("incident_id"),
    small("revision"),
    text("text"),
    moment("created_at"),
    Index("alerts_by_time", "tenant_id", "created_at"),
    Index("alerts_by_rep", "tenant_id", "rep_email", "created_at"),
)
