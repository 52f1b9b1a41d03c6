"""Assessments: a score with the ledger that makes it. The rows' points sum to the score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue

from app.domain.band import Band
from app.domain.heartbeat_finding import FINDING_FACTORS


class Agent(StrEnum):
    """Whose assessment it is."""

    TAM = "tam"
    CSM = "csm"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One reason for points won or lost."""

    factor: str
    """The factor's key, stable across versions, such as `ticket_age`."""
    raw: str
    """The measured value in words with its unit, such as `3 aged P1/P2, oldest 5.0 d`."""
    points: int
    """Signed: what this row adds to the score."""
    points_lost: int
    """What it could have added at best, less what it did; 0 or more (negative only for clamps)."""
    reason: str
    """Why, in a sentence for a person."""
    sources: tuple[str, ...] = ()
    """The records it rests on, such as `ticket:PROD-12` or `feed:usage`."""
    age_days: float | None = None
    """Age of the oldest of those records that matter; None: has no age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What an agent found for one account at one moment; score None exactly when Unknown."""

    account_id: str
    agent: Agent
    assessed_at: datetime
    score: int | None
    """0-100, 100 = healthy."""
    band: Band
    ledger: tuple[LedgerRow, ...]
    coverage: int
    """Percent of the weight whose signals are known, 0-100."""
    missing: tuple[str, ...]
    """Factors whose signals are unknown, in ledger order."""
    at_risk: bool
    """Any one factor is over its threshold, whatever the band."""
    inputs: Mapping[str, JsonValue]
    """What it was computed from, JSON-ready: the same inputs and settings give the same ledger."""
    scorer_version: int
    stale_reason: str | None = None
    """Why this is an earlier score kept, not one of today; None: it is of `assessed_at`."""

    def reasons(self, most: int = 3) -> tuple[str, ...]:
        """The rows that cost most, dearest first, at most `most`, in the ledger's words.

        Findings, which cost nothing, come last.
        """
        told = [row for row in self.ledger if row.points_lost > 0 or row.factor in FINDING_FACTORS]
        told.sort(key=lambda row: -row.points_lost)
        return tuple(row.reason for row in told[:most])
