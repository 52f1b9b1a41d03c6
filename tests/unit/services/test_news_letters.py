"""Letters about what ships and what is planned, as the customer reads them."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.account import TechnicalMaturity
from app.domain.announcement import (
    Announced,
    Announcement,
    ChangeKind,
    Concern,
    ConcernKind,
)
from app.ports.writer import Letter
from app.services.writer import TemplateWriter
from tests import builders
from tests.builders import day_ago
from tests.unit.services.outreach import outreach, sam

WRITER = TemplateWriter()
LAST_WEEK = day_ago(5)

SALESFORCE = Concern(kind=ConcernKind.INTEGRATION, name="Salesforce")
REPORTS = Concern(kind=ConcernKind.FEATURE_USED, name="Reports")
TICKET = Concern(kind=ConcernKind.OPEN_TICKETS, name="connectors", tickets=1, ticket_id="PROD-12")
BULK = Announcement(
    title="Bulk mode",
    description="Loads take half as long",
    concerns=(SALESFORCE, TICKET),
    components=("connectors",),
    link="https://docs.example/bulk",
)
KEYS = Announcement(title="Old keys stop working", kind=ChangeKind.BREAKING, concerns=(REPORTS,))


def release(
    *announcements: Announcement,
    released_on: date | None = LAST_WEEK,
    maturity: TechnicalMaturity = TechnicalMaturity.MEDIUM,
    contact_on: date | None = None,
) -> Letter:
    announced = Announced(version="4.2", released_on=released_on, announcements=announcements)
    return WRITER.letter(
        "release_notes",
        outreach(
            announced=announced,
            last_contact_on=contact_on,
            stakeholders=(sam(technical_maturity=maturity),),
        ),
    )


def roadmap(
    *announcements: Announcement, maturity: TechnicalMaturity = TechnicalMaturity.MEDIUM
) -> Letter:
    known = builders.account(
        name="Acme GmbH", integrations=("Salesforce",), environment=("Okta", "dbt")
    )
    return WRITER.letter(
        "roadmap_preview",
        outreach(
            account=known,
            announced=Announced(announcements=announcements),
            stakeholders=(sam(technical_maturity=maturity),),
        ),
    )


def test_release_notes_tell_each_change_and_why_it_concerns_this_customer() -> None:
    letter = release(BULK, Announcement(title="Finer reports", concerns=(REPORTS,)))
    assert letter.subject == "What version 4.2 means for Acme GmbH"
    assert "Version 4.2 came out on 6 March." in letter.body_text
    assert "<h3>Bulk mode</h3>" in letter.body_html
    assert "Loads take half as long. You have Salesforce connected." in letter.body_text
    assert "You have a ticket open with us on connectors (PROD-12)" in letter.body_text
    assert "your team works with Reports." in letter.body_text
    assert "whether it makes a difference to PROD-12?" in letter.body_text
    assert "show your team what changes in Reports" in letter.body_text


def test_one_change_is_the_subject_itself() -> None:
    letter = release(BULK)
    assert letter.subject == "Version 4.2: Bulk mode"
    assert "one thing in it concerns you" in letter.body_text


def test_a_breaking_change_is_named_in_the_subject_and_asks_who_looks_after_it() -> None:
    letter = release(KEYS, BULK)
    assert letter.subject == "Version 4.2: a change to prepare for at Acme GmbH"
    assert "may call for a change on your side" in letter.body_text
    assert "who on your side looks after this" in letter.body_text


def test_depth_of_release_notes_follows_the_readers_maturity() -> None:
    low, medium, high = (release(BULK, KEYS, maturity=level) for level in TechnicalMaturity)
    assert "https://docs.example/bulk" in high.body_text
    assert "Details" not in medium.body_text
    assert "connectors" in medium.body_text
    assert "connectors" not in low.body_text
    assert "It touches what flows between you and Salesforce." in low.body_text


def test_component_is_told_to_people_who_build() -> None:
    bare = Announcement(title="Bulk mode", concerns=(SALESFORCE,), components=("api", "sdk"))
    high = release(bare, maturity=TechnicalMaturity.HIGH)
    assert "Components: api, sdk." in high.body_text
    assert "Components" not in release(bare).body_text


@pytest.mark.parametrize(
    "contact, words",
    [
        (day_ago(20), "Since we were last in touch on 19 February, version 4.2 has come out ("),
        (day_ago(2), "We were in touch on 9 March; this time I am writing about version 4.2, wh"),
        (None, "Version 4.2 came out on 6 March."),
    ],
)
def test_release_notes_take_up_the_last_communication(contact: date | None, words: str) -> None:
    assert words in release(BULK, contact_on=contact).body_text


def test_a_release_to_come_is_not_said_to_be_out() -> None:
    text = release(BULK, released_on=date(2026, 4, 1)).body_text
    assert "Version 4.2 comes out on 1 April." in text


def test_a_release_of_unknown_day_is_written_about_all_the_same() -> None:
    assert "I am writing about version 4.2." in release(BULK, released_on=None).body_text


def test_release_notes_without_any_change_read_well() -> None:
    letter = release()
    assert letter.subject == "Version 4.2: nothing you need to do"
    assert "found nothing in it that changes what you have with us" in letter.body_text
    bare = WRITER.letter("release_notes", outreach())
    assert bare.subject == "Our newest release: nothing you need to do"


def test_more_changes_than_are_read_are_counted() -> None:
    many = [Announcement(title=f"Change {n}", concerns=(REPORTS,)) for n in range(8)]
    assert "2 more changes concern you" in release(*many).body_text
    assert "One more change concerns you" in release(*many[:7]).body_text


@pytest.mark.parametrize(
    "concern, words",
    [
        (Concern(kind=ConcernKind.FEATURE_OWNED, name="Reports"), "because you have Reports."),
        (
            Concern(kind=ConcernKind.FEATURE_UNUSED, name="Reports"),
            "You have Reports, which your team does not seem to be using yet.",
        ),
        (
            Concern(kind=ConcernKind.OPEN_TICKETS, name="api", tickets=3, ticket_id="not an id"),
            "You have 3 tickets open with us on api; this may have to do with them.",
        ),
        (
            Concern(kind=ConcernKind.PAST_TICKETS, name="api", tickets=3),
            "Your team has turned to our support several times lately on api.",
        ),
        (
            Concern(kind=ConcernKind.ENVIRONMENT, name="Okta"),
            "You work with Okta, which is not connected with us today.",
        ),
        (Concern(kind=ConcernKind.EVERYONE), "It concerns everybody who works with the product."),
    ],
)
def test_every_way_of_being_concerned_has_its_words(concern: Concern, words: str) -> None:
    assert words in release(Announcement(title="A", concerns=(concern,))).body_text


@pytest.mark.parametrize(
    "kind, maturity, words",
    [
        (ChangeKind.SECURITY, TechnicalMaturity.HIGH, "It is about security."),
        (ChangeKind.FIX, TechnicalMaturity.LOW, "It is a correction"),
        (ChangeKind.BREAKING, TechnicalMaturity.LOW, "worth a look soon"),
    ],
)
def test_kinds_say_what_they_mean(
    kind: ChangeKind, maturity: TechnicalMaturity, words: str
) -> None:
    change = Announcement(title="A", kind=kind, concerns=(REPORTS,))
    assert words in release(change, maturity=maturity).body_text


def test_a_title_in_our_own_words_is_not_shown() -> None:
    letter = release(Announcement(title="Churn risk board", concerns=(REPORTS,)))
    assert "A change" in letter.body_text
    assert "board" not in letter.body_text


def test_a_roadmap_letter_tells_what_aligns_and_that_plans_change() -> None:
    planned = Announcement(title="Okta", planned_for="2027-Q1", concerns=(SALESFORCE,))
    letter = roadmap(planned)
    assert letter.subject == "What we plan, and where it meets Acme GmbH"
    assert "Salesforce connected with us, Okta and dbt beside it" in letter.body_text
    assert "Okta (2027-Q1)\n\nYou have Salesforce connected." in letter.body_text
    assert "take none of it as settled" in letter.body_text
    assert "think through" not in letter.body_text


@pytest.mark.parametrize(
    "maturity, words",
    [
        (TechnicalMaturity.LOW, "how your people would notice that it helps them"),
        (TechnicalMaturity.MEDIUM, "what it would have to do for you, and what first"),
        (TechnicalMaturity.HIGH, "what it would have to cope with on your side"),
    ],
)
def test_what_could_be_built_together_is_asked_about(
    maturity: TechnicalMaturity, words: str
) -> None:
    planned = Announcement(title="Okta sign-on", concerns=(SALESFORCE,), to_shape=True)
    letter = roadmap(planned, maturity=maturity)
    assert words in letter.body_text
    assert "- Okta sign-on" in letter.body_text


def test_a_roadmap_letter_about_nothing_asks_what_the_customer_plans() -> None:
    letter = roadmap()
    assert letter.subject == "What should we plan for Acme GmbH?"
    assert "As far as I know you have Salesforce connected with us" in letter.body_text
    assert "Should Okta or dbt work together with what you have?" in letter.body_text
    bare = WRITER.letter("roadmap_preview", outreach(stakeholders=()))
    assert "What do you plan for the coming months" in bare.body_text


def test_a_component_that_is_called_like_the_feature_is_not_said_twice() -> None:
    owned = Concern(kind=ConcernKind.FEATURE_OWNED, name="Alerting")
    one = Announcement(title="A", concerns=(owned,), components=("alerting", "sdk"))
    assert "Component: sdk." in release(one, maturity=TechnicalMaturity.HIGH).body_text
