"""What the store holds of our own doing: settings, scans, health, incidents, work, drafts.

Every port here is opened for one tenant, inside one transaction (`app.ports.store.Unit`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from app.domain.assessment import Agent
from app.domain.effect import EffectRow, EffectState
from app.domain.health_record import HealthRecord, NewHealth, Snapshot
from app.domain.incident import Incident, IncidentKind, Revision
from app.domain.scan import Scan
from app.domain.tenant_settings import TenantSettings
from app.ports.rows import Delivery, RecordedRevision, SettingsVersion, SlotStart, StoredEvent


class TenantState(Protocol):
    """The tenant itself: its settings, versioned, and whether alerts have begun."""

    def settings(self) -> SettingsVersion:
        """The newest settings; version 0 with every default where none were ever applied."""
        ...

    def settings_at(self, version: int) -> TenantSettings:
        """An earlier version. Raises NotFound."""
        ...

    def settings_history(self) -> tuple[SettingsVersion, ...]:
        """All versions, oldest first."""
        ...

    def apply_settings(self, settings: TenantSettings, *, at: datetime, by: str) -> SettingsVersion:
        """Add a version; the same settings as the newest add none and return it."""
        ...

    def live_since(self) -> datetime | None:
        """When alerts began; None: every scan is still a baseline."""
        ...

    def go_live(self, at: datetime) -> bool:
        """Begin alerts; False when they had begun already."""
        ...


class Scans(Protocol):
    """Scans and their pages."""

    def begin(self, scan: Scan) -> Scan:
        """Insert the scan, or return the one stored under its id."""
        ...

    def running(self) -> tuple[Scan, ...]:
        """Scans that were begun and not recorded to the end, oldest first."""
        ...

    def latest(self) -> Scan | None:
        """The newest scan of the whole book by its `now`, of any state."""
        ...

    def progress(self, scan_id: str, agent: Agent) -> tuple[int, str]:
        """How many pages of this agent are recorded, and the last account id of the last one."""
        ...

    def page_end(self, scan_id: str, agent: Agent, page: int) -> str | None:
        """The last account id of a recorded page; None: it is not recorded."""
        ...

    def get(self, scan_id: str) -> Scan | None:
        """One scan."""
        ...

    def recent(self, *, most: int) -> tuple[Scan, ...]:
        """The newest scans, newest first."""
        ...

    def record_page(self, scan_id: str, agent: Agent, page: int, until: str) -> bool:
        """Mark a page recorded, in the transaction that records it; False: another process did."""
        ...

    def finish(self, scan_id: str) -> bool:
        """Mark the scan recorded; False when it was already."""
        ...


class Health(Protocol):
    """Account records and their append-only history."""

    def records(
        self, agent: Agent, account_ids: Collection[str] | None
    ) -> Mapping[str, HealthRecord]:
        """Current records by account id; None asks for all."""
        ...

    def has_any(self) -> bool:
        """Whether any account was ever assessed."""
        ...

    def record(self, scan: Scan, health: Sequence[NewHealth]) -> None:
        """Append a snapshot for each, full or slim, and write the records that changed.

        `HealthRecord.incident_id` is left as stored: `flag` owns it.
        """
        ...

    def flag(self, agent: Agent, account_id: str, incident_id: str) -> None:
        """Put the live incident's id on the account record; "" takes it off. Safe to repeat."""
        ...

    def history(
        self, agent: Agent, account_id: str, *, until: datetime, most: int = 400
    ) -> tuple[Snapshot, ...]:
        """The newest `most` points up to `until`, oldest first, without ledgers and inputs."""
        ...

    def full_at(self, agent: Agent, account_id: str, until: datetime) -> Snapshot | None:
        """The newest snapshot with its ledger at or before `until`."""
        ...

    def scores_on(self, agent: Agent, day: date, account_ids: Collection[str]) -> Mapping[str, int]:
        """Scores of the last scan of `day`; accounts without one are left out."""
        ...


class Incidents(Protocol):
    """Incidents and their revisions."""

    def latest(
        self, kinds: Collection[IncidentKind], subjects: Collection[str]
    ) -> Mapping[tuple[IncidentKind, str], Incident]:
        """The newest incident, live or closed, of each kind and subject."""
        ...

    def live(self, kinds: Collection[IncidentKind] | None = None) -> tuple[Incident, ...]:
        """All live incidents, in order of id."""
        ...

    def untold(self) -> tuple[tuple[Incident, Revision], ...]:
        """Open incidents without a loud revision, each with its newest one, in order of id."""
        ...

    def get(self, incident_id: str) -> Incident:
        """One incident. Raises NotFound."""
        ...

    def raised_counts(
        self, kind: IncidentKind, subjects: Collection[str], *, since: datetime, until: datetime
    ) -> Mapping[str, int]:
        """How many times incidents of the kind were raised or worsened between, per subject.

        Both ends are included; subjects without any are left out.
        """
        ...

    def save(self, incidents: Sequence[Incident]) -> None:
        """Insert or replace incidents by id."""
        ...

    def add_revisions(self, scan_id: str, revisions: Sequence[Revision]) -> None:
        """Append revisions; one that is there already stays as it is."""
        ...

    def undelivered(self, scan_id: str) -> tuple[RecordedRevision, ...]:
        """Revisions of the scan whose delivery is not decided yet, in order of id and revision."""
        ...

    def set_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Write how each revision is told, once."""
        ...

    def alerts_spent(self, day: date) -> Mapping[str, int]:
        """Alerts given on this local day, per rep."""
        ...

    def revisions(self, incident_id: str) -> tuple[RecordedRevision, ...]:
        """The incident's life, in order."""
        ...


class WorkList(Protocol):
    """What is owed and not done yet: what flows are started from, and what people look at."""

    def due(self, *, most: int, stale_after_seconds: float) -> tuple[EffectRow, ...]:
        """Owed effects whose next try has come, and intents older than `stale_after_seconds`.

        In order of being owed.
        """
        ...

    def group(self, group: str) -> tuple[str, ...]:
        """The keys of a group's effects, in order of being owed."""
        ...

    def unstarted(self, *, most: int) -> tuple[EffectRow, ...]:
        """Owed effects that no flow was started for, in order of being owed."""
        ...

    def mark_started(self, keys: Collection[str]) -> None:
        """Remember that flows were started for these, after they were."""
        ...

    def left(
        self, *, most: int, quiet_seconds: float, stale_after_seconds: float
    ) -> tuple[EffectRow, ...]:
        """Started effects that have been due for `quiet_seconds` and that nobody tried."""
        ...

    def wait_seconds(self, key: str, *, stale_after_seconds: float) -> float | None:
        """How long until `take` may succeed, at least 0; None: it never will by itself."""
        ...

    def postpone(self, key: str, *, seconds: float) -> bool:
        """Next try not before `seconds`, though nobody tried; False: it was so or is not owed."""
        ...

    def open(self, *, states: Collection[EffectState], most: int) -> tuple[EffectRow, ...]:
        """Effects in these states, in order of being owed."""
        ...

    def release(self, keys: Collection[str]) -> int:
        """Parked effects back to owed, due at once and unstarted; returns how many were parked."""
        ...

    def counts(self) -> Mapping[EffectState, int]:
        """How many rows are in each state; states without rows are 0."""
        ...


class Slots(Protocol):
    """Which slots of the schedule were started: what must happen once, for as long as rows last."""

    def last(self, job: str) -> Mapping[str, str]:
        """The newest slot started of a job, by subject ("" for the whole book, else an account)."""
        ...

    def started(self, slot: SlotStart) -> bool:
        """Remember a start, after its flow was asked for; False: it was remembered already."""
        ...

    def history(self, *, most: int) -> tuple[SlotStart, ...]:
        """Starts, newest first."""
        ...

    def of_flows(self, flow_ids: Collection[str], *, since: datetime) -> Mapping[str, SlotStart]:
        """The starts since then whose flows these are, by flow id; others are left out."""
        ...


class EventLog(Protocol):
    """Events kept in the store, the embedded bus's ground."""

    def add(self, event: StoredEvent) -> bool:
        """Append an event by its id; False when it is there already."""
        ...

    def stream(self, name: str, *, most: int = 200) -> tuple[StoredEvent, ...]:
        """The newest events of a stream, oldest first."""
        ...
