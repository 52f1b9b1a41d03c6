"""The letters that the calendar calls for, as the customer reads them."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.account import TechnicalMaturity
from app.ports.writer import Letter, OutreachFacts
from app.services.writer import TemplateWriter
from tests import builders
from tests.builders import days_ago
from tests.unit.services.outreach import outreach, p1, p3s, sam

WRITER = TemplateWriter()


def checkin(facts: OutreachFacts) -> Letter:
    return WRITER.letter("health_checkin", facts)


def review(facts: OutreachFacts) -> Letter:
    return WRITER.letter("customer_success_review", facts)


def section(letter: Letter, heading: str) -> str:
    """What stands under a heading, up to the next one."""
    html = letter.body_html.split(f"<h3>{heading}</h3>")[1]
    return html.split("<h3>")[0]


def test_a_checkin_is_written_when_all_is_well_too() -> None:
    letter = checkin(outreach(last_contact_on=date(2026, 2, 20)))
    assert letter.subject == "How are things at Acme GmbH?"
    assert "We were last in touch on 20 February, and" in letter.body_text
    assert "On my side things look fine" in letter.body_text
    assert "new people, a new project" in letter.body_text


def test_a_checkin_does_not_say_that_all_is_well_where_nobody_would_know() -> None:
    text = checkin(outreach(tickets_known=False)).body_text
    assert "fine" not in text
    assert "support" not in text


@pytest.mark.parametrize(
    "day, words",
    [
        (date(2026, 3, 10), "We were in touch only yesterday."),
        (date(2026, 3, 5), "We were in touch on 5 March."),
        (date(2025, 12, 1), "longer ago than I would like"),
        (None, "From time to time"),
    ],
)
def test_a_checkin_remembers_when_we_talked(day: date | None, words: str) -> None:
    assert words in checkin(outreach(last_contact_on=day)).body_text


def test_a_checkin_names_what_is_open_by_its_subject() -> None:
    text = checkin(outreach(open_tickets=p3s(1))).body_text
    assert "- T-0: “Slow”, open since yesterday" in text
    assert "If it holds you up" in text
    several = checkin(outreach(open_tickets=(p1(), *p3s(3)))).body_text
    assert "sorry that you are still waiting" in several
    assert "One more is open besides." in several


def test_a_review_has_its_four_parts_in_order() -> None:
    letter = review(outreach())
    headings = ("Technical health", "Integrations and features", "Open items", "What I recommend")
    places = [letter.body_text.index(heading) for heading in headings]
    assert places == sorted(places)
    assert all(f"<h3>{heading}</h3>" in letter.body_html for heading in headings)


def test_a_review_of_a_quiet_quarter_says_that_nothing_stands_in_the_way() -> None:
    known = builders.account(name="Acme", integrations=("Salesforce",))
    letter = review(
        outreach(account=known, last_heartbeat=days_ago(0.1), features_used=("Reports",))
    )
    assert "nothing that stands in your way" in section(letter, "Technical health")
    assert (
        "Your integration (Salesforce) reaches us as it should; we last heard from it today."
        in (letter.body_text)
    )
    assert "Your team uses Reports." in letter.body_text
    assert "Nothing is open with our support at the moment." in letter.body_text
    assert "plan for the coming quarter" in letter.body_text


def test_a_review_does_not_claim_what_nobody_told_us() -> None:
    known = builders.account(integrations=("Salesforce",))
    text = review(outreach(account=known, tickets_known=False)).body_text
    assert "Nothing is open" not in text
    assert "I cannot see from here how that is running" in text
    assert "I have no list of your open questions here" in text


def test_a_review_puts_what_is_urgent_first_and_offers_to_sort_it_out() -> None:
    letter = review(outreach(open_tickets=(p1(), *p3s(6)), silent_hours=120))
    health = section(letter, "Technical health")
    assert "longer than I would want for you" in health
    assert "deserves a look too" in health
    assert "PROD-12: “Export fails”" in section(letter, "Open items")
    assert "2 more are open" in letter.body_text
    assert "which of your 7 tickets hold you up most" in section(letter, "What I recommend")


def test_a_review_speaks_plainly_to_people_who_are_not_technical() -> None:
    low = (sam(technical_maturity=TechnicalMaturity.LOW),)
    lively = review(outreach(stakeholders=low, last_heartbeat=days_ago(1))).body_text
    assert "The connection between your systems and ours works" in lively
    silent = review(outreach(stakeholders=low, silent_hours=120)).body_text
    assert "One thing deserves a look: the connection" in silent
