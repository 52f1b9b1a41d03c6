"""The work that a revision leaves behind: one effect per channel, each with its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pydantic import JsonValue

from app.domain.account import Account, Contract
from app.domain.assessment import Agent
from app.domain.effect import EffectKind, WorkOwed
from app.domain.incident import IncidentKind, Revision
from app.domain.scan import Scan
from app.ports.rows import RecordedRevision

TITLES: Mapping[IncidentKind, str] = {
    IncidentKind.TAM_ESCALATION: "technical escalation",
    IncidentKind.CSM_HEALTH: "customer health fell",
    IncidentKind.CSM_CHURN: "churn risk",
    IncidentKind.FEED: "feed in trouble",
}
"""What reps call each kind."""

AGENT_OF: Mapping[IncidentKind, Agent] = {
    IncidentKind.TAM_ESCALATION: Agent.TAM,
    IncidentKind.CSM_HEALTH: Agent.CSM,
    IncidentKind.CSM_CHURN: Agent.CSM,
}
"""Whose account record an incident is flagged on."""

LETTERS: Mapping[IncidentKind, str] = {
    IncidentKind.TAM_ESCALATION: "escalation_outreach",
    IncidentKind.CSM_HEALTH: "churn_outreach",
    IncidentKind.CSM_CHURN: "churn_outreach",
}
"""The letter each kind calls for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A revision with what its effects need to know."""

    revision: Revision
    account: Account | None
    """None for a feed."""
    contract: Contract | None
    rep_email: str
    day: date
    replaces: str | None
    """An incident whose waiting letter this one's takes the place of; None: none does."""
    letter: str | None
    """The communication it calls for; None: none, or another letter to the account waits."""


def telling(tenant_id: str, subject: Subject, *, alone: bool) -> tuple[WorkOwed, ...]:
    """A loud revision: draft, record, event; the alert by mail and chat where it goes `alone`."""
    kinds = [EffectKind.EMAIL, EffectKind.CHAT] if alone else []
    if subject.revision.finding.kind is IncidentKind.FEED:
        return tuple(_work(tenant_id, subject, kind) for kind in kinds)
    first = [EffectKind.WITHDRAW] if subject.revision.revision > 1 else []
    draft = [EffectKind.DRAFT] if subject.letter is not None else []
    works = [
        _work(tenant_id, subject, kind)
        for kind in (*first, *draft, EffectKind.RECORD, EffectKind.EVENT, *kinds)
    ]
    if subject.replaces is not None:
        works.insert(0, _replacing(tenant_id, subject, subject.replaces))
    return tuple(works)


def remembering(tenant_id: str, subject: Subject) -> tuple[WorkOwed, ...]:
    """A quiet revision: the account record carries the flag, nobody is told."""
    if subject.revision.finding.kind is IncidentKind.FEED:
        return ()
    return (_work(tenant_id, subject, EffectKind.RECORD),)


def closing(tenant_id: str, subject: Subject) -> tuple[WorkOwed, ...]:
    """A closed incident: its waiting drafts are taken back, its flag comes off."""
    if subject.revision.finding.kind is IncidentKind.FEED:
        return ()
    return (
        _work(tenant_id, subject, EffectKind.WITHDRAW),
        _work(tenant_id, subject, EffectKind.RECORD, flagged=False),
    )


def rewording(tenant_id: str, subject: Subject, heard_at: datetime) -> WorkOwed:
    """New words for a revision's letter: the customer was heard of after it was written."""
    work = _work(tenant_id, subject, EffectKind.REWORD)
    group = work.key.rpartition(":")[0]
    return replace(work, key=f"{group}:{heard_at:%Y%m%dT%H%M%S%f}:{EffectKind.REWORD}")


def digest(
    tenant_id: str,
    scan: Scan,
    rep_email: str,
    revisions: Sequence[RecordedRevision],
    accounts: Mapping[str, Account],
) -> tuple[WorkOwed, ...]:
    """What went over a rep's budget, in one text by mail and one by chat."""
    lines: list[JsonValue] = []
    for recorded in revisions:
        finding = recorded.revision.finding
        account = accounts.get(finding.subject)
        name = account.name if account else finding.subject
        why = finding.reasons[0] if finding.reasons else ""
        lines.append(f"{name}: {TITLES[finding.kind]} ({finding.band}). {why}".strip())
    base = f"{tenant_id}:digest:{rep_email}:{scan.scan_id}"
    return tuple(
        WorkOwed(
            key=f"{base}:{kind}",
            kind=kind,
            subject=rep_email,
            payload={"text_of": "digest", "rep_email": rep_email, "lines": lines},
        )
        for kind in (EffectKind.EMAIL, EffectKind.CHAT)
    )


def baseline_summary(tenant_id: str, scan: Scan, rep_email: str, lines: Sequence[str]) -> WorkOwed:
    """What was already wrong when Tend began; once per rep and tenant, whatever the scan."""
    payload: dict[str, JsonValue] = {
        "text_of": "baseline_summary",
        "rep_email": rep_email,
        "lines": list(lines),
        "day": scan.local_day.isoformat(),
    }
    return WorkOwed(
        key=f"{tenant_id}:baseline:{rep_email}:{EffectKind.EMAIL}",
        kind=EffectKind.EMAIL,
        subject=rep_email,
        payload=payload,
    )


def _work(tenant_id: str, subject: Subject, kind: EffectKind, *, flagged: bool = True) -> WorkOwed:
    revision = subject.revision
    finding = revision.finding
    contract = subject.contract
    agent = AGENT_OF.get(finding.kind)
    payload: dict[str, JsonValue] = {
        "text_of": _ALERTS[finding.kind],
        "kind": finding.kind.value,
        "change": revision.change.value,
        "agent": agent.value if agent else "",
        "account_id": subject.account.account_id if subject.account else "",
        "account_name": subject.account.name if subject.account else finding.subject,
        "incident_id": revision.incident_id,
        "revision": revision.revision,
        "flagged": flagged,
        "severity": finding.severity,
        "score": finding.score,
        "band": finding.band.value,
        "previous_band": finding.previous_band.value if finding.previous_band else None,
        "reasons": list(finding.reasons),
        "rep_email": subject.rep_email,
        "renewal": contract.renews_on.isoformat() if contract and contract.renews_on else None,
        "arr": f"{contract.arr.currency} {contract.arr.amount:,.0f}"
        if contract and contract.arr
        else None,
        "letter": subject.letter,
        "day": subject.day.isoformat(),
    }
    return WorkOwed(
        key=f"{tenant_id}:{revision.incident_id}:{revision.revision}:{kind}",
        kind=kind,
        subject=finding.subject,
        payload=payload,
    )


def _replacing(tenant_id: str, subject: Subject, incident_id: str) -> WorkOwed:
    """Takes back the other incident's waiting letters: one customer, one letter."""
    revision = subject.revision
    return WorkOwed(
        key=f"{tenant_id}:{revision.incident_id}:{revision.revision}:replace",
        kind=EffectKind.WITHDRAW,
        subject=revision.finding.subject,
        payload={"incident_id": incident_id},
    )


_ALERTS: Mapping[IncidentKind, str] = {
    IncidentKind.TAM_ESCALATION: "tam_alert",
    IncidentKind.CSM_HEALTH: "csm_alert",
    IncidentKind.CSM_CHURN: "csm_churn_alert",
    IncidentKind.FEED: "feed_alert",
}
"""The alert's text, by the writer's name for it."""
