"""What happened along an account's scores, in words: a line each, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from app.clock import local_day
from app.domain.act import Act, ActKind
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.incident import Change, IncidentKind, Revision
from app.jobs.flows.owing import AGENT_OF, TITLES
from app.jobs.pages.account_history import AgentCourse, ScoreHistory, SettingsTurn
from app.web.wording import counted, person

MOST = 200
_MOST_CHANGES = 4
_SIDES = {Agent.TAM: "technical", Agent.CSM: "commercial"}
_ACTS = {
    ActKind.ACKNOWLEDGED: "acknowledged",
    ActKind.SNOOZED: "snoozed",
    ActKind.DISMISSED: "dismissed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line."""

    at: datetime
    day: date
    what: str
    """Its kind, such as `Band` or `Incident`."""
    side: str
    """`technical`, `commercial`, or empty: both."""
    text: str
    band: Band | None = None
    """The band that it is about."""


def happenings(found: ScoreHistory, zone: str) -> tuple[Happening, ...]:
    """The newest lines of these days, newest first."""
    every = [
        *(one for course in found.courses for one in _of_course(course)),
        *(_revision(one, zone) for one in found.revisions),
        *(_settings(one) for one in found.settings),
        *(_act(one, zone) for one in found.acts),
    ]
    every.sort(key=lambda one: one.at, reverse=True)
    return tuple(every[:MOST])


def settings_words(turn: SettingsTurn) -> str:
    """What a version changed, such as `tam.red_threshold 40 → 45`."""
    told = [f"{one.name} {one.before} → {one.after}" for one in turn.changes[:_MOST_CHANGES]]
    more = len(turn.changes) - _MOST_CHANGES
    return ", ".join([*told, counted(more, "more value")] if more > 0 else told)


def _of_course(course: AgentCourse) -> Iterator[Happening]:
    side = _SIDES[course.agent]
    for turn in course.turns:
        score = "" if turn.score is None else f", score {turn.score}"
        yield Happening(
            at=turn.at,
            day=turn.day,
            what="Band",
            side=side,
            text=f"{turn.before.value} → {turn.after.value}{score}",
            band=turn.after,
        )
    ends = {point.local_day: point.taken_at for point in course.points}
    for gap in course.gaps:
        days = f"{gap.first}" if gap.first == gap.last else f"{gap.first} to {gap.last}"
        yield Happening(
            at=ends[gap.last],
            day=gap.last,
            what="Not computed",
            side=side,
            text=f"{days}, the last score kept: {gap.reason}",
        )


def _revision(one: Revision, zone: str) -> Happening:
    kind = one.finding.kind
    is_over = one.change is Change.CLOSED  # what is still found is not why it closed
    why = f": {one.finding.reasons[0]}" if one.finding.reasons and not is_over else ""
    return Happening(
        at=one.at,
        day=local_day(one.at, zone),
        what="Incident",
        side=_SIDES[AGENT_OF[kind]],
        text=f"{TITLES[kind].capitalize()} {one.change.value}{why}",
        band=one.finding.band,
    )


def _settings(one: SettingsTurn) -> Happening:
    version = one.version
    return Happening(
        at=one.at,
        day=one.day,
        what="Settings",
        side="",
        text=f"version {version.version} by {person(version.applied_by)}: {settings_words(one)}",
    )


def _act(one: Act, zone: str) -> Happening:
    at, day, who = one.at, local_day(one.at, zone), person(one.by)
    if one.kind in _ACTS:
        kind = IncidentKind(one.about.partition(":")[0])
        why = f": {one.after['reason']}" if "reason" in one.after else ""
        until = f" until {one.after['until']}" if "until" in one.after else ""
        text = f"{who} {_ACTS[one.kind]} the {TITLES[kind]}{until}{why}"
        return Happening(at=at, day=day, what="Incident", side=_SIDES[AGENT_OF[kind]], text=text)
    side = _SIDES[Agent(one.about)]
    if one.kind is ActKind.OVERRIDE_CLEARED:
        text = f"{who} took back {one.before.get('band', 'a word')}"
        return Happening(at=at, day=day, what="Rep’s word", side=side, text=text)
    said = one.after
    text = f"{who} says {said['band']} until {said['until']}: {said['reason']}"
    return Happening(
        at=at, day=day, what="Rep’s word", side=side, text=text, band=Band(f"{said['band']}")
    )
