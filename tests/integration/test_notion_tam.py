"""The TAM's adapter on the real client, against the Notion test server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.agents.technical_account_manager.notion_tam import NotionAccount, NotionTAMAdapter
from app.agents.technical_account_manager.schemas import CommunicationRecord, RelationshipProfile
from app.domain.notion import NotionRole
from app.errors import InvalidInput, ServiceError
from app.services.notion.client import NotionApi
from app.services.notion.errors import QueryIncomplete, UnknownOutcome
from tests.integration.notion_pages import during, kinds, lines, sub_pages
from tests.integration.notion_workspace import Workspace, faults
from tests.servers.notion import Fault, Kind, Mix
from tests.servers.notion.shapes import Json
from tests.unit.agents.technical_account_manager.shapes import (
    SCANNED,
    full_profile,
    person,
    profile,
    record,
)

ACCOUNTS = NotionRole.ACCOUNTS
TITLE = "Technical Relationship Profile - Acme"


@pytest.fixture
def notion() -> Workspace:
    return Workspace()


def an_account(notion: Workspace, **values: Json) -> str:
    told = {name.replace("_", " "): value for name, value in values.items()}
    return notion.row(ACCOUNTS, {"Name": "Acme", "External ID": "acme", **told})


def create(notion: Workspace, account: str, known: RelationshipProfile) -> str:
    return during(
        notion,
        lambda api: adapter(notion, api).create_relationship_profile(account, known),
        within_seconds=0.3,
    )


def adapter(notion: Workspace, api: NotionApi) -> NotionTAMAdapter:
    accounts = notion.databases[ACCOUNTS].database_id
    return NotionTAMAdapter(api, accounts, clock=lambda: SCANNED)


def log(notion: Workspace, page: str, told: CommunicationRecord) -> None:
    during(
        notion,
        lambda api: adapter(notion, api).append_communication_log(page, told),
        within_seconds=0.3,
    )


def accounts_of(notion: Workspace) -> list[NotionAccount]:
    return during(notion, lambda api: adapter(notion, api).query_all_accounts())


def crowd(people: int, notes: str = "") -> RelationshipProfile:
    return profile(stakeholders=[person(name=f"Person {n}", notes=notes) for n in range(people)])


def people_on(notion: Workspace, page: str) -> list[str]:
    return [text.split(",")[0] for text in lines(notion, page) if text.startswith("Person")]


def test_a_profile_becomes_a_sub_page_linked_from_its_account(notion: Workspace) -> None:
    account = an_account(notion)

    page = create(notion, account, full_profile())

    assert lines(notion, account) == [TITLE]
    texts = lines(notion, page)
    assert texts[0] == TITLE
    assert texts.index("Stakeholder Map") < texts.index("Health Dashboard")
    assert texts.count("Current Score: 62/100 | Status: Amber") == 1
    assert notion.value(account, "TAM Profile").endswith(page.replace("-", ""))


def test_creating_a_profile_twice_makes_one_page_and_writes_its_text_once(
    notion: Workspace,
) -> None:
    account = an_account(notion)

    first = create(notion, account, full_profile())
    before = lines(notion, first)
    second = create(notion, account, full_profile())

    assert sub_pages(notion, account) == [first] == [second]
    assert lines(notion, first) == before
    assert len(notion.server.heard("PATCH", "blocks/")) == 1


def test_a_profile_of_400_people_with_long_notes_is_written_whole_and_in_order(
    notion: Workspace,
) -> None:
    note = "👩‍👩‍👧 très long " * 700

    page = create(notion, an_account(notion), crowd(400, notes=note))

    assert people_on(notion, page) == [f"Person {n}" for n in range(400)]
    assert lines(notion, page)[2].endswith(note.strip())
    sizes = [len(one.body["children"]) for one in notion.server.heard("PATCH", "blocks/")]
    assert max(sizes) <= 100


@pytest.mark.parametrize("at", range(7))
def test_a_creation_cut_short_anywhere_is_finished_by_the_next_one(
    notion: Workspace, at: int
) -> None:
    whole = Workspace()
    wanted = lines(whole, create(whole, an_account(whole), crowd(250)))
    account = an_account(notion)
    notion.server.go_wrong(*[Fault(kind=Kind.SLOW)] * at)
    notion.server.go_wrong(*[Fault(kind=Kind.BAD_GATEWAY)] * 30)
    if at < 6:
        with pytest.raises(ServiceError):
            create(notion, account, crowd(250))
    notion.server.plan.planned.clear()

    page = create(notion, account, crowd(250))

    assert sub_pages(notion, account) == [page]
    assert lines(notion, page) == wanted
    assert notion.value(account, "TAM Profile")


@pytest.mark.parametrize("path", ["^pages$", "^blocks/.*/children$"])
@pytest.mark.parametrize("kind", [Kind.UNAVAILABLE, Kind.GATEWAY_TIMEOUT, Kind.RESET, Kind.SILENT])
def test_what_was_saved_with_an_error_for_an_answer_is_found_and_not_made_again(
    notion: Workspace, kind: Kind, path: str
) -> None:
    account = an_account(notion)
    method = "POST" if path == "^pages$" else "PATCH"
    notion.server.go_wrong(Fault(kind=kind, method=method, path=path, is_late=True))

    page = create(notion, account, full_profile())

    assert sub_pages(notion, account) == [page]
    assert lines(notion, page).count(TITLE) == 1
    assert lines(notion, page).count("Health Dashboard") == 1


@pytest.mark.parametrize("path", ["^pages$", "^blocks/.*/children$"])
def test_what_was_not_saved_is_made_by_another_try(notion: Workspace, path: str) -> None:
    account = an_account(notion)
    method = "POST" if path == "^pages$" else "PATCH"
    notion.server.go_wrong(Fault(kind=Kind.UNAVAILABLE, method=method, path=path))

    page = create(notion, account, full_profile())

    assert lines(notion, page).count("Health Dashboard") == 1


@pytest.mark.parametrize("method, path", [("POST", "^pages$"), ("PATCH", "^blocks/.*/children$")])
def test_what_fails_every_time_is_given_up_and_left_to_the_next_call(
    notion: Workspace, method: str, path: str
) -> None:
    account = an_account(notion)
    lost = Fault(kind=Kind.GATEWAY_TIMEOUT, method=method, path=path)
    notion.server.go_wrong(*[lost] * 3)
    with pytest.raises(UnknownOutcome):
        create(notion, account, full_profile())

    page = create(notion, account, full_profile())

    assert sub_pages(notion, account) == [page]
    assert lines(notion, page).count("Health Dashboard") == 1


def test_under_a_fifth_of_faults_nothing_is_doubled_or_lost(notion: Workspace) -> None:
    accounts = [an_account(notion) for _ in range(12)]
    notion.server.go_wrong(mix=Mix(share=0.2, faults=faults(paths="")))
    pages: dict[str, str] = {}

    while len(pages) < len(accounts):
        for account in accounts:
            try:
                page = create(notion, account, crowd(150))
                log(notion, page, record(subject="Release 9"))
            except ServiceError:
                continue
            pages[account] = page

    assert notion.server.plan.met
    for account, page in pages.items():
        assert sub_pages(notion, account) == [page]
        texts = lines(notion, page)
        assert people_on(notion, page) == [f"Person {n}" for n in range(150)]
        assert len([text for text in texts if "Release 9" in text]) == 1


def test_a_page_that_people_have_changed_is_left_as_it_is(notion: Workspace) -> None:
    account = an_account(notion)
    page = create(notion, account, full_profile())
    ada = notion.server.seed.person("Ada", "ada@tend.example")
    by_hand = {"type": "paragraph", "paragraph": {"rich_text": [{"text": {"content": "mine"}}]}}
    notion.server.seed.blocks(page, [by_hand], by=ada, at=3)
    before = lines(notion, page)

    create(notion, account, full_profile())

    assert lines(notion, page) == before


def test_a_profile_that_has_changed_since_is_not_mixed_into_the_page(notion: Workspace) -> None:
    account = an_account(notion)
    page = create(notion, account, profile())
    before = lines(notion, page)

    create(notion, account, profile(health_score=62, health_rag="Amber"))

    assert lines(notion, page) == before


def test_health_touches_its_own_columns_alone(notion: Workspace) -> None:
    account = an_account(notion, Health_Score=90, NPS=9, CSM_Health_Score=77, Usage_Trend="growing")

    during(notion, lambda api: adapter(notion, api).update_health_score(account, 62, "Amber"))

    (asked,) = notion.server.log
    assert set(asked.body["properties"]) == {"Health Score", "Health Status", "Last Health Scan"}
    names = ("Health Score", "Health Status", "Last Health Scan", "NPS", "CSM Health Score")
    found = [notion.value(account, name) for name in names]
    assert found == [62, "Amber", "2026-03-11T07:00:00.000+00:00", 9, 77]
    assert notion.value(account, "Usage Trend") == "growing"


def test_an_unknown_band_empties_the_score(notion: Workspace) -> None:
    account = an_account(notion, Health_Score=62)

    during(notion, lambda api: adapter(notion, api).update_health_score(account, None, "Unknown"))

    assert notion.value(account, "Health Score") is None
    assert notion.value(account, "Health Status") == "Unknown"


def test_a_communication_goes_to_the_end_of_its_section_once(notion: Workspace) -> None:
    page = create(notion, an_account(notion), full_profile())
    told = record(date="2026-03-10", subject="Release 9")

    for _ in range(2):
        log(notion, page, told)

    texts = lines(notion, page)
    at = texts.index("Communication History")
    assert texts[at + 1 : at + 4] == [
        "2026-03-01 | health_checkin | Hello | Outcome: call booked",
        "2026-03-10 | health_checkin | Release 9 | Outcome: open",
        "Co-Development Opportunities",
    ]


@pytest.mark.parametrize("is_late", [True, False])
def test_a_communication_whose_fate_is_unknown_stands_there_once(
    notion: Workspace, is_late: bool
) -> None:
    page = create(notion, an_account(notion), full_profile())
    notion.server.go_wrong(Fault(kind=Kind.SILENT, method="PATCH", path="^blocks", is_late=is_late))

    log(notion, page, record(subject="Release 9"))

    assert len([text for text in lines(notion, page) if "Release 9" in text]) == 1


def test_a_page_without_the_section_gets_the_line_at_its_end_once(notion: Workspace) -> None:
    page = notion.server.seed.page("Bare", under=notion.root)

    for _ in range(2):
        log(notion, page, record())

    assert lines(notion, page) == ["2026-03-01 | health_checkin | Hello | Outcome: open"]


def test_a_section_within_a_part_that_opens_is_found(notion: Workspace) -> None:
    page = notion.server.seed.page("Profile", under=notion.root)
    inside = [
        {"type": kind, kind: {"rich_text": [{"text": {"content": words}}]}}
        for kind, words in (
            ("heading_3", "Communication History"),
            ("paragraph", "Communications are added here, newest last."),
            ("heading_3", "Health Dashboard"),
        )
    ]
    part = {"rich_text": [{"text": {"content": "Ours"}}], "is_toggleable": True, "children": inside}
    notion.server.seed.blocks(
        page, [{"type": "heading_2", "heading_2": part}], by=notion.server.world.bot
    )

    for _ in range(2):
        log(notion, page, record())

    (toggle,) = notion.server.world.living(page)
    assert lines(notion, toggle.id)[2:] == [
        "2026-03-01 | health_checkin | Hello | Outcome: open",
        "Health Dashboard",
    ]


@settings(max_examples=25)
@given(subject=st.text(max_size=60), outcome=st.text(max_size=20), times=st.integers(1, 400))
def test_any_communication_is_one_entry_however_often_it_is_told(
    subject: str, outcome: str, times: int
) -> None:
    notion = Workspace()
    page = create(notion, an_account(notion), profile())
    told = record(subject=subject * times, outcome=outcome)

    for _ in range(2):
        log(notion, page, told)

    assert kinds(notion, page).count("bulleted_list_item") == 1


@settings(max_examples=20)
@given(words=st.text(max_size=80))
def test_hostile_words_stay_on_their_own_line(words: str) -> None:
    notion = Workspace()
    known = profile(
        account_name=words,
        stakeholders=[person(name=f"Sam{words}", notes=f"\n# {words}\nHealth Dashboard")],
        customer_environment=[f"SAP {words}\n\nCurrent Score: 100/100 | Status: Green"],
    )

    page = create(notion, an_account(notion), known)

    assert kinds(notion, page).count("heading_3") == 8
    assert kinds(notion, page).count("bulleted_list_item") == 2
    assert not [text for text in lines(notion, page) if "\n" in text]


def test_an_account_without_a_profile_page_has_none(notion: Workspace) -> None:
    account = an_account(notion)
    notion.server.seed.page("Meeting notes", under=account)

    found = during(notion, lambda api: adapter(notion, api).get_relationship_profile_page(account))

    assert found is None


def test_active_accounts_are_read_with_their_silence(notion: Workspace) -> None:
    acme = an_account(
        notion,
        Health_Score=62,
        Health_Status="Amber",
        Last_Health_Scan="2026-03-10T07:00:00.000Z",
        Last_Heartbeat="2026-03-11T08:00:00.000+03:00",
        API_Call_Count=1200,
        Renewal_Date="2026-03-12",
        TAM_Profile="https://www.notion.so/x",
        **{"Check-in Interval": 14},
    )
    an_account(notion, Name="Gone", Renewal_Date="2026-03-11")

    assert accounts_of(notion) == [
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


def test_an_account_that_nobody_filled_in_is_unknown_in_every_field(notion: Workspace) -> None:
    bare = notion.row(ACCOUNTS, {"Name": "Bare"})

    (found,) = accounts_of(notion)

    told = {name: value for name, value in found.items() if value is not None}
    assert told == {"id": bare, "name": "Bare"}


def test_a_book_of_many_pages_past_the_cut_is_read_whole(notion: Workspace) -> None:
    notion.server.querying.row_limit = 120
    for number in range(350):
        an_account(notion, Name=f"Account {number:03}")
        notion.server.now += timedelta(seconds=40)

    found = accounts_of(notion)

    assert sorted(one["name"] for one in found) == [f"Account {number:03}" for number in range(350)]


def test_more_rows_of_one_minute_than_a_query_shows_are_never_passed_over(
    notion: Workspace,
) -> None:
    notion.server.querying.row_limit = 20
    for _ in range(30):
        an_account(notion)

    with pytest.raises(QueryIncomplete, match="more rows of one minute"):
        accounts_of(notion)


def test_accounts_cannot_be_read_without_their_database(notion: Workspace) -> None:
    with pytest.raises(InvalidInput, match="accounts_database_id"):
        during(notion, lambda api: NotionTAMAdapter(api).query_all_accounts())
