"""A relationship profile as a page: all of it, for the rep alone, and what is empty says so."""

from __future__ import annotations

from app.agents.technical_account_manager.profile_page import profile_page
from app.agents.technical_account_manager.schemas import RelationshipProfile
from app.domain.page import Page, Section, Tone
from tests.builders import NOW, TODAY

FULL = RelationshipProfile.model_validate(
    {
        "account_id": "acme",
        "account_name": "Acme",
        "stakeholders": [
            {
                "name": "Sam",
                "role": "CTO",
                "technical_maturity": "high",
                "notes": "main contact",
                "maturity_source": "rep",
                "maturity_reason": "by hand",
            },
            {
                "name": "Kim",
                "role": "",
                "technical_maturity": "medium",
                "maturity_reason": "nothing tells yet: medium is assumed",
            },
        ],
        "integrations": [
            {"integration_name": "Kafka", "since": "2024"},
            {"integration_name": "Okta", "is_active": False},
        ],
        "feature_adoption": [
            {"feature_name": "Alerts", "adopted": True, "source": "heartbeat"},
            {"feature_name": "Export", "adopted": True, "source": "ticket"},
            {"feature_name": "Search", "adopted": False, "source": "manual"},
        ],
        "customer_environment": ["Power BI", "Slack"],
        "communication_history": [
            {
                "date": "2026-01-02",
                "communication_type": "health_checkin",
                "subject": "Hello",
                "outcome": "sent",
            },
            {
                "date": "2026-02-03",
                "communication_type": "escalation_outreach",
                "subject": "Your tickets",
                "outcome": "waiting",
            },
            {"date": "2026-02-04", "communication_type": "release_notes", "subject": "New"},
        ],
        "co_dev_opportunities": [
            {
                "opportunity_name": "A connector",
                "description": "Together.",
                "status": "in_progress",
                "dispatched_to_sales": True,
            },
            {"opportunity_name": "Another", "description": ""},
        ],
        "roadmap_alignment_notes": ["Streams, planned for spring"],
        "health_score": 20,
        "health_rag": "Red",
        "last_health_scan": NOW,
    }
)


def page(profile: RelationshipProfile = FULL) -> Page:
    return profile_page(profile, as_of=TODAY)


def section(title: str, profile: RelationshipProfile = FULL) -> Section:
    [found] = [one for one in page(profile).sections if one.title == title]
    return found


def rows(title: str, profile: RelationshipProfile = FULL) -> list[list[str]]:
    [table] = section(title, profile).tables
    return [list(table.columns), *([cell.text for cell in row] for row in table.rows)]


def test_it_is_for_our_own_people() -> None:
    assert page().internal == "For our own people: never for the customer"
    assert (page().title, page().facts) == ("Acme", ("As known on 2026-03-11",))


def test_at_a_glance_stand_health_and_how_much_is_in_use() -> None:
    health, integrations, features, people = section("At a glance").figures

    assert (health.value, health.tone, health.share) == ("20 of 100", Tone.BAD, 0.2)
    assert health.note == f"Red; scanned {NOW:%Y-%m-%d %H:%M} UTC"
    assert (integrations.value, integrations.share) == ("1 of 2", 0.5)
    assert features.value == "2 of 3"
    assert people.value == "2"


def test_people_are_told_with_who_says_how_technical_they_are() -> None:
    assert rows("People") == [
        ["Name", "Role", "Technical maturity", "Notes"],
        ["Sam", "CTO", "high", "main contact"],
        ["Kim", "", "medium (nothing tells yet: medium is assumed)", ""],
    ]
    assert "as set by hand or by an import" in section("People").text


def test_integrations_are_told_with_what_else_is_in_use() -> None:
    assert rows("Integrations") == [
        ["State", "Systems"],
        ["active", "Kafka (since 2024)"],
        ["not active", "Okta"],
        ["other applications", "Power BI, Slack"],
    ]


def test_features_say_who_tells_where_it_is_not_usage() -> None:
    assert rows("Features") == [
        ["State", "Features"],
        ["in use", "Alerts, Export (by a ticket on it)"],
        ["not in use", "Search (by the rep)"],
    ]


def test_letters_stand_newest_first_with_what_became_of_them() -> None:
    assert rows("Letters")[1:] == [
        ["2026-02-04", "release notes", "New", "open"],
        ["2026-02-03", "escalation outreach", "Your tickets", "draft waits"],
        ["2026-01-02", "health checkin", "Hello", "sent"],
    ]


def test_what_could_be_built_together_says_where_it_stands() -> None:
    assert rows("To build together")[1:] == [
        ["A connector", "in progress, Sales was told", "Together."],
        ["Another", "surfaced", ""],
    ]
    assert section("Roadmap") == Section(title="Roadmap", points=("Streams, planned for spring",))


def test_a_column_in_which_nothing_stands_is_left_out() -> None:
    [_, kim] = FULL.stakeholders
    bare = FULL.model_copy(update={"stakeholders": [kim]})

    assert rows("People", bare)[0] == ["Name", "Technical maturity"]


def test_of_an_account_that_nothing_is_known_of_every_section_says_so() -> None:
    empty = page(RelationshipProfile(account_id="acme"))

    assert empty.title == "acme"
    health, people = empty.sections[0].figures
    assert (health.value, health.note, health.share) == (
        "not known",
        "Unknown; never scanned",
        None,
    )
    assert people.value == "0"
    assert [one.text for one in empty.sections[1:]] == [
        "Nobody is known yet.",
        "No integration is known yet.",
        "Nobody tells which features are in use.",
        "No letter was written yet.",
        "Nothing has come up yet.",
        "Nothing planned aligns so far.",
    ]
