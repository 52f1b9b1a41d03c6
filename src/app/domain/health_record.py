"""The account record: what an agent last found, and the points of its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import JsonValue

from app.domain.assessment import Agent, Assessment, LedgerRow
from app.domain.band import Band


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRecord:
    """An account's current standing with one agent."""

    account_id: str
    agent: Agent
    score: int | None
    band: Band
    coverage: int
    at_risk: bool
    reasons: tuple[str, ...]
    """At most three, dearest first."""
    assessed_at: datetime
    """When the score was last computed; older than `checked_at` when stale."""
    checked_at: datetime
    """When a scan last looked."""
    stale_reason: str | None
    ledger_digest: str
    """Hash of factors, points, reasons and sources: the same hash, the same explanation."""
    settings_version: int
    churn_level: str = ""
    """CSM only: low, medium, high or critical; empty: never assessed."""
    incident_id: str = ""
    """The live incident this account is flagged with; written by `Health.flag` alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One point of history. Slim points (nothing changed) have no ledger and no inputs."""

    account_id: str
    agent: Agent
    scan_id: str
    taken_at: datetime
    local_day: date
    score: int | None
    band: Band
    coverage: int
    stale_reason: str | None
    settings_version: int
    scorer_version: int
    ledger: tuple[LedgerRow, ...] | None = None
    inputs: Mapping[str, JsonValue] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHealth:
    """What a scan writes for one account and agent."""

    assessment: Assessment
    record: HealthRecord
    keep_full: bool
    """The ledger changed: keep it whole. Else a slim point is kept."""
    changed: bool
    """The account record differs from the stored one in more than `checked_at`."""
