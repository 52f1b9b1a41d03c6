"""Accounts read out of Notion into the store: by their columns' ids, in bulk, nobody's stolen."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from pydantic import JsonValue

from app.domain.account import Account
from app.domain.feed import FactKind, FeedState
from app.domain.notion import NotionDatabase, NotionPage, NotionPageKind, NotionRole
from app.domain.reported import EngagementLevel, PaymentStatus, ReportedSignals, UsageTrend
from app.ports.effect_ledger import EffectSwaps
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.integration.notion_crm import ACCOUNT_TYPES, NOW, Crm
from tests.servers.notion import TOKEN, Fault, Kind
from tests.servers.notion.world import Source

T = TypeVar("T")
WHOLE = {
    "External ID": "C-100",
    "Segment": "Enterprise",
    "Deal Stage": "Renewal",
    "Notes": "Likes tea.",
    "Check-in Interval": 14,
    "Renewal Date": "2026-12-31",
    "Seats Purchased": 50,
    "Seats Used": 20,
    "ARR": 12_000.5,
    "Last Heartbeat": "2026-03-08T10:00:00+01:00",
    "API Call Count": 77,
    "Feature Adoption Rate": 0.45,
    "Usage Trend": "Growing",
    "Login Frequency": 3.5,
    "Last Interaction": "2026-03-05",
    "Payment Status": "overdue 30",
    "Stakeholder Engagement": "high",
    "NPS": 9,
}


@pytest.fixture
def crm(store: SqlStore, tmp_path: Path) -> Crm:
    return Crm(store=store, home=tmp_path)


@pytest.fixture
def light(sqlite_store: SqlStore, tmp_path: Path) -> Crm:
    """On SQLite alone."""
    return Crm(store=sqlite_store, home=tmp_path)


def rejected(crm: Crm) -> list[tuple[str, str]]:
    with crm.rejects.open(newline="") as stream:
        return [(row["column"], row["reason"]) for row in csv.DictReader(stream)]


def test_a_row_becomes_account_contract_sign_of_life_and_signals(crm: Crm) -> None:
    kim = crm.server.seed.person("Kim", "Kim@Ours.example")
    page = crm.account("Acme", {**WHOLE, "Account Owner": [kim]})
    assert crm.read()["new"] == 4
    assert crm.known("C-100") == Account(
        account_id="C-100",
        name="Acme",
        owner_email="kim@ours.example",
        segment="Enterprise",
        deal_stage="Renewal",
        notes="Likes tea.",
        checkin_interval_days=14,
    )
    contract = crm.contract("C-100")
    assert contract is not None
    assert contract.contract_id == "notion:C-100"
    assert contract.renews_on == date(2026, 12, 31)
    assert (contract.arr_amount, contract.arr_currency) == (Decimal("12000.50"), "EUR")
    assert (contract.seats_purchased, contract.seats_used) == (50, 20)
    assert crm.pages() == {
        "C-100": NotionPage(
            kind=NotionPageKind.ACCOUNT, key="C-100", page_id=page, url=crm.pages()["C-100"].url
        )
    }


def test_what_a_row_tells_of_health_goes_in_as_this_feeds_word(crm: Crm) -> None:
    crm.account("Acme", WHOLE)
    crm.read()
    facts = crm.facts("C-100")
    assert facts.last_heartbeat == datetime(2026, 3, 8, 9, tzinfo=UTC)
    assert facts.reported == (
        ReportedSignals(
            account_id="C-100",
            reported_on=NOW.date(),
            source="notion",
            feature_adoption_rate=0.45,
            usage_trend=UsageTrend.GROWING,
            logins_per_week=3.5,
            last_interaction_on=date(2026, 3, 5),
            payment_status=PaymentStatus.OVERDUE_30,
            stakeholder_engagement=EngagementLevel.HIGH,
            nps=9,
        ),
    )
    feed = crm.feed()
    assert feed.state(crm.now) is FeedState.FRESH
    assert feed.provides == {
        FactKind.ACCOUNTS,
        FactKind.CONTRACTS,
        FactKind.HEARTBEATS,
        FactKind.SIGNALS,
    }
    assert feed.accounts == frozenset({"C-100"})


def test_a_book_is_read_with_as_few_requests_as_it_has_pages(light: Crm) -> None:
    for number in range(250):
        light.account(f"Company {number}", {"ARR": 1_000 + number})
    assert light.read()["accounts"] == 250
    assert light.asked() == [("POST", "query")] * 3
    again = light.read(hours=24)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 500)
    assert light.asked() == [("POST", "query")] * 3


def test_between_whole_readings_only_what_was_edited_is_read(light: Crm) -> None:
    pages = [light.account(f"Company {number}") for number in range(250)]
    light.read()
    light.server.now = light.now + timedelta(minutes=59)
    light.edit(pages[7], {"Notes": "Called today."})
    done = light.read(hours=1)
    assert (done["accounts"], done["changed"]) == (1, 1)
    assert light.asked() == [("POST", "query")]
    assert light.known("company-7").notes == "Called today."
    assert light.read(hours=24)["accounts"] == 250


def test_an_edit_in_the_minute_of_a_reading_is_not_missed(light: Crm) -> None:
    page = light.account("Acme")
    light.read()
    light.edit(page, {"Notes": "in the same minute"})
    light.read(hours=1)
    assert light.known("acme").notes == "in the same minute"


def test_columns_are_known_by_their_ids_whatever_they_are_called(light: Crm) -> None:
    page = light.account("Acme", {"ARR": 100})
    source = light.server.world.find(Source, light.accounts)
    for column in source.columns.values():
        column.name = f"{column.name} (old)"
    light.read()
    contract = light.contract("acme")
    assert contract is not None
    assert contract.arr_amount == 100
    assert light.pages()["acme"].page_id == page


def test_a_column_that_is_gone_leaves_what_is_known_of_it(light: Crm) -> None:
    light.account("Acme", {"Segment": "Gold", "Notes": "Likes tea."})
    light.read()
    columns = light.server.world.find(Source, light.accounts).columns
    del columns[next(key for key, column in columns.items() if column.name == "Segment")]
    light.read(hours=24)
    assert light.known("acme").segment == "Gold"


def test_an_emptied_cell_makes_its_fact_unknown(light: Crm) -> None:
    page = light.account("Acme", WHOLE | {"External ID": ""})
    light.read()
    emptied = {"Notes": "", "Deal Stage": None, "Renewal Date": None, "ARR": None, "NPS": None}
    light.edit(page, {**emptied, "Seats Purchased": None, "Seats Used": None})
    light.read(hours=24)
    contract, facts = light.contract("acme"), light.facts("acme")
    assert contract is not None
    assert (contract.ends_on, contract.arr, contract.seats_used) == (None, None, None)
    assert (facts.account.notes, facts.account.deal_stage) == ("", "")
    assert [one.nps for one in facts.reported] == [None]


def test_a_cell_that_never_said_anything_leaves_what_others_told(light: Crm) -> None:
    rows = [{"account_id": "C-1", "name": "Acme", "segment": "Gold", "notes": "from a file"}]
    light.store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows))
    page = light.account("Acme", {"External ID": "C-1"})
    light.read()
    assert (light.known("C-1").segment, light.known("C-1").notes) == ("Gold", "from a file")
    light.edit(page, {"Notes": "from Notion"})
    light.read(hours=24)
    light.edit(page, {"Notes": ""})
    light.read(hours=24)
    assert (light.known("C-1").segment, light.known("C-1").notes) == ("Gold", "")


def test_a_contract_of_which_nothing_is_told_is_not_begun(light: Crm) -> None:
    light.account("Acme")
    light.read()
    assert light.count(FactKind.CONTRACTS) == 0
    assert light.count(FactKind.SIGNALS) == 0
    assert light.feed().provides == {FactKind.ACCOUNTS, FactKind.CONTRACTS}


def test_a_contract_without_an_end_is_left_to_the_feed_that_knows_one(light: Crm) -> None:
    light.put(Account(account_id="C-1", name="Acme"), Account(account_id="C-2", name="North"))
    rows = [
        {"contract_id": f"{one}:main", "account_id": one, "ends_on": date(2026, 6, 30)}
        for one in ("C-1", "C-2")
    ]
    light.store.write_now("main", lambda unit: unit.facts.upsert(FactKind.CONTRACTS, rows))
    light.account("Acme", {"Seats Used": 5})
    light.account("North", {"Seats Used": 5, "Renewal Date": "2026-12-31"})
    light.read()
    first, second = light.contract("C-1"), light.contract("C-2")
    assert first is not None
    assert second is not None
    assert (first.contract_id, second.contract_id) == ("C-1:main", "notion:C-2")


def test_a_bad_cell_is_refused_and_keeps_no_other_out(light: Crm) -> None:
    light.account(
        "Acme",
        {"ARR": -5, "Seats Used": 2.5, "Usage Trend": "sideways", "NPS": 11, "Segment": "Gold"},
    )
    light.account("Bad", {"Last Interaction": "2027-01-01", "Last Heartbeat": "2027-01-01"})
    done = light.read()
    assert done["refused"] == 6
    assert light.known("acme").segment == "Gold"
    assert sorted(column for column, _ in rejected(light)) == [
        "ARR",
        "Last Heartbeat",
        "Last Interaction",
        "NPS",
        "Seats Used",
        "Usage Trend",
    ]
    assert light.feed().state(light.now) is FeedState.FRESH
    assert "6 values are refused" in light.feed().reason


def test_refused_values_stay_listed_until_they_are_mended(light: Crm) -> None:
    first, second = light.account("Acme", {"NPS": 11}), light.account("North", {"NPS": 12})
    light.read()
    light.server.now = light.now + timedelta(minutes=50)
    light.edit(first, {"NPS": 9})
    light.read(hours=1)
    assert [reason for _, reason in rejected(light)] == ["'12' is not from 0 to 10"]
    light.edit(second, {"NPS": 8})
    light.read(hours=24)
    assert not light.rejects.exists()
    assert light.feed().reason == ""


@dataclass
class Sweeping(httpx.AsyncBaseTransport):
    """Deletes a page for good once a query has shown it."""

    crm: Crm
    page: str

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.crm.server.transport().handle_async_request(request)
        await answer.aread()
        if request.url.path.endswith("/query"):
            self.crm.server.world.nodes.pop(self.page, None)
        return answer


def test_a_page_that_goes_while_it_is_read_is_left_out(light: Crm) -> None:
    runs: list[JsonValue] = [
        {"text": {"content": "x"}, "annotations": {"bold": at % 2 == 0}} for at in range(30)
    ]
    page = light.account("Acme", {"Notes": {"rich_text": runs}})
    light.account("North")
    light.transport = Sweeping(light, page)
    light.read()
    assert set(light.pages()) == {"north"}


def test_hostile_words_are_only_words(light: Crm) -> None:
    names = [
        '=HYPERLINK("http://x")',
        'O\'Brien & Sons "Ltd" / <b>',
        "شركة 🎉\u202e evil",
        "😀" * 400,
    ]
    for number, name in enumerate(names):
        light.account(name, {"External ID": f"C-{number}", "NPS": 99})
    light.read()
    assert light.known("C-0").name == names[0]
    assert light.known("C-1").name == names[1]
    assert light.known("C-2").name == "شركة 🎉 evil"
    assert len(light.known("C-3").name) == 300
    assert len(rejected(light)) == 4


def test_notes_of_ten_thousand_characters_go_in_whole(light: Crm) -> None:
    note = "שלום 🎉 " * 1_428
    runs = [
        {"text": {"content": note[at : at + 200]}, "annotations": {"bold": at % 400 == 0}}
        for at in range(0, len(note), 200)
    ]
    light.account("Acme", {"Notes": {"rich_text": runs}})
    light.account("North", {"Notes": "short"})
    light.read()
    assert light.known("acme").notes == note.strip()
    assert [method for method, _ in light.asked()] == ["POST", "GET"]


def test_an_external_id_is_whose_row_it_is(light: Crm) -> None:
    light.put(Account(account_id="acme", name="Acme"), Account(account_id="C-1", name="Other"))
    light.account("Acme", {"External ID": "C-1"})
    light.read()
    assert light.known("C-1").name == "Acme"
    assert "acme" not in light.pages()


def test_a_row_without_a_key_is_the_one_account_of_its_name(light: Crm) -> None:
    light.put(Account(account_id="C-1", name="ACME"))
    light.account("Acme", {"Notes": "ours"})
    light.read()
    assert light.known("C-1").notes == "ours"
    assert light.count(FactKind.ACCOUNTS) == 1


def test_a_row_about_to_be_made_by_us_does_not_keep_its_name_from_one_made_by_hand(
    light: Crm,
) -> None:
    light.put(Account(account_id="C-1", name="Acme"))
    intended = NotionPage(kind=NotionPageKind.ACCOUNT, key="C-1", intended_at=NOW)
    light.store.write_now("main", lambda unit: unit.notion.save_pages([intended]))
    page = light.account("Acme")
    light.read()
    assert light.pages()["C-1"].page_id == page


def test_a_second_row_of_a_name_becomes_an_account_of_its_own(light: Crm) -> None:
    first = light.account("Acme", {"Notes": "first"})
    light.server.advance(minutes=1)
    light.account("Acme", {"Notes": "second"})
    light.read()
    assert light.pages()["acme"].page_id == first
    assert light.known("acme").notes == "first"
    assert light.count(FactKind.ACCOUNTS) == 2
    light.read(hours=24)
    assert light.count(FactKind.ACCOUNTS) == 2


def test_a_slug_that_is_taken_is_not_taken_over(light: Crm) -> None:
    light.put(Account(account_id="acme", name="Another Company"))
    light.account("Acme")
    light.read()
    assert light.known("acme").name == "Another Company"
    assert light.count(FactKind.ACCOUNTS) == 2


def test_a_name_that_several_accounts_have_is_not_guessed_at(light: Crm) -> None:
    light.put(Account(account_id="a", name="Acme"), Account(account_id="b", name="Acme"))
    light.account("Acme")
    light.read()
    ((column, reason),) = rejected(light)
    assert column == "Name"
    assert "say which by External ID" in reason
    assert light.count(FactKind.ACCOUNTS) == 2


def test_a_row_that_is_given_another_key_becomes_that_account_and_says_which_it_left(
    light: Crm,
) -> None:
    page = light.account("Acme", {"Notes": "first"})
    light.read()
    light.edit(page, {"External ID": "C-1", "Notes": "second"})
    light.read(hours=24)
    assert light.pages().keys() == {"C-1"}
    assert (light.known("C-1").notes, light.known("acme").notes) == ("second", "first")
    assert "'acme': given up by the row" in light.feed().reason
    assert light.feed().accounts == frozenset({"C-1"})


def test_of_two_rows_with_one_key_the_known_one_stands(light: Crm) -> None:
    first = light.account("Acme", {"External ID": "C-1"})
    light.read()
    light.account("Acme copied", {"External ID": "C-1", "Notes": "stolen"})
    done = light.read(hours=24)
    assert done["refused"] == 1
    assert light.known("C-1").name == "Acme"
    assert light.pages()["C-1"].page_id == first
    (said,) = rejected(light)
    assert said[0] == "External ID"
    assert light.pages()["C-1"].url in said[1]


def test_a_row_about_to_be_made_by_us_is_found_by_its_key(light: Crm) -> None:
    intended = NotionPage(kind=NotionPageKind.ACCOUNT, key="C-1", intended_at=NOW)
    light.store.write_now("main", lambda unit: unit.notion.save_pages([intended]))
    page = light.account("Acme", {"External ID": "C-1"})
    light.read()
    found = light.pages()["C-1"]
    assert (found.page_id, found.intended_at) == (page, None)


def test_blank_rows_are_passed_over_and_nameless_ones_refused(light: Crm) -> None:
    light.account("")
    light.account("", {"ARR": 5})
    light.account("", {"External ID": "C-9"})
    assert light.read()["refused"] == 2
    assert light.count(FactKind.ACCOUNTS) == 0
    assert not light.pages()


def test_a_name_that_was_emptied_stays_as_it_is_known(light: Crm) -> None:
    page = light.account("Acme")
    light.read()
    light.edit(page, {"Name": "", "Notes": "new"})
    light.read(hours=24)
    assert (light.known("acme").name, light.known("acme").notes) == ("Acme", "new")


def test_a_sign_of_life_of_an_earlier_time_says_nothing(light: Crm) -> None:
    page = light.account("Acme", {"Last Heartbeat": "2026-03-08T10:00:00Z"})
    light.read()
    light.edit(page, {"Last Heartbeat": "2026-03-01T10:00:00Z"})
    light.read(hours=24)
    assert light.count(FactKind.HEARTBEATS) == 1
    light.edit(page, {"Last Heartbeat": "2026-03-10"})
    light.read(hours=24)
    assert light.facts("acme").last_heartbeat == datetime(2026, 3, 10, tzinfo=UTC)


def test_an_owner_named_by_words_is_the_rep_of_that_name(light: Crm, tmp_path: Path) -> None:
    home = tmp_path / "words"
    home.mkdir()
    types = {**ACCOUNT_TYPES, "Account Owner": "rich_text"}
    words = Crm(store=light.store, home=home, account_types=types)
    reps = [{"email": "kim@ours.example", "name": "Kim Lee"}]
    words.store.write_now("main", lambda unit: unit.facts.upsert(FactKind.REPS, reps))
    words.account("Acme", {"Account Owner": "kim lee"})
    words.account("North", {"Account Owner": "Nobody"})
    words.read()
    assert words.known("acme").owner_email == "kim@ours.example"
    assert words.known("north").owner_email is None
    assert "no rep's name" in rejected(words)[0][1]


def test_rows_that_are_gone_are_told_and_their_accounts_kept(light: Crm) -> None:
    pages = [light.account(f"Company {number}") for number in range(20)]
    light.read()
    light.trash(pages[3], pages[4])
    assert light.read(hours=1)["gone"] == 0
    assert light.read(hours=24)["gone"] == 2
    assert light.count(FactKind.ACCOUNTS) == 20
    assert not {"company-3", "company-4"} & light.pages().keys()
    assert light.feed().accounts == frozenset(light.pages())
    assert "'company-3', 'company-4': gone from Notion" in light.feed().reason


def test_more_gone_than_is_believed_are_not_gone_and_fail_the_feed(light: Crm) -> None:
    pages = [light.account(f"Company {number}") for number in range(20)]
    light.read()
    reached = light.database()
    light.trash(*pages[:5])
    done = light.read(hours=24)
    assert "5 of 20 accounts are gone" in str(done["failed"])
    assert len(light.pages()) == 20
    assert light.feed().state(light.now) is FeedState.FAILED
    assert "most_gone_share" in light.feed().reason
    assert light.database() == reached
    light.most_gone_share = 1.0
    assert light.read(hours=1)["gone"] == 5
    assert light.feed().state(light.now) is FeedState.FRESH


def test_a_token_revoked_half_way_keeps_what_was_read_and_says_what_mends_it(light: Crm) -> None:
    for number in range(250):
        light.account(f"Company {number}")
    light.server.go_wrong(Fault(kind=Kind.SLOW), Fault(kind=Kind.SLOW), Fault(kind=Kind.REVOKED))
    done = light.read()
    assert "tend connect notion" in str(done["failed"])
    assert light.count(FactKind.ACCOUNTS) == 200
    assert light.feed().state(light.now) is FeedState.FAILED
    assert light.feed().failed_since == light.now
    assert light.database().read_until is None
    light.server.connections[TOKEN].is_revoked = False
    light.read(hours=1)
    assert light.count(FactKind.ACCOUNTS) == 250
    assert light.feed().failed_since is None


def test_a_hiccup_of_the_remote_is_not_noticed(light: Crm) -> None:
    for number in range(150):
        light.account(f"Company {number}")
    light.server.go_wrong(Fault(kind=Kind.SLOW), Fault(kind=Kind.UNAVAILABLE))
    light.within_seconds = 20
    assert "failed" not in light.read()
    assert light.count(FactKind.ACCOUNTS) == 150


def test_a_database_that_is_not_shared_any_more_fails_the_feed(light: Crm) -> None:
    light.account("Acme")
    light.read()
    connected = light.database()
    lost = NotionDatabase(
        role=NotionRole.ACCOUNTS,
        database_id=connected.database_id,
        data_source_id="0" * 32,
        columns=connected.columns,
        is_written=False,
    )
    light.store.write_now("main", lambda unit: unit.notion.save_database(lost))
    assert "share it again" in str(light.read(hours=1)["failed"])


@dataclass
class Fragile:
    """A store that breaks at one of its writes."""

    store: SqlStore
    at: int

    async def read(self, tenant_id: str, work: Callable[[Unit], T]) -> T:
        return await self.store.read(tenant_id, work)

    async def write(self, tenant_id: str, work: Callable[[Unit], T]) -> T:
        self.at -= 1
        if self.at < 0:
            raise RuntimeError("the plug is pulled")
        return await self.store.write(tenant_id, work)

    async def swap(self, tenant_id: str, work: Callable[[EffectSwaps], T]) -> T:
        return await self.store.swap(tenant_id, work)

    async def tenants(self) -> tuple[str, ...]:
        return await self.store.tenants()

    def close(self) -> None:
        self.store.close()


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_crash_between_batches_is_made_good_by_the_next_reading(light: Crm, at: int) -> None:
    for number in range(600):
        light.account(f"Company {number % 300}", {"ARR": number})
    with pytest.raises(RuntimeError, match="plug"):
        light.read(store=Fragile(light.store, at))
    assert light.database().read_until is None
    light.read()
    assert light.count(FactKind.ACCOUNTS) == light.count(FactKind.CONTRACTS) == 600
    done = light.read(hours=24)
    assert (done["new"], done["changed"]) == (0, 0)


def test_one_account_is_read_when_it_is_asked_for(light: Crm) -> None:
    pages = [light.account(f"Company {number}") for number in range(120)]
    light.read()
    for page in pages:
        light.edit(page, {"Notes": "new"})
    done = light.read(hours=1, account_id="company-7")
    assert (done["accounts"], done["changed"]) == (1, 1)
    assert light.asked() == [("GET", pages[7])]
    assert light.known("company-7").notes == "new"
    assert light.known("company-8").notes == ""
    assert light.read(account_id="nobody") == {}


def test_an_account_whose_page_is_gone_is_told_and_fails_nothing(light: Crm) -> None:
    page = light.account("Acme")
    light.read()
    light.trash(page)
    assert light.read(hours=1, account_id="acme")["accounts"] == 0
    del light.server.world.nodes[page]
    assert "share it again" in str(light.read(hours=1, account_id="acme")["failed"])
    assert light.feed().state(light.now) is FeedState.FRESH


def test_without_a_database_nothing_is_asked(light: Crm, sqlite_store: SqlStore) -> None:
    light.tenant = "other"
    assert light.read() == {}
    assert not light.server.log
