"""An account's scores taken apart: what was recorded, what moved it, and the way up. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.agents.customer_success.explain import explain_csm_move, nearest_csm_way_up
from app.agents.customer_success.inputs import CsmInputs
from app.agents.technical_account_manager.explain import explain_tam_move, nearest_tam_way_up
from app.agents.technical_account_manager.inputs import TamInputs
from app.domain.account import Account
from app.domain.assessment import Agent
from app.domain.counterfactual import WayUp
from app.domain.explanation import Move
from app.domain.health_record import Snapshot
from app.domain.incident import Incident, IncidentKind
from app.domain.tenant_settings import TenantSettings
from app.ports.rows import RecordedRevision
from app.ports.store import Unit

HISTORY_POINTS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentExplanation:
    """One agent's score at one moment."""

    agent: Agent
    now: Snapshot
    """The newest point; slim when nothing in the ledger moved."""
    ledger: Snapshot
    """The newest point with a ledger: as old as the ledger is unchanged."""
    before: Snapshot | None
    """The point of the scan before; None: this is the first."""
    move: Move | None
    """What moved since then; None: nothing did, or there is no scan before."""
    way_up: WayUp | None
    """None: Green already, or nothing was computed."""
    history: tuple[Snapshot, ...]
    """Newest points, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLife:
    """An incident with its revisions."""

    incident: Incident
    revisions: tuple[RecordedRevision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All there is to say about an account's scores."""

    account: Account
    agents: tuple[AgentExplanation, ...]
    """In the order of `Agent`; an agent that never assessed the account is left out."""
    incidents: tuple[IncidentLife, ...]
    """The newest of each kind, live or closed."""


def explain(unit: Unit, account: Account, until: datetime) -> Explanation:
    """The account's recorded scores as of `until` (aware), taken apart."""
    found = [_explain_agent(unit, agent, account.account_id, until) for agent in Agent]
    kinds = [kind for kind in IncidentKind if kind is not IncidentKind.FEED]
    latest = unit.incidents.latest(kinds, [account.account_id])
    return Explanation(
        account=account,
        agents=tuple(one for one in found if one is not None),
        incidents=tuple(
            IncidentLife(
                incident=incident, revisions=unit.incidents.revisions(incident.incident_id)
            )
            for _, incident in sorted(latest.items())
            if incident.opened_at <= until
        ),
    )


def _explain_agent(
    unit: Unit, agent: Agent, account_id: str, until: datetime
) -> AgentExplanation | None:
    history = unit.health.history(agent, account_id, until=until, most=HISTORY_POINTS)
    if not history:
        return None
    now = history[-1]
    ledger = unit.health.full_at(agent, account_id, now.taken_at)
    if ledger is None:
        return None
    settings = unit.tenant.settings_at(now.settings_version)
    before = history[-2] if len(history) > 1 else None
    move = None
    if before is not None and ledger.taken_at == now.taken_at:
        earlier = unit.health.full_at(agent, account_id, before.taken_at)
        move = None if earlier is None else _move(agent, earlier, ledger, settings)
    return AgentExplanation(
        agent=agent,
        now=now,
        ledger=ledger,
        before=before,
        move=move,
        way_up=_way_up(agent, ledger, settings),
        history=history,
    )


def _move(agent: Agent, before: Snapshot, after: Snapshot, settings: TenantSettings) -> Move:
    if agent is Agent.TAM:
        return explain_tam_move(before, after, settings)
    return explain_csm_move(before, after, settings)


def _way_up(agent: Agent, ledger: Snapshot, settings: TenantSettings) -> WayUp | None:
    if not ledger.inputs:
        return None
    if agent is Agent.TAM:
        return nearest_tam_way_up(TamInputs.from_json(ledger.inputs), settings.tam)
    return nearest_csm_way_up(CsmInputs.from_json(ledger.inputs), settings.csm)
