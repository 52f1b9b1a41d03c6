"""Scans: one reading of the whole book, or of one account, with what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ScanState(StrEnum):
    """Running scans are taken up again where they stopped."""

    RUNNING = "running"
    RECORDED = "recorded"
    """Everything decided and the work owed is written; acting may still be under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan; its `now` is fixed when it begins, so that taking it up decides alike."""

    scan_id: str
    now: datetime
    local_day: date
    state: ScanState
    account_id: str | None
    """None: all active accounts."""
    is_baseline: bool
    """The tenant was not live: nothing is raised."""
    settings_version: int
    is_daily: bool = True
    """A scan of the whole book; only these count towards closing incidents."""
