"""How technical a text to one of the customer's people may be: a rep's word, else derived.

Derived from structured facts alone: kinds of contacts, components of tickets, and who answers.
Nothing that anybody wrote is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.agents.technical_account_manager.matching import key_of
from app.domain.account import Stakeholder, TechnicalMaturity
from app.domain.activity import Interaction
from app.domain.ticket import Ticket

TECHNICAL_KINDS = frozenset({"technical", "workshop", "debugging"})
"""Contacts over the thing itself."""
HANDS_ON_KINDS = TECHNICAL_KINDS | {"training"}

TECHNICAL_COMPONENTS = frozenset(
    {
        *("api", "sdk", "webhook", "webhooks", "connector", "connectors", "integration"),
        *("integrations", "pipeline", "pipelines", "mapping", "streaming", "scheduler"),
        *("security", "sso", "sign on", "provisioning", "database", "deployment", "network"),
    }
)
"""Components whose tickets are written by people who build and run things."""

SESSIONS_OF_AN_EXPERT = 2
CONTACTS_OF_WHO_ANSWERS = 3
TICKETS_TO_JUDGE_BY = 4
MOSTLY_TECHNICAL, HARDLY_TECHNICAL = 0.6, 0.2
"""Shares of the account's tickets: from the first on its talk is technical, up to the second it
is not. Between them nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maturity:
    """How technical, who says so, and why."""

    level: TechnicalMaturity
    source: Literal["rep", "derived"]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What an account's contacts and tickets tell of all its people."""

    contacts: Sequence[Interaction]
    tickets: Sequence[Ticket]

    def of(self, email: str) -> tuple[Interaction, ...]:
        """The meaningful contacts with one of them."""
        wanted = email.casefold()
        return tuple(
            one
            for one in self.contacts
            if one.meaningful and wanted and one.stakeholder_email.casefold() == wanted
        )

    def answers(self, email: str) -> bool:
        """Whether this is the one who answers: met often enough, and more than anybody else."""
        counts = Counter(
            one.stakeholder_email.casefold()
            for one in self.contacts
            if one.meaningful and one.stakeholder_email
        )
        own = counts.pop(email.casefold(), 0)
        return own >= CONTACTS_OF_WHO_ANSWERS and own > max(counts.values(), default=0)

    @property
    def technical_tickets(self) -> int:
        """How many tickets are on technical components."""
        return sum(key_of(one.component) in TECHNICAL_COMPONENTS for one in self.tickets)


def maturity_of(person: Stakeholder, signs: Signs) -> Maturity:
    """A rep's word where there is one; else the highest that a sign speaks for; else medium."""
    if person.technical_maturity is not None:
        return said_by_rep(person.technical_maturity)
    read = (_by_expertise(person, signs), _by_training(person, signs), _by_tickets(person, signs))
    found = [one for one in read if one is not None]
    return max(found, key=lambda one: _RANK[one.level]) if found else _UNKNOWN


def said_by_rep(level: TechnicalMaturity) -> Maturity:
    """A person's word, or what was imported. It wins over everything derived."""
    return Maturity(level=level, source="rep", reason=_BY_HAND)


def _by_expertise(person: Stakeholder, signs: Signs) -> Maturity | None:
    sessions = sum(one.kind in TECHNICAL_KINDS for one in signs.of(person.email))
    if sessions < SESSIONS_OF_AN_EXPERT:
        return None
    return _derived(TechnicalMaturity.HIGH, f"took part in {sessions} technical sessions")


def _by_training(person: Stakeholder, signs: Signs) -> Maturity | None:
    times = sum(one.kind in HANDS_ON_KINDS for one in signs.of(person.email))
    if not times:
        return None
    what = "training or technical session" if times == 1 else "trainings or technical sessions"
    return _derived(TechnicalMaturity.MEDIUM, f"took part in {times} {what}")


def _by_tickets(person: Stakeholder, signs: Signs) -> Maturity | None:
    total = len(signs.tickets)
    if total < TICKETS_TO_JUDGE_BY or not signs.answers(person.email):
        return None
    technical = signs.technical_tickets
    how = (
        f"answers for the account most often ({len(signs.of(person.email))} contacts), and "
        f"{technical} of its {total} tickets lately are on technical components"
    )
    if technical >= MOSTLY_TECHNICAL * total:
        return _derived(TechnicalMaturity.HIGH, how)
    if technical <= HARDLY_TECHNICAL * total:
        return _derived(TechnicalMaturity.LOW, how)
    return None


def _derived(level: TechnicalMaturity, reason: str) -> Maturity:
    return Maturity(level=level, source="derived", reason=reason)


_BY_HAND = "set by hand or by an import: nothing derived overrides it"
_RANK = {level: rank for rank, level in enumerate(TechnicalMaturity)}
_UNKNOWN = _derived(TechnicalMaturity.MEDIUM, "nothing tells yet: medium is assumed")
