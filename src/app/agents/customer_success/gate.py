"""When an opportunity is held back, and which accounts wait for that to end.

It keeps selling away from customers with whom something is wrong, and opens by itself when that
ends. What an opportunity is, is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.agents.customer_success.bands import band_on
from app.agents.customer_success.phrases import listed
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.feed import FactKind
from app.domain.opportunity import Opportunity, OpportunityKind
from app.domain.ticket import Priority, Ticket

OURS = frozenset({OpportunityKind.SEATS, OpportunityKind.MODULE, OpportunityKind.INTEGRATION})
"""The kinds that the CSM finds."""

BEHIND = frozenset({FactKind.ACCOUNTS, FactKind.CONTRACTS, FactKind.TICKETS, FactKind.USAGE})
"""What an opportunity and its gate rest on: while one of these is late or failed, nothing goes."""

NOT_FOUND_ANY_MORE = "it is not found any more"
"""Why one that was held back stays where it is."""

_NAMES = {Agent.TAM: "technical", Agent.CSM: "commercial"}
_MOST_TICKETS = 3


def why_held(dossier: Dossier) -> str:
    """Why nothing may be offered to this account now, in words for the rep; empty: it may.

    A Red band of either agent, an open P1, or facts that cannot be trusted.
    """
    reasons = [
        f"{_NAMES[agent]} health is Red" for agent in Agent if band_on(dossier, agent) is Band.RED
    ]
    urgent = open_p1s(dossier)
    if urgent:
        ids = listed([ticket.ticket_id for ticket in urgent], _MOST_TICKETS)
        reasons.append(f"{'P1 is' if len(urgent) == 1 else 'P1s are'} open: {ids}")
    trouble = dossier.feeds.trouble_for(dossier.account_id, BEHIND)
    if trouble is not None:
        reasons.append(trouble)
    return "; ".join(reasons)


def open_p1s(dossier: Dossier) -> tuple[Ticket, ...]:
    """Open tickets that count as P1, oldest first."""
    usual = dossier.settings.default_priority
    return tuple(
        ticket for ticket in dossier.facts.open_tickets if (ticket.priority or usual) is Priority.P1
    )


def accounts_kept_back(held: Iterable[Opportunity]) -> frozenset[str]:
    """The accounts with an opportunity of ours that waits for the gate to open."""
    return frozenset(
        one.account_id for one in held if one.kind in OURS and one.why_held != NOT_FOUND_ANY_MORE
    )
