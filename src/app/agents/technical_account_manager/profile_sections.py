"""The sections of a relationship profile about things: integrations, features, letters, plans.

Each is computed from the dossier, and then a rep's words are put over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from pydantic import JsonValue

from app.agents.plan import PlannedOpportunity
from app.agents.technical_account_manager.health_report import silence_of
from app.agents.technical_account_manager.matching import key_of
from app.agents.technical_account_manager.profile_words import ProfileWords
from app.agents.technical_account_manager.readings import Reading
from app.agents.technical_account_manager.schemas import (
    CoDevOpportunity,
    CommunicationRecord,
    FeatureAdoption,
    IntegrationStatus,
)
from app.domain.dossier import Dossier
from app.domain.draft import Draft, DraftState
from app.domain.feed import FactKind
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState

OneT = TypeVar("OneT")

_OUTCOMES: Mapping[DraftState, str] = {
    DraftState.WAITING: "waiting",
    DraftState.SENT: "sent",
    DraftState.EDITED: "sent, edited",
    DraftState.DROPPED: "dropped",
}
"""A withdrawn letter lost its reason before anybody sent it: it is no communication."""

_LOGGED = frozenset(
    {
        *("escalation_outreach", "release_notes", "roadmap_preview", "health_checkin"),
        *("customer_success_review", "churn_outreach", "expansion_outreach"),
    }
)
_ON_THE_WAY = {
    OpportunityState.DISCUSSED: "discussed",
    OpportunityState.IN_PROGRESS: "in_progress",
    OpportunityState.CLOSED: "closed",
}
"""Before that an opportunity has surfaced, and no more."""


def integrations_of(dossier: Dossier, said: ProfileWords) -> list[IntegrationStatus]:
    """One heartbeat speaks for all of them; an account that never had one is not called silent."""
    is_active = silence_of(dossier.facts, Reading.of(dossier)) is None
    computed = [
        IntegrationStatus(integration_name=name, is_active=is_active)
        for name in dossier.facts.account.integrations
    ]
    return _with_words(computed, said.integrations, lambda one: one.integration_name)


def features_of(dossier: Dossier, said: ProfileWords) -> list[FeatureAdoption]:
    """Features of which somebody tells whether they are used; of the others nothing is claimed.

    Whoever sends usage knows; without it a ticket on a feature tells that it is tried at least.
    """
    facts = dossier.facts
    is_told = bool(facts.usage or dossier.feeds.speaking_for(dossier.account_id, FactKind.USAGE))
    used = {key_of(name) for name in facts.features_used}
    asked_about = {key_of(ticket.component) for ticket in dossier.tickets}
    computed = []
    for name in each((*facts.account.features, *facts.features_used)):
        key = key_of(name)
        if is_told:
            computed.append(_feature(name, "heartbeat", is_used=key in used))
        elif key in asked_about:
            computed.append(_feature(name, "ticket", is_used=True))
    by_hand = [
        _feature(one.feature_name, one.source, is_used=one.adopted) for one in said.feature_adoption
    ]
    return _with_words(computed, by_hand, lambda one: one.feature_name)


def communications_of(letters: Sequence[Draft]) -> list[CommunicationRecord]:
    """The letters that went out or may still, oldest first, each with what became of it."""
    known = [one for one in letters if one.state in _OUTCOMES and one.communication_type in _LOGGED]
    known.sort(key=lambda one: (one.created_at, one.draft_id))
    return [
        CommunicationRecord.model_validate(
            {
                "date": one.created_at.date().isoformat(),
                "communication_type": one.communication_type,
                "subject": one.subject,
                "outcome": _OUTCOMES[one.state],
            }
        )
        for one in known
    ]


def opportunities_of(
    dossier: Dossier, found: Sequence[PlannedOpportunity], said: ProfileWords
) -> list[CoDevOpportunity]:
    """Those on record, oldest first, then those just found, then whatever only a rep named."""
    on_record = [one for one in dossier.opportunities if one.kind is OpportunityKind.CODEV]
    on_record.sort(key=lambda one: (one.found_at, one.opportunity_id))
    known = {one.opportunity_id for one in on_record}
    new = [one for one in found if one.opportunity_id not in known]
    computed = [_on_record(one) for one in on_record]
    computed += [
        CoDevOpportunity(opportunity_name=one.name, description=_description(one.body))
        for one in new
    ]
    return _with_words(computed, said.co_dev_opportunities, lambda one: one.opportunity_name)


def each(names: Iterable[str]) -> list[str]:
    """The names, each once in its first spelling, in order."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(key_of(name) or name, name)
    return list(found.values())


def _feature(name: str, source: str, *, is_used: bool) -> FeatureAdoption:
    return FeatureAdoption.model_validate(
        {"feature_name": name, "adopted": is_used, "source": source}
    )


def _on_record(one: Opportunity) -> CoDevOpportunity:
    return CoDevOpportunity.model_validate(
        {
            "opportunity_name": one.name,
            "description": _description(one.body),
            "status": _ON_THE_WAY.get(one.state, "surfaced"),
            "dispatched_to_sales": one.state is not OpportunityState.HELD,
        }
    )


def _description(body: Mapping[str, JsonValue]) -> str:
    text = body.get("description")
    return text if isinstance(text, str) else ""


def _with_words(
    computed: Sequence[OneT], said: Sequence[OneT], name_of: Callable[[OneT], str]
) -> list[OneT]:
    """What is computed, with a rep's word in its place where there is one; other words follow."""
    words = {key_of(name_of(one)) or name_of(one): one for one in said}
    kept = [words.pop(key_of(name_of(one)) or name_of(one), one) for one in computed]
    return [*kept, *words.values()]
