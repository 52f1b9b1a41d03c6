"""The technical relationship profile: what is known of an account, with the rep's words over it.

Computed anew from the dossier each time; what cannot be computed any more is kept from the profile
as it was. Nothing that a rep said is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import JsonValue, ValidationError

from app.agents.plan import PlannedDocument, PlannedOpportunity
from app.agents.technical_account_manager.announcements import wrong_fields
from app.agents.technical_account_manager.health_report import anomalies_of
from app.agents.technical_account_manager.profile_people import stakeholders_of
from app.agents.technical_account_manager.profile_sections import (
    communications_of,
    each,
    features_of,
    integrations_of,
    opportunities_of,
)
from app.agents.technical_account_manager.profile_words import ProfileWords
from app.agents.technical_account_manager.readings import Reading
from app.agents.technical_account_manager.schemas import RelationshipProfile
from app.domain.assessment import Agent
from app.domain.document import Document, DocumentKind
from app.domain.dossier import Dossier
from app.errors import InvalidInput
from app.handoffs.edge import Shape

ShapeT = TypeVar("ShapeT", bound=Shape)

COMPUTED, SAID = "", "rep"
"""The keys of an account's two profile documents: the profile, and what reps said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProfile:
    """What is kept of an account's profile so far."""

    computed: RelationshipProfile | None
    """The profile as last computed; None: never."""
    said: ProfileWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """What of the roadmap aligns with the account, as the profile shows it."""

    notes: tuple[str, ...] = ()
    """Empty: nothing was looked at, or nothing aligns; then the notes there are stay."""
    opportunities: tuple[PlannedOpportunity, ...] = ()


NOTHING_ALIGNED = Aligned()
NOTHING_STORED = StoredProfile(computed=None, said=ProfileWords())


def stored_profile(account_id: str, documents: Sequence[Document]) -> StoredProfile:
    """The account's own profile documents. Raises InvalidInput for one that is not in order."""
    own = {
        one.key: one
        for one in documents
        if one.kind is DocumentKind.PROFILE and one.subject == account_id
    }
    computed, said = own.get(COMPUTED), own.get(SAID)
    return StoredProfile(
        computed=None if computed is None else _read(computed, RelationshipProfile),
        said=ProfileWords() if said is None else _read(said, ProfileWords),
    )


def profile_of(dossier: Dossier, stored: StoredProfile, aligned: Aligned) -> RelationshipProfile:
    """The profile as of now."""
    said, before = stored.said, stored.computed
    account = dossier.facts.account
    record = dossier.records.get(Agent.TAM)
    earlier_notes = [] if before is None else before.roadmap_alignment_notes
    return RelationshipProfile(
        account_id=account.account_id,
        account_name=account.name,
        stakeholders=stakeholders_of(dossier, said),
        integrations=integrations_of(dossier, said),
        feature_adoption=features_of(dossier, said),
        customer_environment=each((*said.customer_environment, *account.environment)),
        communication_history=communications_of(dossier.letters),
        co_dev_opportunities=opportunities_of(dossier, aligned.opportunities, said),
        roadmap_alignment_notes=each(
            (*said.roadmap_alignment_notes, *(aligned.notes or earlier_notes))
        ),
        health_score=None if record is None else record.score,
        health_rag=None if record is None else record.band.value,
        last_health_scan=None if record is None else record.checked_at,
        heartbeat_findings=anomalies_of(dossier.facts, Reading.of(dossier)),
        profile_page_id=None if before is None else before.profile_page_id,
    )


def documents_of(profile: RelationshipProfile, said: ProfileWords) -> list[PlannedDocument]:
    """The documents to keep: the profile, and what reps said of it where they said anything."""
    title = f"Technical Relationship Profile - {profile.account_name or profile.account_id}"
    kept = [_document(profile.account_id, COMPUTED, title, profile)]
    if said != ProfileWords():
        kept.append(_document(profile.account_id, SAID, f"{title}, by hand", said))
    return kept


def _document(account_id: str, key: str, title: str, body: Shape) -> PlannedDocument:
    dumped: dict[str, JsonValue] = body.model_dump(mode="json")
    return PlannedDocument(
        kind=DocumentKind.PROFILE, subject=account_id, key=key, title=title, body=dumped
    )


def _read(document: Document, shape: type[ShapeT]) -> ShapeT:
    try:
        return shape.model_validate(dict(document.body))
    except ValidationError as exc:
        raise InvalidInput("\n".join(wrong_fields(exc, document.title))) from exc
