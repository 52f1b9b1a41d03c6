"""What a rep should know before a review and a customer must not read: risk, incidents, notes.

It stands beside the review and in no export of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.agents.customer_success.bands import word_on
from app.agents.customer_success.churn import ChurnRisk
from app.agents.customer_success.phrases import shown
from app.clock import local_day
from app.domain.assessment import Agent
from app.domain.dossier import Dossier
from app.domain.incident import Incident

MOST_NOTES = 3
_NOTE_CHARACTERS = 300
_KINDS = {
    "tam_escalation": "technical escalation",
    "csm_health": "commercial health",
    "csm_churn": "churn risk",
}


def internal_notes(dossier: Dossier, churn: ChurnRisk, *, why_held: str) -> str:
    """A line for each thing to know. `why_held`: why nothing may be offered now; empty: it may."""
    return "\n".join(
        (
            *_risk(churn),
            *_words(dossier),
            *(f"Incident: {_incident(one, dossier.settings.zone)}" for one in dossier.incidents),
            *((f"Nothing is offered now: {why_held}.",) if why_held else ()),
            *_crm(dossier),
            *_notes(dossier),
        )
    )


def _risk(churn: ChurnRisk) -> Iterator[str]:
    why = "; ".join(churn.reasons)
    yield f"Churn risk: {churn.level}{f' ({why})' if why else ''}."


def _words(dossier: Dossier) -> Iterator[str]:
    for agent in Agent:
        word = word_on(dossier, agent)
        if word is not None:
            reason = shown(word.reason, _NOTE_CHARACTERS)
            yield (
                f"The {agent.upper()} band is {word.band} by the word of {shown(word.by)} until "
                f"{word.until}: {reason}"
            )


def _incident(one: Incident, zone: str) -> str:
    since = local_day(one.opened_at, zone)
    return f"{_KINDS.get(one.kind, one.kind)}, {one.state}, since {since} ({one.incident_id})"


def _crm(dossier: Dossier) -> Iterator[str]:
    account = dossier.facts.account
    if account.deal_stage:
        yield f"Deal stage: {shown(account.deal_stage)}"
    if account.notes:
        yield f"CRM notes: {shown(account.notes, _NOTE_CHARACTERS)}"


def _notes(dossier: Dossier) -> Iterator[str]:
    for note in dossier.notes[:MOST_NOTES]:
        on = local_day(note.at, dossier.settings.zone)
        yield f"Note of {on} by {shown(note.by)}: {shown(note.text, _NOTE_CHARACTERS)}"
