"""Support tickets as facts. Their words are hostile and count for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Priority(StrEnum):
    """P1 is the most urgent."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class TicketStatus(StrEnum):
    """Open and pending count as open, in every count and every reader."""

    OPEN = "open"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"


OPEN_STATUSES = frozenset({TicketStatus.OPEN, TicketStatus.PENDING})
URGENT = frozenset({Priority.P1, Priority.P2})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket of one account, as its source last told it."""

    ticket_id: str
    account_id: str
    status: TicketStatus
    created_at: datetime
    priority: Priority | None = None
    """None: the source gave none, or one we cannot map; it counts as the tenant's default."""
    resolved_at: datetime | None = None
    """Set exactly when the status is resolved or closed."""
    updated_at: datetime | None = None
    subject: str = ""
    component: str = ""
    reopened: bool = False
    escalated: bool = False
    """The source's own escalation flag."""
    csat: int | None = None
    """Satisfaction with this ticket, 1 (bad) to 5 (good)."""
    mapped_by: str = ""
    """The rule that tied it to its account, such as `component` or `email-domain`."""
