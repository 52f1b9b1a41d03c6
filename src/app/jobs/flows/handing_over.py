"""Whether a handoff may be made: its way, its form, and its claims against the store.

The rules stand in `app.handoffs`; here the facts that they are held against are read, in the
transaction that records the handoff.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue

from app.agents.plan import MOST_HOPS, PlannedHandoff
from app.domain.dossier import Dossier
from app.errors import HandoffRefused, NotFound
from app.handoffs.edge import Shape
from app.handoffs.facts_check import reasons_to_refuse
from app.handoffs.payloads import CoDevProposal, ExpansionOpportunity, TAMHandoffRequest
from app.handoffs.routes import (
    STRICTNESS,
    TASK_BY_TYPE,
    Hop,
    edge_between,
    foreign_tenants,
    way_reasons,
)
from app.handoffs.validators import received
from app.jobs.dossiers import dossier_of
from app.ports.store import Unit

_CARRIED: Mapping[type[Shape], str] = {
    ExpansionOpportunity: "opportunity",
    CoDevProposal: "codev",
}
"""Payloads that the target's task takes along, by the name they have there."""


def accepted_task(
    unit: Unit, handoff: PlannedHandoff, *, trail: Sequence[Hop], at: datetime
) -> dict[str, JsonValue]:
    """The target's task. `trail`: the agents so far, the one that hands over last.

    Raises HandoffRefused with all reasons. What was accepted before is not held against the store
    again: a step that a crash repeats comes to the same, whatever happened meanwhile.
    """
    reasons = [*foreign_tenants(handoff.payload, unit.tenant_id)]
    payload: Shape | None = None
    try:
        payload = _formed(handoff, trail[-1].agent)
    except HandoffRefused as exc:
        reasons += exc.reasons
    following = Hop(
        agent=handoff.target,
        request_type=_request_type(handoff, payload),
        account_id=handoff.account_id,
    )
    reasons += way_reasons(trail, following, most_hops=MOST_HOPS)
    if unit.effects.get(f"{told_under(unit.tenant_id, handoff)}:event") is None:
        reasons += _fact_reasons(unit, handoff, payload, at)
    if reasons or payload is None:
        raise HandoffRefused(tuple(dict.fromkeys(reasons)))
    return _task(unit.tenant_id, handoff, payload, following, source=trail[-1].agent)


def told_under(tenant_id: str, handoff: PlannedHandoff) -> str:
    """The group that the news of an accepted handoff is owed under."""
    return f"{tenant_id}:handoff:{handoff.key}"


def _formed(handoff: PlannedHandoff, source: str) -> Shape:
    """The payload in its shape. Raises HandoffRefused."""
    edge = edge_between(source, handoff.target)
    shape = None if edge is None else edge.takes.get(handoff.handoff_type)
    if shape is None:
        raise HandoffRefused(
            (f"handoff_type: {source} hands no {handoff.handoff_type} to {handoff.target}",)
        )
    return received(handoff.payload, shape, STRICTNESS.get_strictness(handoff.handoff_type))


def _fact_reasons(
    unit: Unit, handoff: PlannedHandoff, payload: Shape | None, at: datetime
) -> tuple[str, ...]:
    try:
        dossier = dossier_of(unit, handoff.account_id, at)
    except NotFound:
        return ("account_id: there is no such account",)
    claims = () if payload is None else _claims(payload, dossier, handoff.handoff_type)
    return (*_opportunity_reasons(handoff, dossier), *claims)


def _claims(payload: Shape, dossier: Dossier, handoff_type: str) -> tuple[str, ...]:
    return reasons_to_refuse(payload, dossier, handoff_type=handoff_type)


def _opportunity_reasons(handoff: PlannedHandoff, dossier: Dossier) -> tuple[str, ...]:
    known = {one.opportunity_id for one in dossier.opportunities}
    if not handoff.opportunity_id or handoff.opportunity_id in known:
        return ()
    return ("opportunity_id: the account has no such opportunity",)


def _request_type(handoff: PlannedHandoff, payload: Shape | None) -> str:
    """What the target is asked to do; of a request that cannot be read, the handoff's own type."""
    if isinstance(payload, TAMHandoffRequest):
        return payload.request_type
    return TASK_BY_TYPE.get(handoff.handoff_type, handoff.handoff_type)


def _task(
    tenant_id: str, handoff: PlannedHandoff, payload: Shape, following: Hop, *, source: str
) -> dict[str, JsonValue]:
    """The task as the target's own schema has it."""
    task: dict[str, JsonValue] = {
        "task_type": following.request_type,
        "tenant_id": tenant_id,
        "account_id": handoff.account_id,
    }
    if isinstance(payload, TAMHandoffRequest):
        return {**task, "deal_id": payload.deal_id}
    task |= {"opportunity_id": handoff.opportunity_id or None, "source_agent_id": source}
    carried = _CARRIED.get(type(payload))
    if carried is not None:  # what a report says stands in the store, and is read there
        task[carried] = payload.model_dump(mode="json")
    return task
