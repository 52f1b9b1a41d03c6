"""A relationship profile as the part of a page in Notion, and which of its lines a rep may change.

A line about a person tells their maturity, a line of the log what became of a letter: what a rep
writes there is read. It decides alone; it reads no store and calls nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.agents.technical_account_manager.notion_renderers import (
    COMMUNICATION_HISTORY,
    HEALTH_DASHBOARD,
    feature_line,
    finding_line,
    integration_line,
    opportunity_line,
    profile_title,
    stakeholder_line,
)
from app.agents.technical_account_manager.schemas import RelationshipProfile, StakeholderProfile
from app.blocks.kinds import Bullet, Callout, Paragraph
from app.blocks.layout_tree import Wanted
from app.domain.act import Communication
from app.services.notion.page_blocks import entry, heading, key_of, part

_SIGNS = {"Green": "🟢", "Amber": "🟡", "Red": "🔴"}
_MATURITY = (
    "To change how technical a text to somebody may be, write low, medium or high after “technical "
    "maturity” on their line."
)
_LOG = "To tell what became of a letter, write sent, sent edited or dropped after its “Outcome:”."
_SCAN_NOTE = "when this was written; the account's row has the newest"
_WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where a score comes from."""

    before: int | None = None
    """The last score that was another; None: there was none."""
    until: str = ""
    """The last day it stood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePart:
    """What stands on the page, and what its lines are about, by their keys."""

    top: Wanted
    people: Mapping[str, StakeholderProfile] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    """Ids of drafts."""


def profile_part(
    profile: RelationshipProfile, log: Sequence[Communication], course: Course
) -> ProfilePart:
    """The profile; `log` are its letters, oldest first."""
    people = _by_key(profile.stakeholders)
    letters = {
        f"letter {one.draft_id}": one for one in log if not one.outcome.startswith(_WITHDRAWN)
    }
    below = (
        *_titled("Stakeholder Map", "No stakeholders recorded yet.", _people(people)),
        *_what_there_is(profile),
        *_titled(
            COMMUNICATION_HISTORY, "Communications are added here, newest last.", _log(letters)
        ),
        *heading(HEALTH_DASHBOARD),
        *_dashboard(profile, course),
        *_lines(
            "Co-Development Opportunities",
            "No opportunities surfaced yet.",
            [(one.opportunity_name, opportunity_line(one)) for one in profile.co_dev_opportunities],
        ),
    )
    return ProfilePart(
        top=part(profile_title(profile), below),
        people=people,
        letters={key: one.draft_id for key, one in letters.items()},
    )


def letter_line(letter: Communication) -> str:
    """A letter as its line in the log."""
    kind, subject = letter.communication_type, " ".join(letter.subject.split())
    return f"{letter.day} | {kind} | {subject} | Outcome: {letter.outcome or 'open'}"


def _by_key(stakeholders: Sequence[StakeholderProfile]) -> dict[str, StakeholderProfile]:
    """People by their names; namesakes by their order too."""
    people: dict[str, StakeholderProfile] = {}
    for one in stakeholders:
        key, count = f"person {key_of(one.name)}", 1
        while key in people:
            count += 1
            key = f"person {key_of(one.name)} ~{count}"
        people[key] = one
    return people


def _what_there_is(profile: RelationshipProfile) -> Iterator[Wanted]:
    yield from _lines(
        "Integration Depth",
        "No integrations recorded yet.",
        [(one.integration_name, integration_line(one)) for one in profile.integrations],
    )
    yield from _lines(
        "Feature Adoption",
        "No feature use recorded yet.",
        [(one.feature_name, feature_line(one)) for one in profile.feature_adoption],
    )
    yield from _lines(
        "Customer Environment",
        "No other applications recorded yet.",
        [(one, one) for one in profile.customer_environment],
    )
    yield from _lines(
        "Roadmap Alignment",
        "No alignment notes yet.",
        [(one, one) for one in profile.roadmap_alignment_notes],
    )


def _people(people: Mapping[str, StakeholderProfile]) -> Iterator[Wanted]:
    if people:
        yield from entry("people note", Paragraph(words=_MATURITY))
    for key, one in people.items():
        marks = (one.name, f"technical maturity {one.technical_maturity}")
        is_said = one.maturity_source == "rep"  # its reason says no more than that
        shown = one.model_copy(update={"maturity_reason": ""}) if is_said else one
        yield from entry(key, Bullet(words=stakeholder_line(shown)), marks=marks)


def _log(letters: Mapping[str, Communication]) -> Iterator[Wanted]:
    if letters:
        yield from entry("log note", Paragraph(words=_LOG))
    for key, one in letters.items():
        state = (one.outcome or "open").partition(",")[0].partition(":")[0]
        marks = (f"Outcome: {state}",)
        yield from entry(key, Bullet(words=letter_line(one)), marks=marks)


def _dashboard(profile: RelationshipProfile, course: Course) -> Iterator[Wanted]:
    score, band = profile.health_score, profile.health_rag or "Unknown"
    if score is None:
        yield from entry("score", Paragraph(words=f"Status: {band}. No score is known."))
    else:
        words = f"Current Score: {score}/100 | Status: {band}"
        yield from entry("score", Callout(words=words, emoji=_SIGNS.get(band, "")))
        yield from entry("trend", Paragraph(words=f"Trend: {_trend(score, course)}"))
    scan = profile.last_health_scan
    day = "not recorded" if scan is None else f"{scan:%Y-%m-%d %H:%M} UTC ({_SCAN_NOTE})"
    yield from entry("last scan", Paragraph(words=f"Last scan: {day}"), is_passing=True)
    for one in profile.heartbeat_findings:
        reason = one.partition(" since ")[0]
        yield from entry(f"finding {key_of(reason)}", Bullet(words=finding_line(one)))


def _trend(score: int, course: Course) -> str:
    if course.before is None:
        return "stable"
    word = "improving" if score > course.before else "declining"
    return f"{word} (was {course.before} until {course.until})"


def _lines(title: str, empty: str, lines: Sequence[tuple[str, str]]) -> Iterator[Wanted]:
    own = key_of(title)
    bullets = (
        one for name, line in lines for one in entry(f"{own} {key_of(name)}", Bullet(words=line))
    )
    yield from _titled(title, empty, bullets)


def _titled(title: str, empty: str, below: Iterator[Wanted]) -> Iterator[Wanted]:
    """A section; one without entries says so."""
    yield from heading(title)
    blocks = list(below)
    yield from blocks or entry(f"{key_of(title)} empty", Paragraph(words=empty))
