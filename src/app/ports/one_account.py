"""What a page of one account reads of its health: both agents at once, and never without an end.

The port is opened for one tenant, inside one transaction (`app.ports.store.Unit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.assessment import Agent
from app.domain.health_record import HealthRecord, Snapshot
from app.domain.incident import Incident, Revision
from app.domain.score_course import ScorePoint


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingIncident:
    """A live incident with its newest revision."""

    incident: Incident
    revision: Revision | None
    """None: it was kept before revisions were."""


class OneAccount(Protocol):
    """One account's scores and incidents; each call is one statement."""

    def records(self, account_id: str) -> Mapping[Agent, HealthRecord]:
        """The current record of each agent that ever assessed the account."""
        ...

    def course(self, account_id: str, *, since: datetime, most: int) -> tuple[ScorePoint, ...]:
        """The newest `most` points of both agents since a moment, oldest first; no ledgers."""
        ...

    def ledgers(self, account_id: str, *, most: int) -> Mapping[Agent, tuple[Snapshot, ...]]:
        """The newest `most` points of each agent that keep their ledger, newest first."""
        ...

    def standing(self, account_id: str) -> tuple[StandingIncident, ...]:
        """The account's live incidents, the longest standing first."""
        ...

    def revisions(self, account_id: str, *, since: datetime, most: int) -> tuple[Revision, ...]:
        """The newest `most` revisions of the account's incidents since a moment, oldest first."""
        ...
