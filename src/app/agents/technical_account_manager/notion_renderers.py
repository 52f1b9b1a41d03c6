"""The TAM's pages as Notion blocks: profile, dashboard, communication log. Pure rendering.

`…_blocks` are typed, of any length; `render_…` are the same as JSON objects. What other people
wrote stays on its own line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.agents.technical_account_manager.schemas import (
    CoDevOpportunity,
    CommunicationRecord,
    FeatureAdoption,
    HealthScoreResult,
    IntegrationStatus,
    RelationshipProfile,
    StakeholderProfile,
)
from app.blocks.built import block_objects
from app.blocks.kinds import Block, Bullet, Callout, Heading, Paragraph
from app.blocks.rich_text import NotionObject

PROFILE_TITLE = "Technical Relationship Profile - "
"""What the title of every profile page begins with."""
COMMUNICATION_HISTORY = "Communication History"
HEALTH_DASHBOARD = "Health Dashboard"

_ProfileSection = tuple[str, Callable[[RelationshipProfile], list[str]], str]


def profile_title(profile: RelationshipProfile) -> str:
    """The title of an account's profile page; an account without a name goes by its id."""
    return f"{PROFILE_TITLE}{_line(profile.account_name or profile.account_id)}"


def render_relationship_profile_blocks(profile: RelationshipProfile) -> list[NotionObject]:
    """The profile: its title as H2, then an H3 and its entries for each section.

    The health dashboard comes last; a section without entries says so.
    """
    return block_objects(profile_blocks(profile))


def render_health_dashboard_blocks(health_score: HealthScoreResult) -> list[NotionObject]:
    """The dashboard: score and band, last scan, trend, and a callout when it escalates."""
    blocks: list[Block] = [
        Heading(words=HEALTH_DASHBOARD, level=3),
        *_standing(health_score.score, health_score.rag_status),
        Paragraph(words=f"Last scan: {health_score.scan_timestamp:%Y-%m-%d %H:%M} UTC"),
        Paragraph(words=f"Trend: {_trend(health_score.score, health_score.previous_score)}"),
    ]
    if health_score.should_escalate:
        waiting = "Escalation: a draft outreach is waiting for review."
        blocks.append(Callout(words=waiting, emoji="🚨"))
    return block_objects(blocks)


def render_communication_log_blocks(
    records: Sequence[CommunicationRecord],
) -> list[NotionObject]:
    """One list entry for each record, in the order given; without any, a line that says so."""
    return block_objects([communication_block(record) for record in records] or [_NO_RECORDS])


def profile_blocks(profile: RelationshipProfile) -> tuple[Block, ...]:
    """The profile as typed blocks."""
    blocks: list[Block] = [Heading(words=profile_title(profile), level=2)]
    for title, entries_of, empty in _SECTIONS:
        entries: list[Block] = [Bullet(words=entry) for entry in entries_of(profile)]
        blocks += [Heading(words=title, level=3), *(entries or [Paragraph(words=empty)])]
    return (*blocks, *_dashboard_of(profile))


def communication_block(record: CommunicationRecord) -> Bullet:
    """A record as its entry in the log."""
    return Bullet(words=communication_line(record))


def communication_line(record: CommunicationRecord) -> str:
    """A record as its line in the log: the same record is always the same line."""
    return _line(
        f"{record.date} | {record.communication_type} | {record.subject} "
        f"| Outcome: {record.outcome or 'open'}"
    )


def _dashboard_of(profile: RelationshipProfile) -> list[Block]:
    if profile.health_score is None or profile.health_rag is None:
        nothing = f"Status: {_line(profile.health_rag or 'Unknown')}. No score is known."
        return [Heading(words=HEALTH_DASHBOARD, level=3), Paragraph(words=nothing)]
    scan = profile.last_health_scan
    day = "not recorded" if scan is None else f"{scan:%Y-%m-%d %H:%M} UTC"
    return [
        Heading(words=HEALTH_DASHBOARD, level=3),
        *_standing(profile.health_score, profile.health_rag),
        Paragraph(words=f"Last scan: {day}"),
        Paragraph(words="Trend: shown from the next scan on"),
        *(Bullet(words=finding_line(one)) for one in profile.heartbeat_findings),
    ]


def _standing(score: int, band: str) -> list[Block]:
    return [
        Paragraph(words=f"Current Score: {score}/100 | Status: {_line(band)}"),
        Paragraph(words="100 is healthy."),
    ]


def _line(text: str) -> str:
    """The text on one line: what other people wrote does not look like lines of ours."""
    return " ".join(text.split())


def _trend(score: int, previous: int | None) -> str:
    if previous is None:
        return "stable (first scan)"
    if score == previous:
        return f"stable (was {previous})"
    return f"{'improving' if score > previous else 'declining'} (was {previous})"


def stakeholder_line(person: StakeholderProfile) -> str:
    """A person as a line: role, technical maturity and who says it, notes."""
    reason = f": {person.maturity_reason}" if person.maturity_reason else ""
    source = "set by the rep" if person.maturity_source == "rep" else "derived"
    role = f", {person.role}" if person.role else ""
    notes = f" | {person.notes}" if person.notes else ""
    maturity = f"technical maturity {person.technical_maturity} ({source}{reason})"
    return _line(f"{person.name}{role} | {maturity}{notes}")


def integration_line(integration: IntegrationStatus) -> str:
    """An integration as a line: whether it is active, and since when."""
    since = f" | since {integration.since}" if integration.since else ""
    state = "active" if integration.is_active else "not active"
    return _line(f"{integration.integration_name} | {state}{since}")


def finding_line(finding: str) -> str:
    """A finding on the heartbeat as a line."""
    return _line(f"Out of the ordinary: {finding}")


def feature_line(feature: FeatureAdoption) -> str:
    """A feature as a line: whether it is in use, and who says so."""
    state = "in use" if feature.adopted else "not in use"
    return _line(f"{feature.feature_name} | {state} (source: {feature.source})")


def opportunity_line(opportunity: CoDevOpportunity) -> str:
    """An opportunity as a line: where it stands, and whether Sales was told."""
    told = " | Sales was told" if opportunity.dispatched_to_sales else ""
    status = opportunity.status.replace("_", " ")
    return _line(f"{opportunity.opportunity_name} | {status} | {opportunity.description}{told}")


_NO_RECORDS = Paragraph(words="No communications recorded yet.")
_SECTIONS: tuple[_ProfileSection, ...] = (
    (
        "Stakeholder Map",
        lambda profile: [stakeholder_line(person) for person in profile.stakeholders],
        "No stakeholders recorded yet.",
    ),
    (
        "Integration Depth",
        lambda profile: [integration_line(one) for one in profile.integrations],
        "No integrations recorded yet.",
    ),
    (
        "Feature Adoption",
        lambda profile: [feature_line(feature) for feature in profile.feature_adoption],
        "No feature use recorded yet.",
    ),
    (
        "Customer Environment",
        lambda profile: [_line(one) for one in profile.customer_environment],
        "No other applications recorded yet.",
    ),
    (
        "Roadmap Alignment",
        lambda profile: [_line(one) for one in profile.roadmap_alignment_notes],
        "No alignment notes yet.",
    ),
    (
        COMMUNICATION_HISTORY,
        lambda profile: [communication_line(record) for record in profile.communication_history],
        "Communications are added here, newest last.",
    ),
    (
        "Co-Development Opportunities",
        lambda profile: [opportunity_line(one) for one in profile.co_dev_opportunities],
        "No opportunities surfaced yet.",
    ),
)
