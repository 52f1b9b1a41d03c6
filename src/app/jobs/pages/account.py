"""An account taken apart on one page: every point of both scores, what moved them, the way up.

Reads only: five statements, and one more each where settings or a technical score of then are
asked for. A ledger that has not changed since an earlier scan is shown as it was recorded then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.assessment import Agent
from app.domain.counterfactual import WayUp
from app.domain.draft import DraftState
from app.domain.explanation import Move
from app.domain.health_record import HealthRecord, Snapshot
from app.domain.score_course import ScorePoint, daily, of_agent
from app.domain.score_ladder import Ladder, ladder
from app.domain.tenant_settings import CsmSettings, TamSettings, TenantSettings
from app.jobs.moves import move_between, way_up_from
from app.jobs.pages.account_asked import AccountAsked
from app.jobs.pages.account_header import AccountHeader, AgentHead
from app.ports.one_account import StandingIncident
from app.ports.store import Unit

COURSE = timedelta(days=90)
_MOST_POINTS = 1_000
_LEDGERS = 3
"""The newest, the one before, and one to spare: where the newest is kept, the last computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMove:
    """What the newest ledger changed."""

    at: datetime
    """When it was recorded."""
    is_since_last: bool
    """At the newest scan itself, so that it is what moved since the one before."""
    before: int | None
    after: int | None
    move: Move | None
    """None: it is the first ledger there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOverview:
    """One agent's score, taken apart."""

    head: AgentHead
    record: HealthRecord
    ledger: Snapshot
    """The newest that explains the score; taken before the last scan where nothing changed."""
    way: Ladder
    thresholds: TamSettings | CsmSettings
    """Those that the ledger was made under."""
    scan_before: datetime | None
    """The scan before the newest one; None: this is the first."""
    last_move: LastMove
    way_up: WayUp | None
    course: tuple[ScorePoint, ...]
    """A point for each of the last days, oldest first."""

    @property
    def agent(self) -> Agent:
        """Whose score it is."""
        return self.head.agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the overview shows below the account's header."""

    agents: tuple[AgentOverview, ...]
    """Technical, then commercial; one that never assessed the account is left out."""
    incidents: tuple[StandingIncident, ...]
    letters: Mapping[str, str]
    """Drafts that wait, by the incident that each is about."""


def overview(unit: Unit, header: AccountHeader, asked: AccountAsked) -> Overview:
    """The account's scores as last recorded, and what stands."""
    account_id = asked.account_id
    since = asked.now - COURSE
    points = unit.one_account.course(account_id, since=since, most=_MOST_POINTS)
    ledgers = unit.one_account.ledgers(account_id, most=_LEDGERS)
    versions = _settings_of(unit, header, ledgers.values())
    found = []
    for head in header.heads:
        kept = ledgers.get(head.agent, ())
        if head.record is None or not kept:
            continue
        technical = _technical_of_then(unit, head.agent, kept, ledgers.get(Agent.TAM, ()))
        found.append(
            _agent(head, head.record, kept, of_agent(points, head.agent), versions, technical)
        )
    waiting = unit.outbox.drafts(state=DraftState.WAITING, account_id=account_id)
    return Overview(
        agents=tuple(found),
        incidents=unit.one_account.standing(account_id),
        letters={one.incident_id: one.draft_id for one in waiting},
    )


def _agent(
    head: AgentHead,
    record: HealthRecord,
    kept: Sequence[Snapshot],
    points: Sequence[ScorePoint],
    versions: dict[int, TenantSettings],
    technical: Snapshot | None,
) -> AgentOverview:
    ledger = explaining(kept, record.score)
    settings = versions[ledger.settings_version]
    newest = kept[0]
    before = kept[1] if len(kept) > 1 else None
    move = None
    if before is not None:
        move = move_between(before, newest, versions[newest.settings_version], technical)
    return AgentOverview(
        head=head,
        record=record,
        ledger=ledger,
        way=ladder(ledger.ledger or (), ledger.score),
        thresholds=settings.tam if head.agent is Agent.TAM else settings.csm,
        scan_before=points[-2].taken_at if len(points) > 1 else None,
        last_move=LastMove(
            at=newest.taken_at,
            is_since_last=newest.taken_at == record.checked_at,
            before=None if before is None else before.score,
            after=newest.score,
            move=move,
        ),
        way_up=way_up_from(ledger, settings),
        course=daily(points),
    )


def explaining(kept: Sequence[Snapshot], score: int | None) -> Snapshot:
    """The newest of these ledgers (newest first) that was computed and leads to this score.

    A score that was kept has a ledger of one row that says so; what it was made of stands in the
    one it was computed with. Where none does, the newest.
    """
    computed = [one for one in kept if one.inputs and one.score == score]
    return computed[0] if computed and score is not None else kept[0]


def _technical_of_then(
    unit: Unit, agent: Agent, kept: Sequence[Snapshot], technical: Sequence[Snapshot]
) -> Snapshot | None:
    """The technical ledger of the time of the one before the newest, for a commercial move."""
    if agent is Agent.TAM or len(kept) < 2:
        return None
    then = kept[1].taken_at
    known = [one for one in technical if one.taken_at <= then]
    if known or len(technical) < _LEDGERS:
        return known[0] if known else None
    return unit.health.full_at(Agent.TAM, kept[1].account_id, then)


def _settings_of(
    unit: Unit, header: AccountHeader, kept: Iterable[Sequence[Snapshot]]
) -> dict[int, TenantSettings]:
    """The settings that these ledgers were made under, by version."""
    wanted = {one.settings_version for each in kept for one in each}
    found = {0: TenantSettings(), header.settings.version: header.settings.settings}
    if not wanted <= set(found):
        found.update({one.version: one.settings for one in unit.tenant.settings_history()})
    return found
