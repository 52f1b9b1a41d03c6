"""What stands beside drafts of every kind: what they were written from, as far as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.domain.document import Document, DocumentKind
from app.domain.feed import FactKind
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.domain.ticket import TicketStatus
from app.ports.store import Unit
from tests import builders
from tests.builders import NOW, day_ago, days_ago, rows_of
from tests.integration.pages.draft_book import a_draft, opened, put
from tests.servers.dashboard import Dashboard, text_of

RELEASE: Mapping[str, JsonValue] = {
    "version": "4.2",
    "released_on": "2026-03-01",
    "items": [
        {
            "title": "Old tokens end",
            "description": "Tokens end on 1 May 2026.",
            "kind": "breaking",
        }
    ],
}
ROADMAP: Mapping[str, JsonValue] = {
    "items": [{"title": "Shared calendars", "planned_for": "2027-Q1"}]
}
ABOUT_RELEASE = "Dear Sam,\n\nversion 4.2 is here. Old tokens end: tokens end on 1 May 2026.\n"
ABOUT_PLANS = "Dear Sam,\n\nwe plan this: Shared calendars, for 2027-Q1.\n"
ABOUT_OFFER = "Dear Sam,\n\nwould Zephyrsync be of use to you? Of 50 seats 40 are taken.\n"


@pytest.fixture
def dashboard(tmp_path: Path) -> Dashboard:
    return opened(tmp_path)


def keep(dashboard: Dashboard, kind: DocumentKind, body: Mapping[str, JsonValue], of: str) -> None:
    document = Document(
        kind=kind, subject=of, key="", title=kind.value, body=body, made_by="x", made_at=NOW
    )
    dashboard.store.write_now("main", lambda unit: unit.documents.keep(document))


def shown(dashboard: Dashboard, kind: str, text: str) -> str:
    draft = a_draft("d-3", subject="Something new", body_text=f"{text}\nKind regards,\nRita Lind\n")
    put(dashboard, replace(draft, communication_type=kind, incident_id=""))
    return text_of(dashboard.get("/drafts/d-3"))


def test_a_letter_on_a_release_is_held_to_the_release_that_is_kept(dashboard: Dashboard) -> None:
    keep(dashboard, DocumentKind.RELEASE, RELEASE, "")
    said = shown(dashboard, "release_notes", ABOUT_RELEASE)
    assert "All 11 checks hold" in said
    assert "What it tells of Old tokens end : Tokens end on 1 May 2026." in said
    assert "Release notes: somebody asked for it, or its time had come." in said


def test_what_was_handed_in_for_a_letter_alone_cannot_be_held_any_more(
    dashboard: Dashboard,
) -> None:
    said = shown(dashboard, "release_notes", ABOUT_RELEASE)
    assert "does not hold" not in said
    assert "the others cannot be held any more" in said
    assert "held when it was written, not now: numbers, dates and times" in said


@pytest.mark.parametrize("body", [RELEASE, {"items": "broken"}])
def test_a_document_that_is_another_or_broken_keeps_nobody_from_a_draft(
    dashboard: Dashboard, body: Mapping[str, JsonValue]
) -> None:
    keep(dashboard, DocumentKind.RELEASE, body, "")
    keep(dashboard, DocumentKind.PROFILE, {"broken": True}, "acme")
    said = shown(dashboard, "release_notes", ABOUT_RELEASE.replace("4.2", "9.9"))
    assert "the others cannot be held any more" in said
    assert "Your open ticket T-1" in text_of(dashboard.get("/drafts/d-1"))


def test_a_letter_on_plans_is_held_to_the_roadmap(dashboard: Dashboard) -> None:
    keep(dashboard, DocumentKind.ROADMAP, ROADMAP, "")
    said = shown(dashboard, "roadmap_preview", ABOUT_PLANS)
    assert "All 11 checks hold" in said
    assert "Shared calendars · 2027-Q1" in said


def test_an_offer_is_held_to_the_opportunities_on_record(dashboard: Dashboard) -> None:
    rows: list[JsonValue] = [
        {"fact": "feature_missing", "value": "Zephyrsync", "source": "feature:zephyrsync"},
        {"fact": "seats_used", "value": "40", "source": "contract:acme"},
        "broken",
    ]
    before = shown(dashboard, "expansion_outreach", ABOUT_OFFER)
    assert "the others cannot be held any more" in before
    opportunity = Opportunity(
        opportunity_id="module:acme:zephyrsync",
        account_id="acme",
        kind=OpportunityKind.MODULE,
        name="Zephyrsync",
        found_by="csm",
        state=OpportunityState.RECORDED,
        body={"evidence_rows": rows},
        found_at=NOW,
        updated_at=NOW,
    )
    dashboard.store.write_now("main", lambda unit: unit.opportunities.add(opportunity))
    assert "All 11 checks hold" in text_of(dashboard.get("/drafts/d-3"))


def test_use_is_told_where_a_letter_may_speak_of_it(dashboard: Dashboard) -> None:
    account = builders.account(features=("Sync", "Export"), owner_email="rita@tend.example")
    usage = builders.usage_day(day=day_ago(3), feature="Sync", events=3)

    def write(unit: Unit) -> None:
        unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account))
        unit.facts.upsert(FactKind.USAGE, rows_of(usage))
        unit.feeds.save(
            builders.feed(
                name="metrics", provides=frozenset({FactKind.USAGE}), failed_since=days_ago(1)
            )
        )

    dashboard.store.write_now("main", write)
    said = shown(dashboard, "churn_outreach", "Dear Sam,\n\nyou have Export.\n")
    assert "Uses Sync." in said
    assert "Has and does not use: Export." in said
    assert "feed metrics failed since" in said
    assert "Use in the last four weeks" not in text_of(dashboard.get("/drafts/d-1"))


def test_solved_tickets_may_be_looked_back_on(dashboard: Dashboard) -> None:
    solved = builders.ticket(
        ticket_id="T-9",
        status=TicketStatus.CLOSED,
        created_at=days_ago(60),
        updated_at=days_ago(50),
        resolved_at=days_ago(50),
        subject="Import was slow",
    )
    dashboard.store.write_now(
        "main", lambda unit: unit.facts.upsert(FactKind.TICKETS, rows_of(solved))
    )
    text = "Dear Sam,\n\nT-9 is solved.\n"
    said = shown(dashboard, "customer_success_review", text)
    assert "All 11 checks hold" in said
    assert "T-9 P3 Import was slow solved on" in said


def test_a_ticket_that_is_no_ticket_of_the_account_is_told(dashboard: Dashboard) -> None:
    said = shown(dashboard, "health_checkin", "Dear Sam,\n\nT-1 waits, and so does T-404.\n")
    assert "The letter names T-404, which is no ticket of this account" in said
    assert "Tickets does not hold" in said


def test_a_draft_to_nobody_or_to_a_stranger_says_so(dashboard: Dashboard) -> None:
    draft = replace(a_draft("d-4"), to=(), created_at=NOW - timedelta(days=1))
    put(dashboard, draft)
    said = text_of(dashboard.get("/drafts/d-4"))
    assert "nobody yet: choose a recipient in your mail program" in said
    assert "Recipients does not hold" in said
    put(dashboard, replace(a_draft("d-5"), to=("eve@other.example",)))
    assert "eve@other.example nobody known here" in text_of(dashboard.get("/drafts/d-5"))
