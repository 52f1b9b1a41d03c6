"""Plans of the Sales Agent: what is remembered, drafted, told and handed on for each decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from app.agents.front_door import as_json
from app.agents.plan import Plan, PlannedEffect, PlannedHandoff, PlannedOpportunity
from app.agents.sales.capabilities import AGENT_ID
from app.agents.sales.escalation import OFFER
from app.agents.sales.letter import recipients
from app.agents.sales.opportunities import Growth, Together
from app.agents.sales.schemas import SalesResult, SalesTask
from app.domain.account import UNASSIGNED
from app.domain.dossier import Dossier
from app.domain.effect import EffectKind
from app.domain.opportunity import OpportunityKind, OpportunityState
from app.handoffs.payloads import TAMHandoffRequest
from app.handoffs.routes import TAM
from app.ports.writer import Letter

A_DAY = 86_400.0
"""What is kept back is looked at again every day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What every plan of a task has in common."""

    task: SalesTask
    request: str
    dossier: Dossier


def growth_group(opportunity_id: str) -> str:
    """What the effects of taking up an opportunity are about: once for ever."""
    return f"{AGENT_ID}:growth:{opportunity_id}"


def offer_plan(about: About, growth: Growth, letter: Letter, note: str) -> Plan:
    """The opportunity recorded, its letter drafted, and the rep told why."""
    draft: dict[str, JsonValue] = {
        "communication_type": OFFER,
        "account_id": about.dossier.account_id,
        "account_name": about.dossier.facts.account.name,
        "incident_id": "",
        "revision": 0,
        "rep_email": _rep(about.dossier),
        "to": list(recipients(about.dossier)),
        **letter.as_json(),
    }
    result = SalesResult(
        task_type=about.task.task_type,
        opportunity_id=growth.opportunity_id,
        opportunity_state=OpportunityState.RECORDED,
        communication_type=OFFER,
        communication_content=letter.body_text,
        told=note,
        reasons=_others(growth),
        partial=growth.others > 0 and about.task.opportunity is None,
    )
    return Plan(
        group=growth_group(growth.opportunity_id),
        effects=[
            PlannedEffect(
                kind=EffectKind.DRAFT,
                subject=about.dossier.account_id,
                payload={"draft": draft, "letter": OFFER},
            ),
            _note(about.dossier, note),
        ],
        opportunities=[_growth(growth, OpportunityState.RECORDED)],
        result=as_json(result),
    )


def taken_up_plan(about: About, growth: Growth) -> Plan:
    """Sales has it already: the letter there is, is the answer."""
    group = growth_group(growth.opportunity_id)
    key = f"{about.dossier.tenant_id}:{group}:{EffectKind.DRAFT}"
    letter = next((one for one in about.dossier.letters if one.key == key), None)
    result = SalesResult(
        task_type=about.task.task_type,
        opportunity_id=growth.opportunity_id,
        opportunity_state=growth.state,
        communication_type=None if letter is None else OFFER,
        communication_content=None if letter is None else letter.body_text,
        draft_id=None if letter is None else letter.draft_id,
        reasons=["it was taken up before: one opportunity, one letter"],
    )
    return Plan(group=group, result=as_json(result))


def held_plan(about: About, growth: Growth, reasons: Sequence[str], note: str) -> Plan:
    """No letter now, and why; the rep is told once."""
    held = OpportunityState.HELD
    result = SalesResult(
        task_type=about.task.task_type,
        opportunity_id=growth.opportunity_id,
        opportunity_state=growth.state or held,
        told=note,
        reasons=list(reasons),
    )
    return Plan(
        group=f"{AGENT_ID}:held:{growth.opportunity_id}",
        effects=[_note(about.dossier, note)],
        opportunities=[_growth(growth, held, why_held="; ".join(reasons))],
        result=as_json(result),
        look_again_seconds=A_DAY,
    )


def codev_plan(about: About, together: Together, note: str) -> Plan:
    """Something to build together: recorded, and the rep told."""
    told = together.told
    result = SalesResult(
        task_type=about.task.task_type,
        opportunity_id=together.opportunity_id,
        opportunity_state=OpportunityState.RECORDED,
        told=note,
        reasons=list(told.evidence),
    )
    return Plan(
        group=f"{AGENT_ID}:codev:{together.opportunity_id}",
        effects=[_note(about.dossier, note)],
        opportunities=[
            PlannedOpportunity(
                opportunity_id=together.opportunity_id,
                account_id=about.dossier.account_id,
                kind=OpportunityKind.CODEV,
                name=told.opportunity_name,
                state=OpportunityState.RECORDED,
                body=as_json(told),
            )
        ],
        result=as_json(result),
    )


def escalation_plan(about: About, incident_id: str, reasons: Sequence[str], note: str) -> Plan:
    """Offers are kept back; `note` is empty where there is nothing to keep back."""
    result = SalesResult(task_type=about.task.task_type, told=note, reasons=list(reasons))
    return Plan(
        group=f"{AGENT_ID}:escalation:{incident_id}",
        effects=[_note(about.dossier, note)] if note else [],
        result=as_json(result),
    )


def health_check_plan(about: About) -> Plan:
    """The TAM is asked to look at the account, once for this request."""
    account_id = about.dossier.account_id
    asked = TAMHandoffRequest(
        account_id=account_id, tenant_id=about.dossier.tenant_id, request_type="health_scan"
    )
    result = SalesResult(
        task_type=about.task.task_type,
        reasons=["the TAM looks at the account; its own answer has the score"],
    )
    return Plan(
        group=_plain_group(about),
        handoffs=[
            PlannedHandoff(
                key=f"tam_health_check:{account_id}:{about.request}",
                handoff_type="dispatch_tam_health_check",
                target=TAM,
                account_id=account_id,
                payload=as_json(asked),
            )
        ],
        result=as_json(result),
    )


def nothing_plan(task: SalesTask, request: str, reason: str) -> Plan:
    """There is nothing to do, and why."""
    result = SalesResult(task_type=task.task_type, reasons=[reason])
    about = task.account_id or "book"
    return Plan(group=f"{AGENT_ID}:{task.task_type}:{about}:{request}", result=as_json(result))


def _plain_group(about: About) -> str:
    return f"{AGENT_ID}:{about.task.task_type}:{about.dossier.account_id}:{about.request}"


def _growth(growth: Growth, state: OpportunityState, *, why_held: str = "") -> PlannedOpportunity:
    return PlannedOpportunity(
        opportunity_id=growth.opportunity_id,
        account_id=growth.found.account_id,
        kind=growth.kind,
        name=growth.name,
        state=state,
        body=growth.body,
        why_held=why_held,
    )


def _note(dossier: Dossier, text: str) -> PlannedEffect:
    return PlannedEffect(
        kind=EffectKind.EMAIL,
        subject=dossier.account_id,
        payload={
            "rep_email": _rep(dossier),
            "text": text,
            "account_id": dossier.account_id,
            "account_name": dossier.facts.account.name,
        },
    )


def _rep(dossier: Dossier) -> str:
    return dossier.rep.email or UNASSIGNED


def _others(growth: Growth) -> list[str]:
    if not growth.others:
        return []
    noun = "opportunity waits" if growth.others == 1 else "opportunities wait"
    return [f"{growth.others} more {noun} to be taken up"]
