"""What each task comes to: the plan of a letter, of a profile, and the answer of a scan.

Everything is keyed by what it is about, so that the same plan carried out again repeats nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from app.agents.front_door import as_json
from app.agents.plan import Plan, PlannedEffect, PlannedHandoff
from app.agents.slug import slug_of
from app.agents.technical_account_manager.letter_facts import Correspondent
from app.agents.technical_account_manager.profile import NOTHING_ALIGNED, Aligned, documents_of
from app.agents.technical_account_manager.profile_words import ProfileWords
from app.agents.technical_account_manager.recap import CHECKIN_DAYS, REVIEW_DAYS
from app.agents.technical_account_manager.schemas import (
    EscalationNotificationResult,
    HealthScoreResult,
    RelationshipProfile,
    TAMResult,
    TAMTask,
)
from app.domain.account import UNASSIGNED
from app.domain.draft import Draft, DraftState
from app.domain.effect import EffectKind
from app.domain.incident import Incident, IncidentKind
from app.domain.told import Told
from app.handoffs.edge import Confidence
from app.ports.writer import Letter

_CHANNELS = {
    EffectKind.RECORD: "notion",
    EffectKind.EVENT: "event_bus",
    EffectKind.EMAIL: "email",
    EffectKind.CHAT: "chat",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The profile that a task leaves behind, with what it rests on."""

    profile: RelationshipProfile
    said: ProfileWords
    aligned: Aligned = NOTHING_ALIGNED
    handoffs: tuple[PlannedHandoff, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A letter as it goes into the rep's drafts."""

    communication_type: str
    letter: Letter
    incident: Incident | None
    """The incident that it is about: closing it takes the letter back. None: it is about none."""


LOOK_BACK_DAYS: Mapping[str, int] = {
    "escalation_outreach": CHECKIN_DAYS,
    "release_notes": CHECKIN_DAYS,
    "roadmap_preview": REVIEW_DAYS,
    "health_checkin": CHECKIN_DAYS,
    "customer_success_review": REVIEW_DAYS,
}
"""How far each letter looks back."""


def group_of(task: TAMTask, request: str, version: str) -> str:
    """What a task's effects are about. A release is told to an account once, whoever asks again."""
    about = task.account_id or "book"
    told_apart = slug_of(version) if version else request
    return f"task:{task.task_type}:{about}:{told_apart}"


def letter_plan(
    to: Correspondent,
    worded: Worded,
    kept: Kept,
    *,
    group: str,
    confidence: Confidence,
    reasons: Sequence[str] = (),
) -> Plan:
    """A draft for the rep, and the profile brought up to date."""
    result = TAMResult(
        task_type=worded.communication_type,
        communication_content=worded.letter.body_text,
        communication_type=worded.communication_type,
        draft_id=None,
        relationship_profile=kept.profile,
        confidence="low" if worded.letter.confidence == "low" else confidence,
        reasons=[*reasons, *to.known.troubles, *worded.letter.refused],
    )
    draft = PlannedEffect(
        kind=EffectKind.DRAFT,
        subject=to.dossier.account_id,
        payload={"draft": _draft(to, worded), "letter": worded.communication_type},
    )
    return _plan(group, result, kept, [draft])


def quiet_plan(
    task_type: str, kept: Kept, *, group: str, confidence: Confidence, reasons: Sequence[str]
) -> Plan:
    """No letter, and why; the profile brought up to date all the same."""
    result = TAMResult(
        task_type=task_type,
        relationship_profile=kept.profile,
        confidence=confidence,
        reasons=list(reasons),
    )
    return _plan(group, result, kept, [])


def waiting_plan(waiting: Draft, kept: Kept, *, group: str, confidence: Confidence) -> Plan:
    """A letter that waits already is the answer: there is one letter for one incident."""
    result = TAMResult(
        task_type=waiting.communication_type,
        communication_content=waiting.body_text,
        communication_type=waiting.communication_type,
        draft_id=waiting.draft_id,
        relationship_profile=kept.profile,
        confidence=confidence,
        reasons=["a letter about this escalation waits already: no second one is written"],
    )
    return _plan(group, result, kept, [])


def health_plan(
    health: HealthScoreResult | None,
    escalated: Told | None,
    *,
    group: str,
    confidence: Confidence,
    reasons: Sequence[str] = (),
) -> Plan:
    """The answer of a scan of one account."""
    result = TAMResult(
        task_type="health_scan",
        health_score=health,
        escalation_result=None if escalated is None else escalation_of(escalated),
        draft_id=None if escalated is None else escalated.draft_id,
        confidence=confidence,
        partial=escalated is not None and escalated.is_under_way,
        reasons=list(reasons),
    )
    return Plan(group=group, result=as_json(result))


def book_plan(task_type: str, *, group: str, reasons: Sequence[str]) -> Plan:
    """A task over the whole book that no account is concerned by."""
    result = TAMResult(task_type=task_type, confidence="high", reasons=list(reasons))
    return Plan(group=group, result=as_json(result))


def scan_plan(
    health: Sequence[HealthScoreResult], *, group: str, reasons: Sequence[str] = ()
) -> Plan:
    """The answer of a scan of the whole book."""
    result = TAMResult(
        task_type="health_scan",
        health_scores=list(health),
        confidence="medium" if reasons else "high",
        reasons=list(reasons),
    )
    return Plan(group=group, result=as_json(result))


def escalation_of(escalated: Told) -> EscalationNotificationResult:
    """Which channels an escalation reached so far."""
    told = {name: kind in escalated.done for kind, name in _CHANNELS.items()}
    return EscalationNotificationResult(
        account_id=escalated.account_id,
        channels=told,
        draft_id=escalated.draft_id,
        alerts_sent=told["email"] + told["chat"],
    )


def live_escalation(incidents: Sequence[Incident]) -> Incident | None:
    """The account's live technical escalation; there is one at most."""
    return next((one for one in incidents if one.kind is IncidentKind.TAM_ESCALATION), None)


def waiting_letter(letters: Sequence[Draft], incident: Incident) -> Draft | None:
    """The letter about this incident that waits for the rep; None: none does."""
    return next(
        (
            one
            for one in letters
            if one.state is DraftState.WAITING and one.incident_id == incident.incident_id
        ),
        None,
    )


def _draft(to: Correspondent, worded: Worded) -> dict[str, JsonValue]:
    addressee, incident = to.addressee, worded.incident
    account = to.dossier.facts.account
    return {
        "communication_type": worded.communication_type,
        "account_id": account.account_id,
        "account_name": account.name,
        "incident_id": "" if incident is None else incident.incident_id,
        "revision": 0 if incident is None else incident.revision,
        "rep_email": to.dossier.rep.email or UNASSIGNED,
        "to": [addressee.email] if addressee is not None and addressee.email else [],
        **worded.letter.as_json(),
    }


def _plan(group: str, result: TAMResult, kept: Kept, effects: list[PlannedEffect]) -> Plan:
    return Plan(
        group=group,
        effects=effects,
        documents=documents_of(kept.profile, kept.said),
        opportunities=list(kept.aligned.opportunities),
        handoffs=list(kept.handoffs),
        result=as_json(result),
    )
