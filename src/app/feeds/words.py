"""Words that sources use for priorities and states, and what they mean here.

Priorities follow the usual schemes of Jira, Zendesk, Freshdesk, Kayako and incident practice; one
that is not listed is unknown, never P3 by default.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.account import TechnicalMaturity
from app.domain.ticket import Priority, TicketStatus


class InteractionKind(StrEnum):
    """The kinds of contact between a rep and a customer."""

    CALL = "call"
    MEETING = "meeting"
    EMAIL = "email"
    VISIT = "visit"
    TRAINING = "training"
    OTHER = "other"


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

MATURITIES: Mapping[str, TechnicalMaturity] = {"med": TechnicalMaturity.MEDIUM}

FREE_MAIL = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "hotmail.co.uk",
        "live.com",
        "msn.com",
        "yahoo.com",
        "yahoo.co.uk",
        "yahoo.de",
        "ymail.com",
        "aol.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "proton.me",
        "protonmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "t-online.de",
        "freenet.de",
        "mail.com",
        "mail.ru",
        "yandex.ru",
        "yandex.com",
        "qq.com",
        "163.com",
        "126.com",
        "zoho.com",
        "fastmail.com",
        "hey.com",
        "orange.fr",
        "free.fr",
        "laposte.net",
        "libero.it",
        "comcast.net",
        "verizon.net",
        "btinternet.com",
        "naver.com",
        "pm.me",
        "tutanota.com",
    }
)
"""Mail hosts that anybody may use: such a domain says nothing about a company."""


def priority_of(word: str) -> Priority | None:
    """What a source's priority means, case ignored; None: it says nothing that we know."""
    return PRIORITIES.get(" ".join(word.split()).casefold())
