"""A year of an account's scores and what happened along it: incidents, settings, gaps, words.

Reads only, in four statements and without a ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.clock import local_day
from app.domain.act import Act, ActKind
from app.domain.assessment import Agent
from app.domain.incident import Revision
from app.domain.incident_span import IncidentSpan, spans
from app.domain.score_course import (
    BandTurn,
    Gap,
    ScorePoint,
    band_turns,
    daily,
    gaps,
    of_agent,
)
from app.domain.settings_change import SettingsChange, scoring_changes
from app.domain.tenant_settings import TenantSettings
from app.jobs.pages.account_asked import AccountAsked
from app.jobs.pages.account_header import AccountHeader
from app.ports.rows import SettingsVersion
from app.ports.store import Unit

SPANS_OF_DAYS = (30, 90, 365)
"""How far back one may look."""
_MOST_POINTS, _MOST_REVISIONS, _MOST_ACTS = 3_000, 300, 200
_LOOK_BACK = timedelta(days=1_100)
"""Incidents raised this long before still count where they stand."""
_TOLD = frozenset(
    {
        ActKind.OVERRIDDEN,
        ActKind.OVERRIDE_CLEARED,
        ActKind.ACKNOWLEDGED,
        ActKind.SNOOZED,
        ActKind.DISMISSED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsTurn:
    """A version of the settings that changed what scores are computed from."""

    at: datetime
    day: date
    version: SettingsVersion
    changes: tuple[SettingsChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundsFrom:
    """From a day on, below which scores one agent's band is Red and Amber."""

    first: date
    red: int
    amber: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCourse:
    """One agent's score over the days."""

    agent: Agent
    points: tuple[ScorePoint, ...]
    """The last of each day, oldest first."""
    bounds: tuple[BoundsFrom, ...]
    """Oldest first; the first holds from the first day shown."""
    gaps: tuple[Gap, ...]
    turns: tuple[BandTurn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreHistory:
    """What the history shows."""

    first: date
    last: date
    days: int
    courses: tuple[AgentCourse, ...]
    """Technical, then commercial."""
    incidents: tuple[IncidentSpan, ...]
    """Those that stood on any of these days."""
    revisions: tuple[Revision, ...]
    settings: tuple[SettingsTurn, ...]
    acts: tuple[Act, ...]
    """What people said and did about bands and incidents, newest first."""


def score_history(unit: Unit, header: AccountHeader, asked: AccountAsked) -> ScoreHistory:
    """The account's scores over as many days as are asked for, at most a year."""
    given = asked.word("days")
    days = int(given) if given in {f"{many}" for many in SPANS_OF_DAYS} else SPANS_OF_DAYS[-1]
    since = asked.now - timedelta(days=days)
    zone, account_id = header.look.zone, asked.account_id
    points = unit.one_account.course(account_id, since=since, most=_MOST_POINTS)
    first = _first_day(points, local_day(since, zone), header.look.day)
    told = unit.one_account.revisions(
        account_id, since=asked.now - _LOOK_BACK, most=_MOST_REVISIONS
    )
    versions = unit.tenant.settings_history()
    acts = unit.diary.acts(account_id=account_id, most=_MOST_ACTS)
    return ScoreHistory(
        first=first,
        last=header.look.day,
        days=days,
        courses=tuple(_course(agent, points, versions, first, zone) for agent in Agent),
        incidents=tuple(one for one in spans(told) if one.last is None or one.last >= since),
        revisions=tuple(one for one in told if one.at >= since),
        settings=_turns(versions, since, zone),
        acts=tuple(act for act in acts if act.kind in _TOLD and act.at >= since),
    )


def _first_day(points: Sequence[ScorePoint], asked: date, today: date) -> date:
    """The day asked for; where scores began later, theirs, but never less than a month."""
    begun = points[0].local_day if points else asked
    return max(asked, min(begun, today - timedelta(days=SPANS_OF_DAYS[0])))


def _course(
    agent: Agent,
    points: Sequence[ScorePoint],
    versions: Sequence[SettingsVersion],
    first: date,
    zone: str,
) -> AgentCourse:
    mine = daily(of_agent(points, agent))
    return AgentCourse(
        agent=agent,
        points=mine,
        bounds=_bounds(agent, versions, first, zone),
        gaps=gaps(mine),
        turns=band_turns(mine),
    )


def _bounds(
    agent: Agent, versions: Sequence[SettingsVersion], first: date, zone: str
) -> tuple[BoundsFrom, ...]:
    found = [_bounds_of(agent, TenantSettings(), first)]
    for version in versions:
        day = first if version.applied_at is None else local_day(version.applied_at, zone)
        bounds = _bounds_of(agent, version.settings, max(day, first))
        if bounds.first == found[-1].first:
            found.pop()
        if not found or (bounds.red, bounds.amber) != (found[-1].red, found[-1].amber):
            found.append(bounds)
    return tuple(found)


def _bounds_of(agent: Agent, settings: TenantSettings, first: date) -> BoundsFrom:
    section = settings.tam if agent is Agent.TAM else settings.csm
    return BoundsFrom(first=first, red=section.red_threshold, amber=section.amber_threshold)


def _turns(
    versions: Sequence[SettingsVersion], since: datetime, zone: str
) -> tuple[SettingsTurn, ...]:
    found, before = [], TenantSettings()
    for version in versions:
        changes = scoring_changes(before, version.settings)
        before = version.settings
        if changes and version.applied_at is not None and version.applied_at >= since:
            day = local_day(version.applied_at, zone)
            found.append(
                SettingsTurn(at=version.applied_at, day=day, version=version, changes=changes)
            )
    return tuple(found)
