"""The writer: words a text from facts. Templates always; a model where one is configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol, TypeAlias

from pydantic import JsonValue

from app.domain.account import Account, Contract, Rep, Stakeholder
from app.domain.announcement import NOTHING_ANNOUNCED, Announced
from app.domain.band import Band
from app.domain.proposal import NO_PROPOSAL, Proposal
from app.domain.recap import NO_LETTER, NO_RECAP, NO_TALK, LastLetter, LastTalk, Recap
from app.domain.ticket import Ticket

Confidence: TypeAlias = Literal["high", "medium", "low"]


SECTIONS = frozenset({"qbr_narrative"})
"""Passages that a customer reads; `metrics` has all their facts, one a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutreachFacts:
    """All that a letter may speak of."""

    account: Account
    contract: Contract | None
    stakeholders: tuple[Stakeholder, ...]
    rep: Rep
    open_tickets: tuple[Ticket, ...]
    last_heartbeat: datetime | None
    silent_hours: float | None
    """Hours without a heartbeat, where the integration was alive and fell silent; else None."""
    reasons: tuple[str, ...]
    """Our own words for the rep: never for the customer."""
    band: Band
    now: datetime
    usage_fell: bool = False
    """The behavioural reading: usage declines, whatever the cause."""
    features_unused: tuple[str, ...] = ()
    """Features it has and does not use; empty where nobody tells us of its usage."""
    features_used: tuple[str, ...] = ()
    """Features it has and uses."""
    long_wait_days: float = 3
    """An urgent ticket open for longer has waited too long: the tenant's own threshold."""
    many_tickets: int = 5
    """More open tickets than this are many: the tenant's own threshold."""
    tickets_known: bool = True
    """Somebody tells us of this account's tickets, so that none means none."""
    last_contact_on: date | None = None
    """The last meaningful contact with the customer; None: none is known."""
    last_talk: LastTalk = NO_TALK
    """How that contact was, as far as is known."""
    last_letter: LastLetter = NO_LETTER
    addressee: str = ""
    """E-mail of the stakeholder to greet; empty: the primary one."""
    recap: Recap = NO_RECAP
    announced: Announced = NOTHING_ANNOUNCED
    """What ships or is planned, as far as it concerns this account."""
    proposal: Proposal = NO_PROPOSAL
    """What an offer is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A text to a customer, for a rep to read first."""

    subject: str
    body_text: str
    body_html: str
    worded_by: str = "template"
    """`template`, or the name of the model."""
    confidence: Confidence = "high"
    refused: tuple[str, ...] = ()
    """Why another wording was refused, or what the rep should look at in this one."""

    def as_json(self) -> dict[str, JsonValue]:
        """Its part of a draft's payload."""
        return {
            "subject": self.subject,
            "body_text": self.body_text,
            "body_html": self.body_html,
            "worded_by": self.worded_by,
            "confidence": self.confidence,
            "refused": list(self.refused),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Some sentences of a document, and whose they are."""

    text: str
    worded_by: str = "template"
    """`template`, or the name of the model."""
    confidence: Confidence = "high"
    refused: tuple[str, ...] = ()
    """Why a model's wording was refused."""


class Writer(Protocol):
    """Words letters and alerts."""

    async def letter(self, communication_type: str, facts: OutreachFacts) -> Letter:
        """A letter of one of the communication types, such as `escalation_outreach`.

        Raises NotFound for a type it has no template for.
        """
        ...

    def alert(self, name: str, facts: Mapping[str, str]) -> str:
        """A short text to our own rep by the template `name`, one or more lines."""
        ...

    async def briefing(self, name: str, facts: Mapping[str, str]) -> str:
        """What our own rep should know or say, by the template `name`: never for the customer."""
        ...

    async def passage(self, name: str, facts: Mapping[str, str], *, plain: str) -> Passage:
        """A passage of a document by the name of its question; `plain` stands where no model's do.

        One named in `SECTIONS` is for the customer, any other for our own rep.
        """
        ...
