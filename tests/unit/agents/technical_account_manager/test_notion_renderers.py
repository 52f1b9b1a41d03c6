"""The TAM's pages as blocks: what a rep reads on them."""

from __future__ import annotations

import pytest

from app.agents.technical_account_manager.notion_tam import (
    render_communication_log_blocks,
    render_health_dashboard_blocks,
    render_relationship_profile_blocks,
)
from app.agents.technical_account_manager.schemas import RelationshipProfile
from app.blocks.rich_text import NotionObject
from tests.unit.agents.technical_account_manager.shapes import (
    full_profile,
    health,
    person,
    profile,
    record,
)

SECTIONS = [
    "Stakeholder Map",
    "Integration Depth",
    "Feature Adoption",
    "Customer Environment",
    "Roadmap Alignment",
    "Communication History",
    "Co-Development Opportunities",
    "Health Dashboard",
]


def lines(blocks: list[NotionObject], kind: str | None = None) -> list[str]:
    found = []
    for block in blocks:
        body = block[str(block["type"])]
        assert isinstance(body, dict)
        texts = body["rich_text"]
        assert isinstance(texts, list)
        words = "".join(
            str(text["text"]["content"])
            for text in texts
            if isinstance(text, dict) and isinstance(text["text"], dict)
        )
        if kind in (None, block["type"]):
            found.append(words)
    return found


@pytest.mark.parametrize("known", [profile(), full_profile()])
def test_a_profile_has_its_title_and_every_section(known: RelationshipProfile) -> None:
    blocks = render_relationship_profile_blocks(known)

    assert lines(blocks, "heading_2") == ["Technical Relationship Profile - Acme"]
    assert lines(blocks, "heading_3") == SECTIONS


def test_a_full_profile_tells_all_it_knows() -> None:
    told = lines(render_relationship_profile_blocks(full_profile()))

    assert "Sam, CTO | technical maturity high (set by the rep: knows our API) | kind" in told
    assert "SSO | active | since 2024" in told
    assert "Export | not active" in told
    assert "Reports | in use (source: manual)" in told
    assert "SAP" in told
    assert "Wants webhooks" in told
    assert "2026-03-01 | health_checkin | Hello | Outcome: call booked" in told
    assert "Bridge | surfaced | To SAP | Sales was told" in told
    assert "Current Score: 62/100 | Status: Amber" in told
    assert "Last scan: 2026-03-11 07:00 UTC" in told


def test_an_empty_profile_says_so_in_every_section() -> None:
    blocks = render_relationship_profile_blocks(RelationshipProfile(account_id="acme"))

    assert lines(blocks)[0] == "Technical Relationship Profile - acme"
    assert len(lines(blocks, "paragraph")) == len(SECTIONS)
    assert "Status: Unknown. No score is known." in lines(blocks)


def test_a_derived_maturity_is_shown_as_such() -> None:
    told = lines(render_relationship_profile_blocks(profile(stakeholders=[person(role="")])))

    assert "Sam | technical maturity high (derived)" in told


def test_a_score_never_scanned_for_is_shown_without_a_day() -> None:
    known = profile(health_score=62, health_rag="Amber")

    assert "Last scan: not recorded" in lines(render_relationship_profile_blocks(known))


@pytest.mark.parametrize(
    "before, trend",
    [
        (None, "Trend: stable (first scan)"),
        (70, "Trend: improving (was 70)"),
        (85, "Trend: stable (was 85)"),
        (90, "Trend: declining (was 90)"),
    ],
)
def test_the_dashboard_tells_score_band_scan_and_trend(before: int | None, trend: str) -> None:
    told = lines(render_health_dashboard_blocks(health(previous_score=before)))

    assert told == [
        "Health Dashboard",
        "Current Score: 85/100 | Status: Green",
        "100 is healthy.",
        "Last scan: 2026-03-11 07:00 UTC",
        trend,
    ]


def test_an_escalation_stands_out() -> None:
    blocks = render_health_dashboard_blocks(health(score=30, rag_status="Red"))

    assert lines(blocks, "callout") == ["Escalation: a draft outreach is waiting for review."]


def test_the_log_has_a_line_per_communication() -> None:
    told = lines(render_communication_log_blocks([record(), record(outcome="pleased")]))

    assert told == [
        "2026-03-01 | health_checkin | Hello | Outcome: open",
        "2026-03-01 | health_checkin | Hello | Outcome: pleased",
    ]


def test_an_empty_log_is_one_line() -> None:
    assert lines(render_communication_log_blocks([])) == ["No communications recorded yet."]
