"""Words for work owed: what is known of the account, put into a letter, an alert or an event.

It reads the store once per effect that needs words, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import JsonValue

from app.agents.technical_account_manager.letter_facts import correspondent_of, letter_facts
from app.agents.technical_account_manager.profile import (
    NOTHING_ALIGNED,
    NOTHING_STORED,
    StoredProfile,
    profile_of,
    stored_profile,
)
from app.agents.technical_account_manager.recap import CHECKIN_DAYS
from app.clock import Clock
from app.domain.account import Rep
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.draft import draft_id_of
from app.domain.effect import EffectKind, WorkOwed
from app.domain.incident import IncidentKind
from app.errors import InvalidInput
from app.events.escalations import (
    ESCALATIONS,
    EscalationNews,
    csm_churn_event,
    csm_health_event,
    tam_escalation_event,
)
from app.jobs.dossiers import dossier_of
from app.ports.store import Store, Unit
from app.ports.writer import OutreachFacts, Writer

_CHURN_LEVEL = {2: "medium", 3: "high", 4: "critical"}


_WORDED: Mapping[EffectKind, str] = {
    EffectKind.DRAFT: "draft",
    EffectKind.EVENT: "event",
    EffectKind.EMAIL: "text",
    EffectKind.CHAT: "text",
    EffectKind.RECORD: "",
    EffectKind.WITHDRAW: "",
    EffectKind.REWORD: "draft",
}
"""What an effect's payload has once it is worded; nothing: it needs no words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Puts the finished text of an effect into its payload."""

    store: Store
    tenant_id: str
    writer: Writer
    clock: Clock

    async def __call__(self, work: WorkOwed) -> WorkOwed:
        """The same work, worded.

        Raises NotFound when the account is gone, InvalidInput when the payload lacks something.
        """
        if _WORDED[work.kind] in work.payload:
            return work  # an agent's plan brings its words along
        match work.kind:
            case EffectKind.DRAFT | EffectKind.REWORD:
                now = self.clock()
                facts = await self.store.read(
                    self.tenant_id, lambda unit: outreach_facts(unit, work, now)
                )
                return _with(work, draft=await self._draft(work, facts))
            case EffectKind.EVENT:
                return _with(work, stream=ESCALATIONS, event=self._event(work))
            case EffectKind.EMAIL | EffectKind.CHAT:
                return _with(work, text=self._alert(work))
            case EffectKind.RECORD | EffectKind.WITHDRAW:
                return work

    async def _draft(self, work: WorkOwed, facts: OutreachFacts) -> dict[str, JsonValue]:
        kind = text_of(work, "letter")
        letter = await self.writer.letter(kind, facts)
        return {
            "communication_type": kind,
            "account_id": facts.account.account_id,
            "account_name": facts.account.name,
            "incident_id": text_of(work, "incident_id"),
            "revision": work.payload["revision"],
            "rep_email": facts.rep.email,
            "to": [facts.addressee] if facts.addressee else [],
            **letter.as_json(),
        }

    def _alert(self, work: WorkOwed) -> str:
        facts = {key: _spelled(value) for key, value in work.payload.items()}
        draft_key = work.key.rpartition(":")[0] + f":{EffectKind.DRAFT}"
        has_letter = isinstance(work.payload.get("letter"), str)
        facts["link"] = f"tend drafts show {draft_id_of(draft_key)}" if has_letter else ""
        facts["churn_level"] = _level(work.payload)
        return self.writer.alert(text_of(work, "text_of"), facts)

    def _event(self, work: WorkOwed) -> dict[str, JsonValue]:
        payload = work.payload
        previous = payload["previous_band"]
        score = payload["score"]
        news = EscalationNews(
            event_id=work.key,
            at=self.clock(),
            tenant_id=self.tenant_id,
            account_id=text_of(work, "account_id"),
            health_score=score if isinstance(score, int) else None,
            rag_status=Band(text_of(work, "band")),
            previous_rag=Band(previous) if isinstance(previous, str) else None,
            incident_id=text_of(work, "incident_id"),
        )
        match IncidentKind(text_of(work, "kind")):
            case IncidentKind.TAM_ESCALATION:
                event = tam_escalation_event(news)
            case IncidentKind.CSM_CHURN:
                event = csm_churn_event(news, churn_risk_level=_level(payload))
            case _:
                event = csm_health_event(news)
        return event.model_dump(mode="json")


def outreach_facts(unit: Unit, work: WorkOwed, now: datetime) -> OutreachFacts:
    """What a letter about this effect's account may speak of, as known at `now`."""
    reasons = work.payload["reasons"]
    return replace(
        account_facts(unit, text_of(work, "account_id"), text_of(work, "rep_email"), now),
        reasons=tuple(str(reason) for reason in reasons) if isinstance(reasons, list) else (),
        band=Band(text_of(work, "band")),
    )


def account_facts(unit: Unit, account_id: str, rep_email: str, now: datetime) -> OutreachFacts:
    """What a letter from this rep to this account may speak of, as known at `now`.

    Raises NotFound.
    """
    dossier = dossier_of(unit, account_id, now)
    stored = _stored(dossier)
    profile = profile_of(dossier, stored, NOTHING_ALIGNED)
    to = correspondent_of(dossier, stored, profile, with_tickets=True)
    rep = unit.people.reps().get(rep_email.lower())
    return replace(
        letter_facts(to, look_back_days=CHECKIN_DAYS),
        rep=rep or Rep(email=rep_email, name=rep_email.partition("@")[0]),
    )


def _stored(dossier: Dossier) -> StoredProfile:
    """A profile that cannot be read keeps nobody from being written to."""
    try:
        return stored_profile(dossier.account_id, dossier.documents)
    except InvalidInput:
        return NOTHING_STORED


def text_of(work: WorkOwed, name: str) -> str:
    """A text of the payload. Raises InvalidInput naming the effect when it is not there."""
    value = work.payload.get(name)
    if not isinstance(value, str):
        msg = f"{work.key}: the payload has no text {name!r}"
        raise InvalidInput(msg)
    return value


def _level(payload: Mapping[str, JsonValue]) -> str:
    """The churn level that the finding's severity stands for; low for what is no churn finding."""
    severity = payload.get("severity")
    return _CHURN_LEVEL.get(severity, "low") if isinstance(severity, int) else "low"


def _spelled(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(_spelled(part) for part in value)
    return str(value)


def _with(work: WorkOwed, **more: JsonValue) -> WorkOwed:
    return replace(work, payload={**work.payload, **more})
