from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import date, datetime
from statistics import mean

import pytest

from app.clock import at_local
from app.demo.book import DemoBook, make_book
from app.demo.companies import COMPANIES
from app.demo.names import cultures
from app.demo.product import BASE_FEATURES, PAID_MODULES
from app.demo.reps import reps
from app.demo.stories import STORIES
from app.domain.fact_rows import FACT_SHAPES, FactRow, FactValue
from app.domain.feed import FactKind
from app.domain.ticket import URGENT, TicketStatus

TODAY = date(2026, 3, 11)


@pytest.fixture(scope="module")
def book() -> DemoBook:
    return make_book(today=TODAY)


def column(book: DemoBook, kind: FactKind, name: str) -> list[FactValue]:
    return [row[name] for row in book.rows[kind]]


def words(book: DemoBook) -> list[str]:
    texts = [
        *column(book, FactKind.TICKETS, "subject"),
        *column(book, FactKind.INTERACTIONS, "summary"),
        *column(book, FactKind.ACCOUNTS, "notes"),
    ]
    return [str(text) for text in texts]


def of_story(book: DemoBook, story: str, kind: FactKind) -> list[FactRow]:
    lived = {account_id for account_id, key in book.stories.items() if key == story}
    return [row for row in book.rows[kind] if row["account_id"] in lived]


def test_the_same_seed_and_day_make_the_same_book(book: DemoBook) -> None:
    assert repr(make_book(today=TODAY)) == repr(book)


def test_another_seed_makes_other_days_of_the_same_companies(book: DemoBook) -> None:
    other = make_book(today=TODAY, seed=8)

    assert other.rows[FactKind.USAGE] != book.rows[FactKind.USAGE]
    assert column(other, FactKind.ACCOUNTS, "name") == column(book, FactKind.ACCOUNTS, "name")


def test_a_day_later_everything_happened_a_day_later(book: DemoBook) -> None:
    later = make_book(today=date(2026, 3, 12))

    newest = max(row["day"] for row in later.rows[FactKind.USAGE] if isinstance(row["day"], date))

    assert newest == TODAY
    assert later.stories == book.stories


def test_sixty_accounts_come_with_a_year_of_bounded_history(book: DemoBook) -> None:
    counts = {kind: len(rows) for kind, rows in book.rows.items()}

    assert counts[FactKind.ACCOUNTS] == 60
    assert set(counts) == set(FactKind) - {FactKind.SIGNALS}  # it measures everything itself
    assert 800 < counts[FactKind.TICKETS] < 2000
    assert 20_000 < counts[FactKind.USAGE] < 50_000
    assert sum(counts.values()) < 80_000
    days = [day for day in column(book, FactKind.USAGE, "day") if isinstance(day, date)]
    assert (max(days) - min(days)).days >= 363


def test_every_row_has_all_its_columns_and_a_key_of_its_own(book: DemoBook) -> None:
    for kind, rows in book.rows.items():
        shape = FACT_SHAPES[kind]
        keys = Counter(tuple(row[part] for part in shape.key) for row in rows)
        assert max(keys.values()) == 1, kind
        assert set(rows[0]) == {field.name for field in fields(shape.fact)}, kind


def test_everything_belongs_to_an_account_that_goes_in_before_it(book: DemoBook) -> None:
    order = list(book.rows)
    accounts = set(column(book, FactKind.ACCOUNTS, "account_id"))
    for kind in order[order.index(FactKind.ACCOUNTS) + 1 :]:
        assert set(column(book, kind, "account_id")) <= accounts, kind


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_nothing_has_happened_today_yet_wherever_the_tenant_is(zone: str) -> None:
    book = make_book(today=TODAY, zone=zone)
    midnight = at_local(TODAY, datetime.min.time(), zone)

    moments = [
        *column(book, FactKind.TICKETS, "created_at"),
        *column(book, FactKind.TICKETS, "updated_at"),
        *column(book, FactKind.TICKETS, "resolved_at"),
        *column(book, FactKind.HEARTBEATS, "seen_at"),
        *column(book, FactKind.INTERACTIONS, "happened_at"),
    ]
    days = [
        *column(book, FactKind.USAGE, "day"),
        *column(book, FactKind.SURVEYS, "answered_on"),
        *column(book, FactKind.INVOICES, "paid_on"),
    ]

    assert all(m.tzinfo is not None and m < midnight for m in moments if isinstance(m, datetime))
    assert all(day < TODAY for day in days if isinstance(day, date))


def test_tickets_are_resolved_exactly_when_they_say_when(book: DemoBook) -> None:
    done = {TicketStatus.RESOLVED, TicketStatus.CLOSED}
    for row in book.rows[FactKind.TICKETS]:
        assert (row["status"] in done) == (row["resolved_at"] is not None), row["ticket_id"]


def test_only_urgent_tickets_that_a_story_tells_of_ever_grow_old(book: DemoBook) -> None:
    told = {ticket.text for story in STORIES.values() for ticket in story.trouble}
    for row in book.rows[FactKind.TICKETS]:
        created, resolved = row["created_at"], row["resolved_at"]
        if row["priority"] in URGENT and row["subject"] not in told:
            assert isinstance(created, datetime)
            assert not isinstance(resolved, datetime) or (resolved - created).days < 2


def test_tickets_are_numbered_in_order_of_creation_within_their_desk(book: DemoBook) -> None:
    for desk in ("SUP", "EUS"):
        rows = [r for r in book.rows[FactKind.TICKETS] if str(r["ticket_id"]).startswith(desk)]
        by_number = sorted(rows, key=lambda row: int(str(row["ticket_id"]).split("-")[1]))
        created = [
            row["created_at"] for row in by_number if isinstance(row["created_at"], datetime)
        ]
        assert created == sorted(created)


def test_words_have_no_gaps_left_to_fill(book: DemoBook) -> None:
    for text in words(book):
        assert text.strip() == text
        assert text
        assert not set("{}") & set(text)


def test_no_address_leads_to_anybody(book: DemoBook) -> None:
    addresses = [
        *column(book, FactKind.STAKEHOLDERS, "email"),
        *column(book, FactKind.REPS, "email"),
    ]
    for address in addresses:
        assert isinstance(address, str)
        assert address.endswith(".example")
        assert address.isascii()
        assert address == address.lower()


def test_every_person_and_every_company_is_there_once(book: DemoBook) -> None:
    people = column(book, FactKind.STAKEHOLDERS, "name")
    domains = column(book, FactKind.ACCOUNTS, "domains")

    assert len(set(people)) == len(people)
    assert len(set(domains)) == len(domains) == len(COMPANIES)


def test_every_company_has_two_to_four_people_and_one_main_contact(book: DemoBook) -> None:
    people = Counter(column(book, FactKind.STAKEHOLDERS, "account_id"))
    main = Counter(
        row["account_id"] for row in book.rows[FactKind.STAKEHOLDERS] if row["is_primary"]
    )

    assert set(people.values()) == {2, 3, 4}
    assert set(main.values()) == {1}
    assert len(main) == len(COMPANIES)


def test_every_story_is_lived_and_every_company_lives_one() -> None:
    assert {company.story for company in COMPANIES} <= set(STORIES)
    assert set(STORIES) - {company.story for company in COMPANIES} == set()
    assert {company.culture for company in COMPANIES} <= set(cultures())


def test_no_two_customers_write_the_same_planned_ticket() -> None:
    lived = Counter(company.story for company in COMPANIES)
    for key, story in STORIES.items():
        assert not story.trouble or lived[key] == 1, key


def test_exactly_one_account_has_no_owner_and_the_default_owner_is_a_rep(book: DemoBook) -> None:
    owners = column(book, FactKind.ACCOUNTS, "owner_email")

    assert owners.count(None) == 1
    assert set(owners) - {None} == {rep.email for rep in reps()}
    assert book.settings.default_owner in {rep.email for rep in reps()}


def test_revenue_is_mostly_in_dollars_and_unknown_for_one_account(book: DemoBook) -> None:
    running = {row["account_id"]: row for row in book.rows[FactKind.CONTRACTS]}
    currencies = Counter(row["arr_currency"] for row in running.values())

    assert currencies[None] == 1
    assert currencies["USD"] > 30
    assert currencies["EUR"] >= 5
    assert currencies["GBP"] >= 5


def test_features_are_the_products_own(book: DemoBook) -> None:
    product = {*BASE_FEATURES, *PAID_MODULES}

    assert {f for f in column(book, FactKind.USAGE, "feature") if f} <= product
    for row in book.rows[FactKind.ACCOUNTS]:
        assert isinstance(row["features"], tuple)
        assert set(row["features"]) <= product


def test_weekends_are_quiet(book: DemoBook) -> None:
    events: dict[bool, list[int]] = {True: [], False: []}
    for row in of_story(book, "steady", FactKind.USAGE):
        day, count = row["day"], row["events"]
        if not row["feature"] and isinstance(day, date) and isinstance(count, int):
            events[day.weekday() > 4].append(count)

    assert mean(events[True]) < 0.4 * mean(events[False])


def test_the_unmonitored_account_has_never_sent_a_heartbeat(book: DemoBook) -> None:
    assert of_story(book, "no_heartbeat", FactKind.HEARTBEATS) == []
    assert of_story(book, "steady", FactKind.HEARTBEATS)


def test_the_failed_feed_knows_nothing_of_what_came_after_it(book: DemoBook) -> None:
    failed = next(feed for feed in book.feeds if feed.failed_since is not None)
    assert failed.failed_since is not None

    for row in book.rows[FactKind.TICKETS]:
        if failed.accounts is not None and row["account_id"] in failed.accounts:
            created = row["created_at"]
            assert isinstance(created, datetime)
            assert created < failed.failed_since
            resolved = row["resolved_at"]
            assert not isinstance(resolved, datetime) or resolved <= failed.failed_since


def test_talks_with_people_fall_on_working_days(book: DemoBook) -> None:
    for row in book.rows[FactKind.INTERACTIONS]:
        happened = row["happened_at"]
        assert isinstance(happened, datetime)
        assert happened.weekday() < 5
