"""Words for work owed: what is known of the account, put into a letter, an alert or an event.

It reads the store once per effect that needs words, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import JsonValue

from app.clock import Clock
from app.domain.account import Rep
from app.domain.band import Band
from app.domain.book import AccountFacts
from app.domain.effect import EffectKind, WorkOwed
from app.domain.feed import FactKind, FeedView
from app.domain.incident import IncidentKind
from app.domain.tenant_settings import TenantSettings
from app.domain.usage_change import MIN_WEEKS_BEFORE, usage_change_percent
from app.errors import InvalidInput
from app.events.escalations import (
    ESCALATIONS,
    EscalationNews,
    csm_churn_event,
    csm_health_event,
    tam_escalation_event,
)
from app.ports.store import Store, Unit
from app.ports.writer import OutreachFacts, Writer
from app.services.outbox import draft_id_of

_CHURN_LEVEL = {2: "medium", 3: "high", 4: "critical"}


_WORDED: Mapping[EffectKind, str] = {
    EffectKind.DRAFT: "draft",
    EffectKind.EVENT: "event",
    EffectKind.EMAIL: "text",
    EffectKind.CHAT: "text",
    EffectKind.RECORD: "",
    EffectKind.WITHDRAW: "",
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
            case EffectKind.DRAFT:
                now = self.clock()
                facts = await self.store.read(
                    self.tenant_id, lambda unit: outreach_facts(unit, work, now)
                )
                return _with(work, draft=self._draft(work, facts))
            case EffectKind.EVENT:
                return _with(work, stream=ESCALATIONS, event=self._event(work))
            case EffectKind.EMAIL | EffectKind.CHAT:
                return _with(work, text=self._alert(work))
            case EffectKind.RECORD | EffectKind.WITHDRAW:
                return work

    def _draft(self, work: WorkOwed, facts: OutreachFacts) -> dict[str, JsonValue]:
        kind = text_of(work, "letter")
        letter = self.writer.letter(kind, facts)
        primary = [person.email for person in facts.stakeholders if person.is_primary]
        everyone = [person.email for person in facts.stakeholders]
        return {
            "communication_type": kind,
            "account_id": facts.account.account_id,
            "account_name": facts.account.name,
            "incident_id": text_of(work, "incident_id"),
            "revision": work.payload["revision"],
            "rep_email": facts.rep.email,
            "to": [*(primary or everyone)[:1]],
            "subject": letter.subject,
            "body_text": letter.body_text,
            "body_html": letter.body_html,
        }

    def _alert(self, work: WorkOwed) -> str:
        facts = {key: _spelled(value) for key, value in work.payload.items()}
        draft_key = work.key.rpartition(":")[0] + f":{EffectKind.DRAFT}"
        has_letter = isinstance(work.payload.get("letter"), str)
        facts["link"] = f"tend outbox show {draft_id_of(draft_key)}" if has_letter else ""
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
    settings = unit.tenant.settings().settings
    context = unit.book.context(now, settings.zone)
    account_id = text_of(work, "account_id")
    facts = unit.book.one(context, account_id)
    feeds = FeedView(feeds=unit.feeds.all(), now=now)
    rep_email = text_of(work, "rep_email")
    rep = unit.people.reps().get(rep_email.lower())
    reasons = work.payload["reasons"]
    has = facts.account.features
    told_of_use = bool(facts.usage or feeds.speaking_for(account_id, FactKind.USAGE))
    return OutreachFacts(
        account=facts.account,
        contract=facts.contract,
        stakeholders=unit.people.stakeholders(account_id),
        rep=rep or Rep(email=rep_email, name=rep_email.partition("@")[0]),
        open_tickets=facts.open_tickets,
        last_heartbeat=facts.last_heartbeat,
        silent_hours=_silent_hours(facts, settings, now),
        reasons=tuple(str(reason) for reason in reasons) if isinstance(reasons, list) else (),
        band=Band(text_of(work, "band")),
        now=now,
        long_wait_days=settings.tam.p1_p2_age_threshold_days,
        many_tickets=settings.tam.open_ticket_count_threshold,
        usage_fell=facts.usage is not None
        and facts.usage.weeks_before >= MIN_WEEKS_BEFORE
        and usage_change_percent(facts.usage) <= -settings.csm.usage_decline_percent,
        features_unused=tuple(f for f in has if f not in facts.features_used)
        if told_of_use
        else (),
        features_used=tuple(feature for feature in has if feature in facts.features_used),
        tickets_known=bool(facts.open_tickets or feeds.speaking_for(account_id, FactKind.TICKETS)),
        last_contact_on=facts.engagement.last_meaningful_on,
    )


def _silent_hours(facts: AccountFacts, settings: TenantSettings, now: datetime) -> float | None:
    if facts.last_heartbeat is None:
        return None
    limit = facts.account.heartbeat_silence_hours or settings.tam.heartbeat_silence_hours
    hours = (now - facts.last_heartbeat) / timedelta(hours=1)
    return hours if hours > limit else None


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
