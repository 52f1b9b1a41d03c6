"""A relationship profile as a page for the rep: health, people, systems, features, letters, plans.

It lays out what the profile holds and adds nothing to it; a section without entries says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.agents.technical_account_manager.schemas import (
    CoDevOpportunity,
    CommunicationRecord,
    FeatureAdoption,
    IntegrationStatus,
    RelationshipProfile,
    StakeholderProfile,
)
from app.domain.account import TechnicalMaturity
from app.domain.page import Cell, Figure, Page, Section, Table, Tone, tone_of

_INTERNAL = "For our own people: never for the customer"
_SOURCES = {"heartbeat": "", "ticket": " (by a ticket on it)", "manual": " (by the rep)"}
"""Who says whether a feature is in use, where it is not usage itself."""
_MATURITY = (
    "How technical a text to them may be: as set by hand or by an import; where it is derived, the "
    "reason stands beside it."
)
_ORDINARY = "The integration's heartbeat, compared with its own past. It costs no points."
_OUTCOMES = {"waiting": "draft waits", "dropped": "dropped, not sent"}
_MATURITY_TONES = {TechnicalMaturity.HIGH: Tone.GOOD}


def profile_page(profile: RelationshipProfile, *, as_of: date) -> Page:
    """The profile as a page. `as_of`: the day it is known on."""
    return Page(
        kind="Technical relationship profile",
        title=profile.account_name or profile.account_id,
        facts=(f"As known on {as_of}",),
        internal=_INTERNAL,
        sections=(
            Section(title="At a glance", figures=tuple(_figures(profile))),
            *_out_of_the_ordinary(profile),
            *_what_there_is(profile),
            *_what_comes_of_it(profile),
        ),
    )


def _what_there_is(profile: RelationshipProfile) -> Iterable[Section]:
    yield _section(
        "People",
        ("Name", "Role", "Technical maturity", "Notes"),
        (_person(one) for one in profile.stakeholders),
        "Nobody is known yet.",
        told=_MATURITY,
    )
    yield _section(
        "Integrations",
        ("State", "Systems"),
        _integrations(profile),
        "No integration is known yet.",
    )
    yield _section(
        "Features",
        ("State", "Features"),
        _features(profile),
        "Nobody tells which features are in use.",
    )


def _out_of_the_ordinary(profile: RelationshipProfile) -> Iterable[Section]:
    if profile.heartbeat_findings:
        yield Section(
            title="Out of the ordinary",
            text=_ORDINARY,
            points=tuple(profile.heartbeat_findings),
        )


def _what_comes_of_it(profile: RelationshipProfile) -> Iterable[Section]:
    yield _section(
        "Letters",
        ("Day", "Letter", "Subject", "What became of it"),
        (_letter(one) for one in reversed(profile.communication_history)),
        "No letter was written yet.",
    )
    yield _section(
        "To build together",
        ("What", "Where it stands", "About"),
        (_opportunity(one) for one in profile.co_dev_opportunities),
        "Nothing has come up yet.",
    )
    yield Section(
        title="Roadmap",
        text="" if profile.roadmap_alignment_notes else "Nothing planned aligns so far.",
        points=tuple(profile.roadmap_alignment_notes),
    )


def _figures(profile: RelationshipProfile) -> Iterable[Figure]:
    scan = profile.last_health_scan
    band = profile.health_rag or "Unknown"
    looked = "never scanned" if scan is None else f"scanned {scan:%Y-%m-%d %H:%M} UTC"
    score = profile.health_score
    yield Figure(
        label="Technical health",
        value="not known" if score is None else f"{score} of 100",
        note=f"{band}; {looked}",
        tone=tone_of(band),
        share=None if score is None else score / 100,
    )
    if profile.integrations:
        active = sum(one.is_active for one in profile.integrations)
        yield _part("Integrations active", active, len(profile.integrations))
    if profile.feature_adoption:
        used = sum(one.adopted for one in profile.feature_adoption)
        yield _part("Features in use", used, len(profile.feature_adoption))
    yield Figure(label="People known", value=str(len(profile.stakeholders)))


def _part(label: str, part: int, whole: int) -> Figure:
    return Figure(label=label, value=f"{part} of {whole}", share=part / whole)


def _section(
    title: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[Cell, ...]],
    empty: str,
    *,
    told: str = "",
) -> Section:
    """A table without the columns that nothing stands in, or a line that says so."""
    found = tuple(rows)
    if not found:
        return Section(title=title, text=empty)
    kept = [place for place in range(len(columns)) if any(row[place].text for row in found)]
    table = Table(
        title="",
        columns=tuple(columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in found),
    )
    return Section(title=title, text=told, tables=(table,))


def _person(one: StakeholderProfile) -> tuple[Cell, ...]:
    tone = _MATURITY_TONES.get(one.technical_maturity, Tone.PLAIN)
    derived = "" if one.maturity_source == "rep" else f" ({one.maturity_reason})"
    return (
        Cell(text=one.name),
        Cell(text=one.role),
        Cell(text=f"{one.technical_maturity}{derived}", tone=tone),
        Cell(text=one.notes),
    )


def _integrations(profile: RelationshipProfile) -> Iterable[tuple[Cell, ...]]:
    for state, tone, is_active in (("active", Tone.GOOD, True), ("not active", Tone.BAD, False)):
        names = [_system(one) for one in profile.integrations if one.is_active is is_active]
        if names:
            yield (Cell(text=state, tone=tone), Cell(text=", ".join(names)))
    if profile.customer_environment:
        names = profile.customer_environment
        yield (Cell(text="other applications"), Cell(text=", ".join(names)))


def _system(one: IntegrationStatus) -> str:
    return f"{one.integration_name} (since {one.since})" if one.since else one.integration_name


def _features(profile: RelationshipProfile) -> Iterable[tuple[Cell, ...]]:
    for state, tone, adopted in (
        ("in use", Tone.GOOD, True),
        ("not in use", Tone.PLAIN, False),
    ):
        names = [_feature(one) for one in profile.feature_adoption if one.adopted is adopted]
        if names:
            yield (Cell(text=state, tone=tone), Cell(text=", ".join(names)))


def _feature(one: FeatureAdoption) -> str:
    return f"{one.feature_name}{_SOURCES[one.source]}"


def _letter(one: CommunicationRecord) -> tuple[Cell, ...]:
    return (
        Cell(text=one.date),
        Cell(text=one.communication_type.replace("_", " ")),
        Cell(text=one.subject),
        Cell(text=_OUTCOMES.get(one.outcome, one.outcome or "open")),
    )


def _opportunity(one: CoDevOpportunity) -> tuple[Cell, ...]:
    told = ", Sales was told" if one.dispatched_to_sales else ""
    return (
        Cell(text=one.opportunity_name),
        Cell(text=f"{one.status.replace('_', ' ')}{told}"),
        Cell(text=one.description),
    )
