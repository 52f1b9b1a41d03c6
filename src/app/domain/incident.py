"""Incidents as records: something is wrong with one subject, said once.

The rules that move them stand in `incident_rules`; here is only what is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.band import Band


class IncidentKind(StrEnum):
    """What is wrong. At most one incident of a kind is live for a subject."""

    TAM_ESCALATION = "tam_escalation"
    CSM_HEALTH = "csm_health"
    CSM_CHURN = "csm_churn"
    FEED = "feed"


class IncidentState(StrEnum):
    """Open, acknowledged, snoozed and dismissed are live: they stay quiet until they worsen."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"
    CLOSED = "closed"


class Change(StrEnum):
    """What a revision did."""

    RAISED = "raised"
    KNOWN = "known"
    """Found by the baseline, or given back by the end of a rep's word: nobody is told."""
    WORSENED = "worsened"
    REOPENED = "reopened"
    """Came back soon after closing, no worse than before: nobody is told."""
    WOKE = "woke"
    """A snooze ran out while it was still wrong."""
    CLOSED = "closed"


LOUD_CHANGES = frozenset({Change.RAISED, Change.WORSENED, Change.WOKE})
"""The changes a rep is told of and a draft is written for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One thing wrong with one subject, through its life."""

    incident_id: str
    """`{kind}:{subject}:{number}`, number counting from 1 for this kind and subject."""
    kind: IncidentKind
    subject: str
    """The account's id; for a feed incident the feed's name."""
    number: int
    state: IncidentState
    revision: int
    """Counts from 1; each loud or closing change adds one."""
    severity: int
    """Now: 0 nothing wrong; higher is worse; comparable within a kind only."""
    worst_severity: int
    """The worst since it was raised; only more than this is told again."""
    raised_band: Band
    """The band it was raised for; it closes only in a better one."""
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    snoozed_until: date | None = None
    good_days: int = 0
    """Daily scans in a row that found it recovered."""
    good_day: date | None = None
    """The last day counted in `good_days`: a second scan of that day does not count."""
    note: str = ""
    """The reason a rep gave for dismissing it."""

    @property
    def is_live(self) -> bool:
        """Whether it still stands, told or not."""
        return self.state is not IncidentState.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What today's assessment says about one kind of incident for one subject."""

    kind: IncidentKind
    subject: str
    fires: bool
    """The rule for raising it holds today."""
    severity: int
    """0 when nothing is wrong; set also when `fires` is False but something still is."""
    band: Band
    recovered: bool
    """Above the threshold: with a better band than it was raised for, a good day."""
    score: int | None = None
    previous_band: Band | None = None
    reasons: tuple[str, ...] = ()
    is_given_back: bool = False
    """A rep's word has just ended and nothing is worse than before it: whatever is wrong was so all
    the time, and nobody is told of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One change of an incident, to be recorded and, when loud, acted on."""

    incident_id: str
    revision: int
    change: Change
    finding: Finding
    at: datetime

    @property
    def is_loud(self) -> bool:
        """Whether people are told."""
        return self.change in LOUD_CHANGES
