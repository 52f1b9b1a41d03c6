"""Facts going in, as every store takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from app.domain.account import TechnicalMaturity
from app.domain.fact_rows import FactRow, UpsertCount
from app.domain.feed import FactKind
from app.domain.reported import EngagementLevel, PaymentStatus, UsageTrend
from app.domain.ticket import Priority, TicketStatus
from app.errors import InvalidInput
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import (
    NOW,
    TODAY,
    account,
    book_context,
    contract,
    heartbeat,
    interaction,
    invoice,
    rep,
    reported,
    row_of,
    rows_of,
    stakeholder,
    survey_response,
    ticket,
    usage_day,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

WHOLE_ACCOUNT = account(
    owner_email="rita@tend.example",
    segment="mid",
    domains=("acme.example", "äcme.example"),
    features=("export", "api"),
    integrations=("jira",),
    environment=("SAP", "Oracle"),
    customer_since=date(2020, 2, 29),
    deal_stage="won",
    notes="Loves “quotes”, {braces} & \\ 100 % ☂",
    checkin_interval_days=30,
    heartbeat_silence_hours=12.5,
)
ONE_OF_EACH: dict[FactKind, DataclassInstance] = {
    FactKind.ACCOUNTS: WHOLE_ACCOUNT,
    FactKind.CONTRACTS: contract(),
    FactKind.REPS: rep(quiet_from=time(22, 30), quiet_until=time(7)),
    FactKind.STAKEHOLDERS: stakeholder(technical_maturity=TechnicalMaturity.LOW, is_primary=True),
    FactKind.TICKETS: ticket(
        status=TicketStatus.RESOLVED,
        priority=Priority.P1,
        resolved_at=NOW,
        updated_at=NOW,
        subject="It broke",
        component="api",
        reopened=True,
        escalated=True,
        csat=2,
        mapped_by="component",
    ),
    FactKind.USAGE: usage_day(feature="export"),
    FactKind.HEARTBEATS: heartbeat(api_calls=2**40, errors=0, version="1.2"),
    FactKind.INVOICES: invoice(
        issued_on=TODAY, paid_on=TODAY, amount=Decimal("99.90"), currency="EUR"
    ),
    FactKind.SURVEYS: survey_response(respondent="sam@acme.example"),
    FactKind.INTERACTIONS: interaction(kind="visit", meaningful=False, summary="coffee"),
    FactKind.SIGNALS: reported(
        source="crm",
        feature_adoption_rate=0.45,
        usage_trend=UsageTrend.DECLINING,
        logins_per_week=2.5,
        last_interaction_on=TODAY,
        payment_status=PaymentStatus.OVERDUE_60,
        stakeholder_engagement=EngagementLevel.LOW,
        nps=0,
    ),
}


def upsert(store: SqlStore, kind: FactKind, rows: Sequence[FactRow]) -> UpsertCount:
    return store.write_now("main", lambda unit: unit.facts.upsert(kind, rows))


def test_every_kind_of_fact_has_an_example_here() -> None:
    assert ONE_OF_EACH.keys() == set(FactKind)


@pytest.mark.parametrize("kind", list(FactKind))
def test_the_same_facts_twice_change_nothing(store: SqlStore, kind: FactKind) -> None:
    rows = rows_of(ONE_OF_EACH[kind])
    assert upsert(store, kind, rows) == UpsertCount(inserted=1)
    assert upsert(store, kind, rows) == UpsertCount(unchanged=1)
    assert store.read_now("main", lambda unit: unit.facts.count(kind)) == 1


def test_a_changed_fact_is_updated_and_the_counts_add_up(store: SqlStore) -> None:
    first = [account(account_id=f"a{number}") for number in range(5)]
    upsert(store, FactKind.ACCOUNTS, rows_of(*first))
    second = [*first[:3], replace(first[3], name="Changed"), account(account_id="new")]
    counted = upsert(store, FactKind.ACCOUNTS, rows_of(*second))
    assert counted == UpsertCount(inserted=1, updated=1, unchanged=3)


def test_columns_that_were_not_given_stay_as_they_are(store: SqlStore) -> None:
    upsert(store, FactKind.ACCOUNTS, rows_of(WHOLE_ACCOUNT))
    partial: list[FactRow] = [{"account_id": "acme", "name": "Acme SE", "owner_email": None}]
    assert upsert(store, FactKind.ACCOUNTS, partial) == UpsertCount(updated=1)
    kept = store.read_now("main", lambda unit: unit.book.find("acme"))
    assert kept == replace(WHOLE_ACCOUNT, name="Acme SE", owner_email=None)


def test_a_new_row_takes_the_defaults_of_what_it_leaves_out(store: SqlStore) -> None:
    upsert(store, FactKind.ACCOUNTS, [{"account_id": "acme", "name": "Acme"}])
    assert store.read_now("main", lambda unit: unit.book.find("acme")) == account()


def test_of_two_rows_with_one_key_the_later_wins(store: SqlStore) -> None:
    rows: list[FactRow] = [
        {"account_id": "acme", "name": "First", "segment": "mid"},
        {"account_id": "acme", "name": "Second"},
    ]
    assert upsert(store, FactKind.ACCOUNTS, rows) == UpsertCount(inserted=1, unchanged=1)
    kept = store.read_now("main", lambda unit: unit.book.find("acme"))
    assert (kept.name, kept.segment) == ("Second", "mid")


def test_rows_with_different_columns_go_in_together(store: SqlStore) -> None:
    rows: list[FactRow] = [
        {"account_id": "a", "name": "A"},
        {"account_id": "b", "name": "B", "segment": "mid"},
        {"name": "C", "account_id": "c"},
    ]
    assert upsert(store, FactKind.ACCOUNTS, rows) == UpsertCount(inserted=3)


def test_a_new_row_without_what_it_needs_is_refused_by_name(store: SqlStore) -> None:
    upsert(store, FactKind.TICKETS, rows_of(ticket(ticket_id="T-1")))
    known: list[FactRow] = [{"ticket_id": "T-1", "subject": "New words"}]
    assert upsert(store, FactKind.TICKETS, known) == UpsertCount(updated=1)
    with pytest.raises(
        InvalidInput, match=r"ticket_id T-2 is new and lacks account_id, created_at"
    ):
        upsert(store, FactKind.TICKETS, [*known, {"ticket_id": "T-2", "subject": "Words"}])


def test_a_new_row_of_a_compound_key_is_refused_by_its_whole_key(store: SqlStore) -> None:
    sam: list[FactRow] = [{"account_id": "acme", "email": "sam@x", "role": "CTO"}]
    with pytest.raises(InvalidInput, match="account_id acme, email sam@x is new and lacks name"):
        upsert(store, FactKind.STAKEHOLDERS, sam)
    upsert(store, FactKind.STAKEHOLDERS, rows_of(stakeholder(email="sam@x")))
    assert upsert(store, FactKind.STAKEHOLDERS, sam) == UpsertCount(updated=1)


def test_an_unknown_column_and_a_missing_key_are_refused(store: SqlStore) -> None:
    with pytest.raises(InvalidInput, match="accounts have no column colour"):
        upsert(store, FactKind.ACCOUNTS, [{"account_id": "a", "name": "A", "colour": "red"}])
    with pytest.raises(InvalidInput, match="lacks its key"):
        upsert(store, FactKind.ACCOUNTS, [{"name": "A"}])


def test_equal_amounts_are_the_same_amount_however_written(store: SqlStore) -> None:
    upsert(store, FactKind.CONTRACTS, rows_of(contract(arr_amount=Decimal("1200.50"))))
    again = rows_of(contract(arr_amount=Decimal("1200.500")))
    assert upsert(store, FactKind.CONTRACTS, again) == UpsertCount(unchanged=1)
    huge = Decimal("123456789012345678901234567890.01")
    upsert(store, FactKind.CONTRACTS, rows_of(contract(arr_amount=huge)))
    found = store.read_now("main", lambda unit: unit.book.contracts(["acme"], TODAY))
    assert found["acme"].arr_amount == huge


def test_a_moment_is_the_same_in_every_zone_and_comes_back_in_utc(store: SqlStore) -> None:
    created = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    upsert(store, FactKind.ACCOUNTS, rows_of(account()))
    upsert(store, FactKind.TICKETS, rows_of(ticket(created_at=created)))
    again = rows_of(ticket(created_at=created.astimezone(UTC)))
    assert upsert(store, FactKind.TICKETS, again) == UpsertCount(unchanged=1)
    found = store.read_now("main", lambda unit: unit.book.one(book_context(), "acme"))
    assert found.open_tickets[0].created_at == created
    assert found.open_tickets[0].created_at.tzinfo is UTC


def test_known_accounts_are_told_from_unknown_ones(store: SqlStore) -> None:
    many = [account(account_id=f"a{number}") for number in range(1200)]
    upsert(store, FactKind.ACCOUNTS, rows_of(*many))
    asked = [*(one.account_id for one in many), "nobody"]
    known = store.read_now("main", lambda unit: unit.facts.known_accounts(asked))
    assert known == {one.account_id for one in many}


def test_accounts_are_told_by_their_exact_names(store: SqlStore) -> None:
    names = {"b": "Acme", "a": "Acme", "c": "acme", "d": "Zürich AG"}
    many = [account(account_id=key, name=name) for key, name in names.items()]
    upsert(store, FactKind.ACCOUNTS, rows_of(*many))
    asked = ["Acme", "Zürich AG", "nobody", "a"]
    found = store.read_now("main", lambda unit: unit.facts.accounts_named(asked))
    assert found == {"Acme": ["a", "b"], "Zürich AG": ["d"]}


def test_known_keys_of_any_kind_are_told_from_unknown_ones(store: SqlStore) -> None:
    upsert(store, FactKind.ACCOUNTS, rows_of(account()))
    upsert(store, FactKind.TICKETS, rows_of(ticket(ticket_id="T-1")))
    known = store.read_now("main", lambda unit: unit.facts.known(FactKind.TICKETS, ["T-1", "T-2"]))
    assert known == {"T-1"}


def test_accounts_are_found_by_name_whatever_its_case(store: SqlStore) -> None:
    named = {"a": "Acme", "b": "ACME", "c": "Straße"}
    upsert(
        store,
        FactKind.ACCOUNTS,
        rows_of(*(account(account_id=key, name=name) for key, name in named.items())),
    )
    found = store.read_now("main", lambda unit: unit.book.ids_by_name())
    assert found == {"acme": ("a", "b"), "strasse": ("c",)}


def test_no_rows_are_no_work(store: SqlStore) -> None:
    assert upsert(store, FactKind.USAGE, []) == UpsertCount()


def test_a_failing_write_leaves_nothing_behind(store: SqlStore) -> None:
    def fail_halfway(unit: Unit) -> None:
        unit.facts.upsert(FactKind.ACCOUNTS, [row_of(account())])
        unit.facts.upsert(FactKind.USAGE, [row_of(usage_day())])
        raise InvalidInput("the file broke off")

    with pytest.raises(InvalidInput, match="broke off"):
        store.write_now("main", fail_halfway)
    kinds = (FactKind.ACCOUNTS, FactKind.USAGE)
    counts = store.read_now("main", lambda unit: [unit.facts.count(kind) for kind in kinds])
    assert counts == [0, 0]
