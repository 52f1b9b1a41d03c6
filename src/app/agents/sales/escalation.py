"""Whether this is a time to offer anything: not while something is wrong with the account.

Pure. It reads what the others found and has no opinion of its own on health.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.draft import Draft, DraftState
from app.domain.incident import Incident, IncidentKind, IncidentState
from app.domain.ticket import Priority

OFFER = "expansion_outreach"
"""The only letter that offers something."""

_IN_WORDS = {
    IncidentKind.TAM_ESCALATION: "a technical escalation",
    IncidentKind.CSM_HEALTH: "a fall of its health",
    IncidentKind.CSM_CHURN: "a churn alert",
}


def standing_escalations(incidents: Sequence[Incident]) -> tuple[Incident, ...]:
    """What is wrong and stands, oldest first; what a rep dismissed is nobody's trouble."""
    standing = [
        one
        for one in incidents
        if one.kind in _IN_WORDS
        and one.state not in (IncidentState.CLOSED, IncidentState.DISMISSED)
    ]
    return tuple(sorted(standing, key=lambda one: (one.opened_at, one.incident_id)))


def in_words(incident: Incident) -> str:
    """The incident, for the rep: `a technical escalation stands since 2026-03-02`."""
    return f"{_IN_WORDS[incident.kind]} stands since {incident.opened_at:%Y-%m-%d}"


def why_not_now(dossier: Dossier) -> tuple[str, ...]:
    """Why nothing is offered to this account now; empty: nothing speaks against it."""
    reasons = [in_words(one) for one in standing_escalations(dossier.incidents)]
    for agent, name in ((Agent.TAM, "technical"), (Agent.CSM, "composite")):
        record = dossier.records.get(agent)
        if record is not None and record.band is Band.RED:
            reasons.append(f"its {name} health is Red")
    usual = dossier.settings.default_priority
    urgent = sum((one.priority or usual) is Priority.P1 for one in dossier.facts.open_tickets)
    if urgent:
        reasons.append("a P1 ticket is open" if urgent == 1 else f"{urgent} P1 tickets are open")
    return tuple(reasons)


def waiting_offers(letters: Sequence[Draft]) -> tuple[Draft, ...]:
    """Offers that wait in the rep's drafts, newest first."""
    return tuple(
        one
        for one in letters
        if one.communication_type == OFFER and one.state is DraftState.WAITING
    )
