"""Words that sources use for tickets' priorities and states, and what they mean here.

Priorities follow the usual schemes of Jira, Zendesk, Freshdesk, Kayako and incident practice; one
that is not listed is unknown, never P3 by default.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.ticket import Priority, TicketStatus

_PRIORITY_WORDS: Mapping[Priority, str] = {
    Priority.P1: "blocker highest critical urgent emergency sev1 sev-1 s1 p0 p1 1-urgent",
    Priority.P2: "high major sev2 sev-2 s2 p2 2-high",
    Priority.P3: "medium normal moderate sev3 sev-3 s3 p3 3-medium 3-normal",
    Priority.P4: "low lowest minor trivial sev4 sev-4 s4 p4 p5 4-low",
}
PRIORITIES: Mapping[str, Priority] = {
    word: priority for priority, words in _PRIORITY_WORDS.items() for word in words.split()
}

STATUSES: Mapping[str, TicketStatus] = {
    "new": TicketStatus.OPEN,
    "reopened": TicketStatus.OPEN,
    "in progress": TicketStatus.OPEN,
    "in_progress": TicketStatus.OPEN,
    "to do": TicketStatus.OPEN,
    "on hold": TicketStatus.PENDING,
    "on-hold": TicketStatus.PENDING,
    "hold": TicketStatus.PENDING,
    "waiting": TicketStatus.PENDING,
    "waiting on customer": TicketStatus.PENDING,
    "waiting for customer": TicketStatus.PENDING,
    "solved": TicketStatus.RESOLVED,
    "done": TicketStatus.RESOLVED,
    "completed": TicketStatus.RESOLVED,
}
"""Words beside the states' own names."""
_OWN = {status.value: status for status in TicketStatus}


def priority_of(word: str) -> Priority | None:
    """What a source's priority means, case ignored; None: it says nothing that we know."""
    return PRIORITIES.get(" ".join(word.split()).casefold())


def status_of(word: str) -> TicketStatus | None:
    """What a source's state means, case ignored; None: it says nothing that we know."""
    key = " ".join(word.split()).casefold()
    return _OWN.get(key, STATUSES.get(key))
