"""A plan put on record in one transaction: documents, opportunities, work owed, handoffs checked.

Safe to repeat: everything has a key, and what is there already stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue

from app.agents.plan import Plan, PlannedHandoff, PlannedOpportunity
from app.domain.document import Document
from app.domain.effect import EffectKind, WorkOwed
from app.domain.opportunity import Opportunity, OpportunityState
from app.errors import HandoffRefused
from app.events.opportunities import OPPORTUNITIES, codev_event
from app.events.schemas import AgentEvent, EventType
from app.handoffs.routes import Hop
from app.jobs.flows.handing_over import accepted_task, told_under
from app.ports.store import Unit

HANDOFFS = "handoffs"
"""The stream that tells of handoffs, accepted and refused."""

_BEFORE_DISPATCH = (OpportunityState.HELD,)
_BEFORE_RECORDED = (OpportunityState.HELD, OpportunityState.DISPATCHED)


class HandedOver(BaseModel):
    """A handoff that was accepted: what the target is to do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    target: str
    task: dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPlan:
    """What a plan left on record."""

    keys: tuple[str, ...]
    """The effects of its own group."""
    groups: tuple[str, ...]
    """Every group of effects that has to be acted on, its own first."""
    handed_over: tuple[HandedOver, ...]


def record_plan(unit: Unit, plan: Plan, *, trail: Sequence[Hop], at: datetime) -> RecordedPlan:
    """Write all that a plan comes to. `trail`: the agents so far, the planning one last."""
    agent, chain = trail[-1].agent, [hop.agent for hop in trail]
    for document in plan.documents:
        unit.documents.keep(Document(**document.model_dump(), made_by=agent, made_at=at))
    for opportunity in plan.opportunities:
        _remember(unit, opportunity, agent, at)
    group = f"{unit.tenant_id}:{plan.group}"
    own = [
        WorkOwed(
            key=f"{group}:{effect.kind}",
            kind=effect.kind,
            subject=effect.subject,
            payload=effect.payload,
        )
        for effect in plan.effects
    ]
    told: list[WorkOwed] = []
    handed_over: list[HandedOver] = []
    for handoff in plan.handoffs:
        try:
            task = accepted_task(unit, handoff, trail=trail, at=at)
        except HandoffRefused as exc:
            told.append(_news(unit, handoff, chain, at, reasons=exc.reasons))
            continue
        told += [_news(unit, handoff, chain, at, reasons=()), *_request(unit, handoff, chain, at)]
        handed_over.append(HandedOver(key=handoff.key, target=handoff.target, task=task))
        if handoff.opportunity_id:
            unit.opportunities.move(
                handoff.opportunity_id,
                to=OpportunityState.DISPATCHED,
                come_from=_BEFORE_DISPATCH,
                at=at,
            )
    unit.effects.owe([*own, *told])
    groups = dict.fromkeys(work.key.rpartition(":")[0] for work in (*own, *told))
    return RecordedPlan(
        keys=tuple(work.key for work in own),
        groups=tuple(groups),
        handed_over=tuple(handed_over),
    )


def _remember(unit: Unit, planned: PlannedOpportunity, agent: str, at: datetime) -> None:
    """A new one is added as held; while it is held its figures move with what is found.

    What was handed to Sales stays so while Sales keeps it back, with the reason; once Sales has
    written of it, it is recorded, whatever is found again.
    """
    unit.opportunities.add(
        Opportunity(
            **planned.model_dump(exclude={"state"}),
            state=OpportunityState.HELD
            if planned.state is OpportunityState.DISPATCHED
            else planned.state,
            found_by=agent,
            found_at=at,
            updated_at=at,
        )
    )
    if planned.state in _BEFORE_RECORDED:
        unit.opportunities.renew(
            planned.opportunity_id,
            name=planned.name,
            body=planned.body,
            why_held=planned.why_held,
            at=at,
        )
    if planned.state is OpportunityState.HELD:
        unit.opportunities.move(
            planned.opportunity_id,
            to=OpportunityState.DISPATCHED,
            come_from=(OpportunityState.DISPATCHED,),
            at=at,
            why_held=planned.why_held,
        )
    if planned.state is OpportunityState.RECORDED:
        unit.opportunities.move(
            planned.opportunity_id,
            to=OpportunityState.RECORDED,
            come_from=_BEFORE_RECORDED,
            at=at,
        )


def _news(
    unit: Unit,
    handoff: PlannedHandoff,
    chain: Sequence[str],
    at: datetime,
    *,
    reasons: Sequence[str],
) -> WorkOwed:
    """The event that tells what became of a handoff, with all reasons where it was refused."""
    key = told_under(unit.tenant_id, handoff)
    data: Mapping[str, JsonValue] = {
        "handoff_type": handoff.handoff_type,
        "target": handoff.target,
        "account_id": handoff.account_id,
        "reasons": list(reasons),
    }
    event = AgentEvent(
        event_id=f"{key}:{'rejected' if reasons else 'validated'}",
        event_type=EventType.HANDOFF_REJECTED if reasons else EventType.HANDOFF_VALIDATED,
        timestamp=at,
        tenant_id=unit.tenant_id,
        source_agent_id=chain[-1],
        call_chain=list(chain),
        data=dict(data),
    )
    return WorkOwed(
        key=f"{key}{':rejected' if reasons else ''}:{EffectKind.EVENT}",
        kind=EffectKind.EVENT,
        subject=handoff.account_id,
        payload={"stream": HANDOFFS, "event": event.model_dump(mode="json")},
    )


def _request(
    unit: Unit, handoff: PlannedHandoff, chain: Sequence[str], at: datetime
) -> tuple[WorkOwed, ...]:
    """The event of something to build together, once; other handoffs are told of by their news."""
    if handoff.handoff_type != "tam_codev_opportunity":
        return ()
    key = f"{unit.tenant_id}:opportunity:{handoff.key}:{EffectKind.EVENT}"
    event = codev_event(key, unit.tenant_id, handoff.payload, call_chain=chain, at=at)
    return (
        WorkOwed(
            key=key,
            kind=EffectKind.EVENT,
            subject=handoff.account_id,
            payload={"stream": OPPORTUNITIES, "event": event.model_dump(mode="json")},
        ),
    )
