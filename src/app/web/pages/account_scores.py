"""The history of one account's scores as it is drawn: a panel for each, and what happened below.

A script makes the same panels zoomable; what it draws stands in an attribute, as plain numbers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup
from pydantic import JsonValue

from app.clock import local_day
from app.domain.assessment import Agent
from app.domain.band import rank
from app.domain.incident import IncidentKind
from app.domain.incident_span import IncidentSpan
from app.jobs.flows.owing import AGENT_OF, TITLES
from app.jobs.pages.account_asked import AccountAsked
from app.jobs.pages.account_header import AccountHeader
from app.jobs.pages.account_history import (
    SPANS_OF_DAYS,
    AgentCourse,
    ScoreHistory,
    score_history,
)
from app.ports.store import Unit
from app.services.plain_text import one_line
from app.web.drawing.history import Lane, Mark, Panel, Stretch, history
from app.web.drawing.scales import Bounds
from app.web.factors import AGENT_TITLES
from app.web.pages.account_happenings import Happening, happenings, settings_words
from app.web.wording import dated, day

_LANE_STYLES = {
    IncidentKind.TAM_ESCALATION: "bad",
    IncidentKind.CSM_HEALTH: "watch",
    IncidentKind.CSM_CHURN: "bad",
}
_MOST_REASON = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelShown:
    """One score's panel."""

    key: str
    title: str
    drawing: Markup
    lanes: tuple[Lane, ...]
    """What the lanes below it are, from top to bottom."""
    gaps: int
    settings: int
    course: str
    """The same as JSON, for the script."""
    has_points: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryShown:
    """The view."""

    found: ScoreHistory
    spans_of_days: tuple[int, ...]
    panels: tuple[PanelShown, ...]
    happenings: tuple[Happening, ...]


def read_history(unit: Unit, header: AccountHeader, asked: AccountAsked) -> HistoryShown:
    """The account's history, read and drawn."""
    found = score_history(unit, header, asked)
    zone = header.look.zone
    bad = {head.agent: rank(head.band) for head in header.heads}
    courses = sorted(found.courses, key=lambda course: -bad[course.agent])
    return HistoryShown(
        found=found,
        spans_of_days=SPANS_OF_DAYS,
        panels=tuple(_panel(course, found, zone) for course in courses),
        happenings=happenings(found, zone),
    )


def _panel(course: AgentCourse, found: ScoreHistory, zone: str) -> PanelShown:
    panel = Panel(
        title=f"{AGENT_TITLES[course.agent]}, {_days(found.first, found.last)}",
        first=found.first,
        last=found.last,
        points=[(point.local_day, point.score) for point in course.points],
        bounds=[(one.first, Bounds(red=one.red, amber=one.amber)) for one in course.bounds],
        gaps=[
            Stretch(
                first=gap.first,
                last=gap.last,
                title=f"{_days(gap.first, gap.last)}: not computed, "
                f"{dated(one_line(gap.reason, _MOST_REASON))}",
            )
            for gap in course.gaps
        ],
        settings=[
            Mark(
                day=turn.day,
                title=f"{day(turn.day)}: settings version {turn.version.version}, "
                f"{one_line(settings_words(turn), _MOST_REASON)}",
            )
            for turn in found.settings
        ],
        lanes=_lanes(course.agent, found, zone),
    )
    key = course.agent.value
    return PanelShown(
        key=key,
        title=AGENT_TITLES[course.agent],
        drawing=history(key, panel),
        lanes=tuple(panel.lanes),
        gaps=len(panel.gaps),
        settings=len(panel.settings),
        course=_as_json(panel),
        has_points=bool(course.points),
    )


def _lanes(agent: Agent, found: ScoreHistory, zone: str) -> tuple[Lane, ...]:
    lanes = []
    for kind, style in _LANE_STYLES.items():
        mine = [one for one in found.incidents if one.kind is kind and AGENT_OF[kind] is agent]
        if mine:
            lanes.append(
                Lane(
                    name=TITLES[kind].capitalize(),
                    style=style,
                    stretches=tuple(_stretch(one, found.last, zone) for one in mine),
                )
            )
    return tuple(lanes)


def _stretch(one: IncidentSpan, today: date, zone: str) -> Stretch:
    first = local_day(one.first, zone)
    last = today if one.last is None else local_day(one.last, zone)
    told = f"since {day(first)}" if one.last is None else _days(first, last)
    worse = f", worse on {_listed(one.worsened, zone)}" if one.worsened else ""
    return Stretch(first=first, last=last, title=f"{told}{worse}")


def _listed(moments: tuple[datetime, ...], zone: str) -> str:
    return ", ".join(day(local_day(one, zone)) for one in moments)


def _days(first: date, last: date) -> str:
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def _as_json(panel: Panel) -> str:
    """Days are counted from the first one; a score holds for its day."""

    def at(one: date) -> int:
        return (one - panel.first).days

    told: dict[str, JsonValue] = {
        "first": panel.first.isoformat(),
        "last": at(panel.last),
        "days": [at(point) for point, _ in panel.points],
        "scores": [score for _, score in panel.points],
        "bounds": [[at(first), one.red, one.amber] for first, one in panel.bounds],
        "gaps": [[at(gap.first), at(gap.last), gap.title] for gap in panel.gaps],
        "settings": [[at(mark.day), mark.title] for mark in panel.settings],
        "lanes": [
            [
                lane.style,
                [[at(one.first), at(one.last), _said(lane, one)] for one in lane.stretches],
            ]
            for lane in panel.lanes
        ],
    }
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)


def _said(lane: Lane, one: Stretch) -> str:
    return f"{lane.name} {one.title}"
