"""The book of business, as every store reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.activity import Invoice
from app.domain.book import AccountFacts, BookContext, Engagement, SupportRecord
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.domain.heartbeat_days import HeartbeatDay
from app.domain.ticket import TicketStatus
from app.errors import Conflict, NotFound
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from app.storage.types import micros
from tests.builders import (
    NOW,
    TODAY,
    account,
    book_context,
    contract,
    day_ago,
    days_ago,
    heartbeat,
    interaction,
    invoice,
    rows_of,
    survey_response,
    ticket,
)

ODD_IDS = ("", "0", "A", "Z", "a", "a-b", "a_b", "ab", "z", "Ä", "ä", "ö", "ﬁ", "日本", "🦆")[1:]


def bring(store: SqlStore, **facts: Sequence[FactRow]) -> None:
    def work(unit: Unit) -> None:
        for kind, rows in facts.items():
            unit.facts.upsert(FactKind(kind), rows)

    store.write_now("main", work)


def one(store: SqlStore, context: BookContext | None = None) -> AccountFacts:
    return store.read_now("main", lambda unit: unit.book.one(context or book_context(), "acme"))


def ids_in_pages(store: SqlStore, limit: int) -> list[str]:
    def work(unit: Unit) -> list[str]:
        found: list[str] = []
        while page := unit.book.page(book_context(), after=found[-1] if found else "", limit=limit):
            found.extend(facts.account.account_id for facts in page)
        return found

    return store.read_now("main", work)


def test_odd_ids_are_paged_in_the_order_of_their_bytes(store: SqlStore) -> None:
    bring(store, accounts=rows_of(*(account(account_id=odd, name=odd) for odd in ODD_IDS)))
    assert ids_in_pages(store, 3) == sorted(ODD_IDS, key=str.encode)
    assert ids_in_pages(store, 100) == sorted(ODD_IDS, key=str.encode)


def test_pages_hold_active_accounts_only_and_one_holds_any(store: SqlStore) -> None:
    names = ("running", "endless", "none", "ended", "future", "last-day", "first-day")
    over = contract(ends_on=day_ago(1))
    bring(
        store,
        accounts=rows_of(*(account(account_id=name, name=name) for name in names)),
        contracts=rows_of(
            contract(contract_id="1", account_id="running"),
            replace(over, contract_id="2", account_id="running"),
            contract(contract_id="3", account_id="endless", starts_on=None, ends_on=None),
            replace(over, contract_id="4", account_id="ended"),
            contract(contract_id="5", account_id="future", starts_on=TODAY + timedelta(days=1)),
            contract(contract_id="6", account_id="last-day", ends_on=TODAY),
            contract(contract_id="7", account_id="first-day", starts_on=TODAY),
        ),
    )
    active = ["endless", "first-day", "last-day", "none", "running"]
    assert ids_in_pages(store, 2) == active
    assert store.read_now("main", lambda unit: unit.book.active_count(TODAY)) == 5
    by_id = store.read_now("main", lambda unit: unit.book.active(TODAY))
    assert [found.account_id for found in by_id] == active
    ended = store.read_now("main", lambda unit: unit.book.one(book_context(), "ended"))
    assert ended.account.account_id == "ended"
    assert ended.contract is None
    with pytest.raises(NotFound, match="nobody"):
        store.read_now("main", lambda unit: unit.book.one(book_context(), "nobody"))


def test_an_account_of_which_nothing_else_is_known_has_empty_facts(store: SqlStore) -> None:
    bring(store, accounts=rows_of(account()))
    assert one(store) == AccountFacts(account=account())


def test_every_account_of_a_page_gets_its_own_facts(store: SqlStore) -> None:
    names = ("a", "b", "c")
    accounts = [account(account_id=name, name=name) for name in names]
    bring(
        store,
        accounts=rows_of(*accounts),
        tickets=rows_of(*(ticket(ticket_id=f"T-{name}", account_id=name) for name in names[:2])),
        heartbeats=rows_of(heartbeat(account_id="b")),
        contracts=rows_of(contract(contract_id="1", account_id="c")),
    )
    page = store.read_now("main", lambda unit: unit.book.page(book_context(), after="", limit=9))
    assert page == (
        AccountFacts(
            account=accounts[0],
            open_tickets=(ticket(ticket_id="T-a", account_id="a"),),
            support=SupportRecord(tickets=1),
        ),
        AccountFacts(
            account=accounts[1],
            open_tickets=(ticket(ticket_id="T-b", account_id="b"),),
            support=SupportRecord(tickets=1),
            last_heartbeat=heartbeat().seen_at,
            heartbeat_days=(
                HeartbeatDay(TODAY.toordinal(), None, None, *[micros(heartbeat().seen_at)] * 2),
            ),
        ),
        AccountFacts(account=accounts[2], contract=contract(contract_id="1", account_id="c")),
    )


def test_of_several_running_contracts_the_one_that_ends_last_counts(store: SqlStore) -> None:
    bring(
        store,
        accounts=rows_of(account()),
        contracts=rows_of(
            contract(contract_id="b"),
            contract(contract_id="c", ends_on=TODAY),
            contract(contract_id="a", ends_on=None),
            contract(contract_id="d", ends_on=day_ago(3)),
        ),
    )
    assert one(store).contract == contract(contract_id="a", ends_on=None)
    found = store.read_now("main", lambda unit: unit.book.contracts(["acme", "x"], day_ago(3)))
    assert found == {"acme": contract(contract_id="a", ends_on=None)}


def test_open_tickets_are_those_of_the_moment_oldest_first(store: SqlStore) -> None:
    bring(
        store,
        accounts=rows_of(account()),
        tickets=rows_of(
            ticket(ticket_id="T-2", created_at=days_ago(2)),
            ticket(ticket_id="T-1", created_at=days_ago(2), status=TicketStatus.PENDING),
            ticket(ticket_id="T-0", created_at=days_ago(100), updated_at=NOW + timedelta(1)),
            ticket(ticket_id="future", created_at=NOW + timedelta(seconds=1)),
            ticket(ticket_id="done", resolved_at=days_ago(0.5), status=TicketStatus.RESOLVED),
            ticket(
                ticket_id="later", resolved_at=NOW + timedelta(days=1), status=TicketStatus.RESOLVED
            ),
            ticket(ticket_id="no-date", status=TicketStatus.RESOLVED),
        ),
    )
    assert one(store).open_tickets == (
        ticket(ticket_id="T-0", created_at=days_ago(100)),
        ticket(ticket_id="T-1", created_at=days_ago(2), status=TicketStatus.PENDING),
        ticket(ticket_id="T-2", created_at=days_ago(2)),
        ticket(ticket_id="later"),
    )


def test_support_counts_tickets_created_or_resolved_in_90_days(store: SqlStore) -> None:
    bring(
        store,
        accounts=rows_of(account()),
        tickets=rows_of(
            ticket(
                ticket_id="1",
                reopened=True,
                csat=5,
                resolved_at=days_ago(0.1),
                status=TicketStatus.RESOLVED,
            ),
            ticket(ticket_id="2", escalated=True, csat=2),
            ticket(
                ticket_id="3",
                created_at=days_ago(200),
                resolved_at=days_ago(89),
                status=TicketStatus.RESOLVED,
            ),
            ticket(
                ticket_id="4",
                created_at=days_ago(200),
                resolved_at=days_ago(91),
                status=TicketStatus.RESOLVED,
            ),
            ticket(ticket_id="5", created_at=days_ago(91)),
            ticket(ticket_id="6", created_at=NOW + timedelta(days=1)),
        ),
    )
    expected = SupportRecord(tickets=3, reopened=1, escalated=1, csat_answers=2, csat_sum=7)
    assert one(store).support == expected


def test_the_last_heartbeat_is_the_newest_by_then(store: SqlStore) -> None:
    times = (days_ago(3), days_ago(1), NOW + timedelta(hours=1))
    bring(
        store,
        accounts=rows_of(account()),
        heartbeats=rows_of(*(heartbeat(seen_at=at) for at in times)),
    )
    assert one(store).last_heartbeat == days_ago(1)
    early = book_context(now=days_ago(2), local_day=day_ago(2))
    assert one(store, early).last_heartbeat == days_ago(3)
    before = book_context(now=days_ago(9), local_day=day_ago(9))
    assert one(store, before).last_heartbeat is None


def test_engagement_counts_meaningful_contacts_and_people_of_90_days(store: SqlStore) -> None:
    bring(
        store,
        accounts=rows_of(account()),
        interactions=rows_of(
            interaction(interaction_id="1", happened_at=days_ago(5), stakeholder_email="a@x"),
            interaction(interaction_id="2", happened_at=days_ago(6), stakeholder_email="a@x"),
            interaction(interaction_id="3", happened_at=days_ago(7), stakeholder_email="b@x"),
            interaction(interaction_id="4", happened_at=days_ago(8)),
            interaction(interaction_id="5", happened_at=days_ago(1), meaningful=False),
            interaction(interaction_id="6", happened_at=days_ago(91), stakeholder_email="c@x"),
            interaction(interaction_id="7", happened_at=NOW + timedelta(days=1)),
        ),
    )
    expected = Engagement(last_meaningful_on=day_ago(5), meaningful=4, people=2)
    assert one(store).engagement == expected
    long_after = book_context(now=NOW + timedelta(days=300), local_day=TODAY + timedelta(days=300))
    quiet = Engagement(last_meaningful_on=TODAY + timedelta(days=1))
    assert one(store, long_after).engagement == quiet


@pytest.mark.parametrize(
    "invoices, overdue",
    [
        ([], None),
        ([invoice(due_on=day_ago(10))], 10),
        ([invoice(due_on=day_ago(10), paid_on=day_ago(1))], 0),
        ([invoice(due_on=day_ago(10), paid_on=TODAY + timedelta(days=1))], 10),
        ([invoice(due_on=TODAY)], 0),
        ([invoice(due_on=TODAY + timedelta(days=9))], None),
        ([invoice(due_on=TODAY + timedelta(days=9), issued_on=day_ago(1))], 0),
        ([invoice(due_on=day_ago(10)), invoice(invoice_id="I-2", due_on=day_ago(61))], 61),
    ],
)
def test_overdue_days_are_those_of_the_longest_unpaid_invoice(
    store: SqlStore, invoices: list[Invoice], overdue: int | None
) -> None:
    bring(store, accounts=rows_of(account()), invoices=rows_of(*invoices))
    assert one(store).overdue_days == overdue


def test_nps_is_the_newest_answer_of_a_year(store: SqlStore) -> None:
    answers = (
        survey_response(response_id="1", answered_on=day_ago(20), score=2),
        survey_response(response_id="2", answered_on=day_ago(10), score=9),
        survey_response(response_id="3", answered_on=TODAY + timedelta(days=1), score=1),
    )
    bring(store, accounts=rows_of(account()), surveys=rows_of(*answers))
    assert (one(store).nps, one(store).nps_on) == (9, day_ago(10))
    later = book_context(now=NOW + timedelta(days=400), local_day=TODAY + timedelta(days=400))
    assert one(store, later).nps is None


def test_an_account_is_found_by_id_name_or_a_unique_beginning(store: SqlStore) -> None:
    known = [
        account(account_id="001", name="Acme"),
        account(account_id="002", name="Acme North"),
        account(account_id="003", name="Björk & Söhne"),
        account(account_id="Zed", name="Zulu"),
    ]
    bring(store, accounts=rows_of(*known))

    def found(text: str) -> str:
        return store.read_now("main", lambda unit: unit.book.find(text)).account_id

    assert found("002") == "002"
    assert found("aCME") == "001"
    assert found("BJÖRK & SÖHNE") == "003"
    assert found("zE") == "Zed"
    assert found("acme n") == "002"
    with pytest.raises(Conflict, match=r"Acme \(001\), Acme North \(002\)"):
        found("acm")
    with pytest.raises(NotFound, match=r"near: Acme North \(002\)"):
        found("north")
    with pytest.raises(NotFound, match=r"near: Björk & Söhne"):
        found("bjork & sohne")
    with pytest.raises(NotFound, match="named by"):
        found("  ")


def test_accounts_are_told_by_id_without_the_unknown(store: SqlStore) -> None:
    bring(store, accounts=rows_of(account()))
    found = store.read_now("main", lambda unit: unit.book.accounts(["acme", "nobody"]))
    assert found == {"acme": account()}


def test_the_newest_sign_of_life_of_each_is_read_in_bulk(store: SqlStore) -> None:
    bring(
        store,
        accounts=rows_of(account(), account(account_id="beta"), account(account_id="mute")),
        heartbeats=rows_of(
            heartbeat(seen_at=days_ago(3), api_calls=3),
            heartbeat(seen_at=days_ago(1), api_calls=7),
            heartbeat(seen_at=days_ago(-1), api_calls=9),
            heartbeat(account_id="beta", seen_at=days_ago(2), api_calls=None),
        ),
    )
    found = store.read_now(
        "main", lambda unit: unit.book.heartbeats(["acme", "beta", "mute"], until=NOW)
    )
    assert {key: (one.seen_at, one.api_calls) for key, one in found.items()} == {
        "acme": (days_ago(1), 7),
        "beta": (days_ago(2), None),
    }


def test_open_tickets_of_all_accounts_are_paged_by_id(store: SqlStore) -> None:
    bring(
        store,
        accounts=rows_of(account(), account(account_id="beta")),
        tickets=rows_of(
            *[ticket(ticket_id=f"T-{n}") for n in (1, 2, 3)],
            ticket(ticket_id="T-0", account_id="beta", status=TicketStatus.PENDING),
            ticket(ticket_id="T-9", status=TicketStatus.RESOLVED, resolved_at=days_ago(1)),
        ),
    )

    def work(unit: Unit) -> list[list[str]]:
        pages, after = [], ""
        while page := unit.book.open_tickets(after=after, limit=3):
            pages.append([one.ticket_id for one in page])
            after = pages[-1][-1]
        return pages

    assert store.read_now("main", work) == [["T-0", "T-1", "T-2"], ["T-3"]]
    known = store.read_now("main", lambda unit: unit.book.tickets(["T-9", "T-1", "nope"]))
    assert {key: one.status for key, one in known.items()} == {
        "T-1": TicketStatus.OPEN,
        "T-9": TicketStatus.RESOLVED,
    }
    assert store.read_now("other", lambda unit: unit.book.tickets(["T-1"])) == {}
