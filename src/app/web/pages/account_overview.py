"""The overview of one account as it is drawn: a way down for each score, and what stands beside it.

It puts names, addresses and drawings to what was read, and reads nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from app.clock import local_day
from app.domain.assessment import Agent, LedgerRow
from app.domain.band import Band, rank
from app.domain.explanation import Cause, MovedRow
from app.domain.incident import Finding, Incident
from app.domain.score_ladder import Rung
from app.jobs.flows.owing import TITLES
from app.jobs.pages.account import AgentOverview, Overview, overview
from app.jobs.pages.account_asked import AccountAsked
from app.jobs.pages.account_header import AccountHeader
from app.ports.one_account import StandingIncident
from app.ports.store import Unit
from app.web.drawing.scales import Bounds
from app.web.drawing.sparkline import sparkline
from app.web.drawing.waterfall import Waterfall, waterfall
from app.web.factors import (
    AGENT_TITLES,
    FACTOR_NAMES,
    RecordLink,
    factor_name,
    factor_path,
    measured,
    more_records,
    record_links,
)
from app.web.paths import draft_path

_STARTS = {
    Agent.TAM: "every account starts at 100",
    Agent.CSM: "all known signals at their best make 100",
}
_CAUSES = {
    Cause.CUSTOMER: "The customer",
    Cause.DATA: "Data that came or went",
    Cause.SETTINGS: "Your settings",
}
_NO_SCORE = frozenset({"kept", "coverage"})
"""Rows that stand in the place of a score: what they lack is unknown, not lost."""
_WORD_LASTS = timedelta(days=30)
"""What the form for a rep's word offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One row of a ledger as it is listed."""

    row: LedgerRow
    name: str
    href: str
    records: tuple[RecordLink, ...]
    more: int
    measured: str
    rung: Rung | None
    """Where it took points: where from and where to."""
    bar: Markup | None
    points: str
    """Lost or won, with its sign; in brackets where nothing is counted for want of a score."""
    is_way_up: bool
    """It is among the fewest changes that would lift the band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedFactor:
    """One factor that moved."""

    name: str
    points: int
    """Won, or lost below 0."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseShare:
    """What one of the three causes did to a score."""

    name: str
    points: int
    factors: tuple[MovedFactor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentShown:
    """A live incident by the name that reps call its kind."""

    title: str
    incident: Incident
    finding: Finding | None
    changed: str
    """Its newest change with its moment, where that is not its beginning; else empty."""
    changed_at: datetime | None
    told_on: date | None
    """The day that its reasons are as of."""
    letter: str
    """The page of the draft that waits for it; empty: none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentShown:
    """One agent's part of the page."""

    key: str
    title: str
    found: AgentOverview
    start: str
    """What 100 means."""
    bounds: Bounds
    fall: Waterfall | None
    """None: there is no score to lead to."""
    rungs: tuple[LedgerLine, ...]
    noted: tuple[LedgerLine, ...]
    unread: tuple[LedgerLine, ...]
    whole: tuple[LedgerLine, ...]
    spark: Markup
    is_bare: bool
    """There is nothing to list: why there is no score stands above."""
    is_whole: bool
    """Nothing is lost of what is known: there is no way down to draw."""
    causes: tuple[CauseShare, ...]
    bands: tuple[Band, ...]
    """Those that a rep may say instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewShown:
    """The view."""

    agents: tuple[AgentShown, ...]
    incidents: tuple[IncidentShown, ...]
    today: date
    tomorrow: date
    next_week: date
    word_until: date


def read_overview(unit: Unit, header: AccountHeader, asked: AccountAsked) -> OverviewShown:
    """The account's overview, read and drawn."""
    return shown_of(overview(unit, header, asked), asked)


def shown_of(found: Overview, asked: AccountAsked) -> OverviewShown:
    """The overview with names, addresses and drawings."""
    return OverviewShown(
        agents=tuple(_agent(one, asked) for one in _worse_first(found.agents)),
        incidents=tuple(
            _incident(one, asked, found.letters) for one in _worst_first(found.incidents)
        ),
        today=asked.today,
        tomorrow=asked.today + timedelta(days=1),
        next_week=asked.today + timedelta(days=7),
        word_until=asked.today + _WORD_LASTS,
    )


def _agent(found: AgentOverview, asked: AccountAsked) -> AgentShown:
    key, way = found.agent.value, found.way
    bounds = Bounds(red=found.thresholds.red_threshold, amber=found.thresholds.amber_threshold)
    fall = None
    if way.score is not None:
        fall = waterfall(key, way, found.ledger.band, bounds, dict(FACTOR_NAMES))
    lines = _Lines(asked=asked, changes=_changes(found))
    falls = () if fall is None else fall.falls
    points = [(point.local_day, point.score) for point in found.course]
    title = AGENT_TITLES[found.agent]
    return AgentShown(
        key=key,
        title=title,
        found=found,
        start=_STARTS[found.agent],
        bounds=bounds,
        fall=fall,
        rungs=tuple(
            lines.of(rung.row, rung, bar) for rung, bar in zip(way.rungs, falls, strict=True)
        ),
        noted=tuple(lines.of(row) for row in way.noted),
        unread=tuple(lines.of(row) for row in way.unread),
        whole=tuple(lines.of(row) for row in way.whole),
        spark=sparkline(points, title, found.record.band),
        is_bare=way.score is None and {row.factor for row in found.ledger.ledger or ()} == {"kept"},
        is_whole=way.score is not None and not way.rungs,
        causes=_causes(found),
        bands=tuple(
            band for band in (Band.GREEN, Band.AMBER, Band.RED) if band is not found.head.told_band
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """Makes the lines of one ledger."""

    asked: AccountAsked
    changes: frozenset[str]

    def of(self, row: LedgerRow, rung: Rung | None = None, bar: Markup | None = None) -> LedgerLine:
        account_id = self.asked.account_id
        return LedgerLine(
            row=row,
            name=factor_name(row.factor),
            href=factor_path(account_id, row.factor),
            records=record_links(account_id, row, may_see_feeds=self.asked.viewer.sees_operations),
            more=more_records(row),
            measured=measured(row),
            rung=rung,
            bar=bar,
            points=_points(row, rung),
            is_way_up=row.factor in self.changes,
        )


def _points(row: LedgerRow, rung: Rung | None) -> str:
    lost = row.points_lost
    if row.factor in _NO_SCORE:
        return "–" if rung is None else f"−{lost}"
    if rung is not None:
        return f"−{lost}" if lost > 0 else f"+{-lost}"
    if lost:
        return f"(−{lost})"
    return f"+{row.points}" if row.points else "0"


def _changes(found: AgentOverview) -> frozenset[str]:
    """The factors that the nearest way up would change; single tickets are those of their age."""
    way_up = found.way_up
    if way_up is None or way_up.target is None:
        return frozenset()
    return frozenset(
        "ticket_age" if change.startswith("ticket:") else change for change in way_up.changes
    )


def _causes(found: AgentOverview) -> tuple[CauseShare, ...]:
    move = found.last_move.move
    if move is None or move.total is None:
        return ()
    points = {
        Cause.SETTINGS: move.settings,
        Cause.DATA: move.data,
        Cause.CUSTOMER: move.customer,
    }
    return tuple(
        CauseShare(name=_CAUSES[cause], points=points[cause], factors=_moved(move.rows, cause))
        for cause in sorted(_CAUSES, key=lambda cause: -abs(points[cause]))
    )


def _moved(rows: Sequence[MovedRow], cause: Cause) -> tuple[MovedFactor, ...]:
    return tuple(
        MovedFactor(name=factor_name(row.factor), points=row.after - row.before, reason=row.reason)
        for row in rows
        if row.cause is cause
    )


def _worse_first(agents: Sequence[AgentOverview]) -> list[AgentOverview]:
    """By band; the technical side first where both are alike."""
    return sorted(agents, key=lambda one: -rank(one.record.band))


def _worst_first(found: Sequence[StandingIncident]) -> list[StandingIncident]:
    return sorted(found, key=lambda one: -one.incident.severity)


def _incident(
    one: StandingIncident, asked: AccountAsked, letters: Mapping[str, str]
) -> IncidentShown:
    incident, revision = one.incident, one.revision
    is_changed = revision is not None and revision.at != incident.opened_at
    return IncidentShown(
        title=TITLES[incident.kind].capitalize(),
        incident=incident,
        finding=None if revision is None else revision.finding,
        changed=revision.change.value if revision is not None and is_changed else "",
        changed_at=revision.at if revision is not None and is_changed else None,
        letter=draft_path(letters[incident.incident_id]) if incident.incident_id in letters else "",
        told_on=None if revision is None else local_day(revision.at, asked.settings.zone),
    )
