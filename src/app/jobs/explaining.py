"""An account's scores taken apart: what was recorded, what moved it, and the way up. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.account import Account
from app.domain.assessment import Agent
from app.domain.counterfactual import WayUp
from app.domain.explanation import Move
from app.domain.health_record import Snapshot
from app.domain.incident import Change, Incident, IncidentKind, IncidentState
from app.domain.override import NO_WORDS, Look, Override, word_in_force
from app.jobs.measuring import measured_again
from app.jobs.moves import move_between, way_up_from
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
    """Its ledger; taken earlier than `now` where it cannot be measured again."""
    before: Snapshot | None
    """The point of the scan before; None: this is the first."""
    moved_at: datetime
    """When the ledger last changed: at `now`, or at an earlier scan."""
    move: Move | None
    """What moved the score then; None: it was the first."""
    way_up: WayUp | None
    """None: Green already, or nothing was computed."""
    history: tuple[Snapshot, ...]
    """Newest points, oldest first."""
    word: Override | None
    """What a rep says instead of the band, as far as it holds; alerts go by that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLife:
    """An incident with its revisions."""

    kind: IncidentKind
    state: IncidentState
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
    look = Look.at(until, unit.tenant.settings().settings.zone)
    account_id = account.account_id
    said = unit.words.overrides([account_id]).get(account_id, NO_WORDS)
    found = [
        _explain_agent(unit, agent, account_id, until, word_in_force(said, agent, look))
        for agent in Agent
    ]
    kinds = [kind for kind in IncidentKind if kind is not IncidentKind.FEED]
    latest = unit.incidents.latest(kinds, [account_id])
    return Explanation(
        account=account,
        agents=tuple(one for one in found if one is not None),
        incidents=tuple(
            _life(unit, incident, until)
            for _, incident in sorted(latest.items())
            if incident.opened_at <= until
        ),
    )


def _life(unit: Unit, incident: Incident, until: datetime) -> IncidentLife:
    """The incident as it stood: what came after is left out."""
    every = unit.incidents.revisions(incident.incident_id)
    told = tuple(recorded for recorded in every if recorded.revision.at <= until)
    if len(told) == len(every):
        return IncidentLife(state=incident.state, kind=incident.kind, revisions=told)
    was_closed = bool(told) and told[-1].revision.change is Change.CLOSED
    state = IncidentState.CLOSED if was_closed else IncidentState.OPEN
    return IncidentLife(state=state, kind=incident.kind, revisions=told)


def _explain_agent(
    unit: Unit, agent: Agent, account_id: str, until: datetime, word: Override | None
) -> AgentExplanation | None:
    history = unit.health.history(agent, account_id, until=until, most=HISTORY_POINTS)
    if not history:
        return None
    now = history[-1]
    full = unit.health.full_at(agent, account_id, now.taken_at)
    if full is None:
        return None
    ledger = measured_again(unit, agent, now, full)
    return AgentExplanation(
        agent=agent,
        now=now,
        ledger=ledger,
        before=history[-2] if len(history) > 1 else None,
        moved_at=full.taken_at,
        move=_last_move(unit, agent, full),
        way_up=way_up_from(ledger, unit.tenant.settings_at(now.settings_version)),
        history=history,
        word=word,
    )


def _last_move(unit: Unit, agent: Agent, after: Snapshot) -> Move | None:
    """What moved the score to its newest ledger, from the one before; None: it is the first."""
    earlier = after.taken_at - timedelta(microseconds=1)
    before = unit.health.full_at(agent, after.account_id, earlier)
    if before is None:
        return None
    is_technical = agent is Agent.TAM
    technical = (
        None if is_technical else unit.health.full_at(Agent.TAM, after.account_id, before.taken_at)
    )
    settings = unit.tenant.settings_at(after.settings_version)
    return move_between(before, after, settings, technical)
