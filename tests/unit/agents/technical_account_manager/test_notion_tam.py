"""The TAM's part of Notion, written against a Notion in memory."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.agents.technical_account_manager.notion_tam import NotionTAMAdapter
from app.agents.technical_account_manager.schemas import RelationshipProfile
from app.errors import InvalidInput, PermanentServiceError
from tests.fakes.notion import FakeNotion
from tests.fakes.schema_check import SchemaCheck
from tests.unit.agents.technical_account_manager.shapes import (
    SCANNED,
    full_profile,
    person,
    profile,
    record,
)

BODIES = {
    "pages.create": "CreatePageBodyParameters",
    "pages.update": "UpdatePageBodyParameters",
    "blocks.children.append": "AppendBlockChildrenBodyParameters",
    "data_sources.query": "QueryDataSourceBodyParameters",
}


def adapter(notion: FakeNotion, accounts: str | None = None) -> NotionTAMAdapter:
    return NotionTAMAdapter(notion, accounts, clock=lambda: SCANNED)


def create(notion: FakeNotion, account: str, known: RelationshipProfile) -> str:
    return asyncio.run(adapter(notion).create_relationship_profile(account, known))


def crowd(people: int) -> RelationshipProfile:
    return profile(stakeholders=[person(name=f"Person {n}") for n in range(people)])


def property_of(notion: FakeNotion, page: str, name: str) -> dict[str, Any]:
    value: dict[str, Any] = notion.stored_pages[page]["properties"][name]
    return value


def test_a_profile_becomes_a_sub_page_linked_from_its_account() -> None:
    notion = FakeNotion()
    account = notion.add_page()

    page = create(notion, account, full_profile())

    assert notion.texts(account) == ["Technical Relationship Profile - Acme"]
    texts = notion.texts(page)
    assert texts[0] == "Technical Relationship Profile - Acme"
    assert texts.index("Stakeholder Map") < texts.index("Health Dashboard")
    assert texts.count("Current Score: 62/100 | Status: Amber") == 1
    assert property_of(notion, account, "TAM Profile")["url"] == notion.stored_pages[page]["url"]


def test_a_profile_of_400_people_is_written_whole_and_in_order() -> None:
    notion = FakeNotion()

    page = create(notion, notion.add_page(), crowd(400))

    names = [text.split(",")[0] for text in notion.texts(page) if text.startswith("Person")]
    assert names == [f"Person {n}" for n in range(400)]


def test_creating_a_profile_twice_makes_one_page() -> None:
    notion = FakeNotion()
    account = notion.add_page()

    first = create(notion, account, full_profile())
    before = notion.texts(first)
    second = create(notion, account, full_profile())

    assert first == second
    assert notion.texts(account) == ["Technical Relationship Profile - Acme"]
    assert notion.texts(first) == before


@pytest.mark.parametrize("request_number", range(1, 8))
def test_a_creation_cut_short_anywhere_is_finished_by_the_next_one(request_number: int) -> None:
    whole, notion = FakeNotion(), FakeNotion()
    wanted = whole.texts(create(whole, whole.add_page(), crowd(300)))
    account = notion.add_page()
    notion.fail_on_request = request_number
    with pytest.raises(PermanentServiceError, match="pulled the plug"):
        create(notion, account, crowd(300))

    page = create(notion, account, crowd(300))

    assert len(notion.texts(account)) == 1
    assert notion.texts(page) == wanted
    assert "TAM Profile" in notion.stored_pages[account]["properties"]


def test_a_page_that_people_have_changed_is_left_as_it_is() -> None:
    notion = FakeNotion()
    account = notion.add_page()
    page = create(notion, account, full_profile())
    del notion.children[page][3]
    before = notion.texts(page)

    create(notion, account, full_profile())

    assert notion.texts(page) == before


def test_health_is_written_on_the_account_page() -> None:
    notion = FakeNotion()
    account = notion.add_page()

    asyncio.run(adapter(notion).update_health_score(account, 62, "Amber"))

    assert property_of(notion, account, "Health Score")["number"] == 62
    assert property_of(notion, account, "Health Status")["select"] == {"name": "Amber"}
    assert property_of(notion, account, "Last Health Scan")["date"] == {
        "start": "2026-03-11T07:00:00+00:00"
    }


def test_an_unknown_band_empties_the_score() -> None:
    notion = FakeNotion()
    account = notion.add_page()

    asyncio.run(adapter(notion).update_health_score(account, None, "Unknown"))

    assert property_of(notion, account, "Health Score")["number"] is None
    assert property_of(notion, account, "Health Status")["select"] == {"name": "Unknown"}


def test_a_communication_goes_to_the_end_of_its_section_once() -> None:
    notion = FakeNotion()
    page = create(notion, notion.add_page(), full_profile())
    told = record(date="2026-03-10", subject="Release 9")

    for _ in range(2):
        asyncio.run(adapter(notion).append_communication_log(page, told))

    texts = notion.texts(page)
    at = texts.index("Communication History")
    assert texts[at + 1 : at + 4] == [
        "2026-03-01 | health_checkin | Hello | Outcome: call booked",
        "2026-03-10 | health_checkin | Release 9 | Outcome: open",
        "Co-Development Opportunities",
    ]


def test_a_page_without_the_section_gets_the_line_at_its_end() -> None:
    notion = FakeNotion()
    page = notion.add_page()

    asyncio.run(adapter(notion).append_communication_log(page, record()))

    assert notion.texts(page) == ["2026-03-01 | health_checkin | Hello | Outcome: open"]


def test_an_account_without_a_profile_page_has_none() -> None:
    notion = FakeNotion()

    found = asyncio.run(adapter(notion).get_relationship_profile_page(notion.add_page()))

    assert found is None


def accounts_database(notion: FakeNotion) -> str:
    return notion.add_database(
        Company="title",
        Health_Score="number",
        Health_Status="select",
        Last_Health_Scan="date",
        Last_Heartbeat="date",
        API_Call_Count="number",
        Renewal_Date="date",
        TAM_Profile="url",
        **{"Check-in_Interval": "number"},
    )


def test_active_accounts_are_read_with_their_silence() -> None:
    notion = FakeNotion()
    database = accounts_database(notion)
    acme = notion.add_row(
        database,
        Company="Acme",
        Health_Score=62,
        Health_Status="Amber",
        Last_Health_Scan="2026-03-10T07:00:00.000Z",
        Last_Heartbeat="2026-03-11T08:00:00.000+03:00",
        API_Call_Count=1200,
        Renewal_Date="2026-03-12",
        TAM_Profile="https://www.notion.so/x",
        **{"Check-in_Interval": 14},
    )
    notion.add_row(database, Company="Gone", Renewal_Date="2026-03-11")

    found = asyncio.run(adapter(notion, database).query_all_accounts())

    assert found == [
        {
            "id": acme,
            "name": "Acme",
            "health_score": 62,
            "health_rag": "Amber",
            "last_health_scan": datetime(2026, 3, 10, 7, 0, tzinfo=UTC),
            "last_heartbeat": datetime(2026, 3, 11, 5, 0, tzinfo=UTC),
            "hours_since_heartbeat": 2.0,
            "api_call_count": 1200,
            "checkin_interval_days": 14,
            "profile_url": "https://www.notion.so/x",
        },
    ]


def test_an_account_that_nobody_filled_in_is_unknown_in_every_field() -> None:
    notion = FakeNotion()
    database = accounts_database(notion)
    bare = notion.add_row(database, Company="Bare")

    (found,) = asyncio.run(adapter(notion, database).query_all_accounts())

    told = {name: value for name, value in found.items() if value is not None}
    assert told == {"id": bare, "name": "Bare"}


def test_accounts_cannot_be_read_without_their_database() -> None:
    with pytest.raises(InvalidInput, match="accounts_database_id"):
        asyncio.run(adapter(FakeNotion()).query_all_accounts())


@pytest.mark.needs_shared
def test_everything_sent_conforms_to_notions_own_schemas(shared_dir: Path) -> None:
    document = json.loads((shared_dir / "notion" / "notion-api-schemas.json").read_text())
    check = SchemaCheck(document)
    notion = FakeNotion()
    account = notion.add_page()
    page = create(notion, account, crowd(150))
    create(notion, notion.add_page(), full_profile())
    database = accounts_database(notion)
    asyncio.run(adapter(notion).update_health_score(account, 62, "Amber"))
    asyncio.run(adapter(notion).append_communication_log(page, record(subject="x" * 5000)))
    asyncio.run(adapter(notion, database).query_all_accounts())

    sent = [(endpoint, body) for endpoint, body in notion.requests if endpoint in BODIES]
    schemas = document["components"]["schemas"]
    assert {endpoint for endpoint, _ in sent} == set(BODIES)
    for endpoint, body in sent:
        assert check.faults(body, schemas[BODIES[endpoint]]) == []


@pytest.mark.needs_shared
def test_the_schema_check_refuses_what_notion_refuses(shared_dir: Path) -> None:
    document = json.loads((shared_dir / "notion" / "notion-api-schemas.json").read_text())
    schema = document["components"]["schemas"]["AppendBlockChildrenBodyParameters"]
    text = {"type": "text", "text": {"content": "x" * 2001}}
    long = {"object": "block", "type": "paragraph", "paragraph": {"rich_text": [text]}}
    odd = {"object": "block", "type": "poem", "poem": {"rich_text": []}}

    assert SchemaCheck(document).faults({"children": [long]}, schema)
    assert SchemaCheck(document).faults({"children": [odd]}, schema)
