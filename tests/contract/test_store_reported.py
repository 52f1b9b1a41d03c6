"""Reported signals, as every store keeps and reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from app.domain.fact_rows import FactRow, UpsertCount
from app.domain.feed import FactKind
from app.domain.reported import ReportedSignals, UsageTrend
from app.storage.sql_store import SqlStore
from tests.builders import NOW, TODAY, account, book_context, day_ago, reported, row_of, rows_of


def bring(store: SqlStore, *rows: FactRow) -> UpsertCount:
    return store.write_now("main", lambda unit: unit.facts.upsert(FactKind.SIGNALS, rows))


def with_accounts(store: SqlStore, *ids: str) -> None:
    rows = rows_of(*(account(account_id=one, name=one) for one in ids))
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows))


def told(store: SqlStore, days_ago: int = 0) -> Sequence[ReportedSignals]:
    now = NOW - timedelta(days=days_ago)
    context = book_context(now=now, local_day=TODAY - timedelta(days=days_ago))
    return store.read_now("main", lambda unit: unit.book.one(context, "acme")).reported


def stored(store: SqlStore) -> int:
    return store.read_now("main", lambda unit: unit.facts.count(FactKind.SIGNALS))


def test_the_newest_word_of_each_source_is_read_as_of_the_moment(store: SqlStore) -> None:
    with_accounts(store, "acme")
    first = reported(reported_on=day_ago(30), source="crm", nps=3)
    second = reported(reported_on=day_ago(5), source="crm", nps=8, usage_trend=UsageTrend.GROWING)
    other = reported(reported_on=day_ago(9), source="old tool", logins_per_week=2.5)
    later = reported(reported_on=TODAY + timedelta(days=1), source="crm", nps=0)
    bring(store, *rows_of(second, later, other, first))
    assert told(store) == (second, other)
    assert told(store, 5) == (second, other)
    assert told(store, 6) == (other, first)
    assert told(store, 29) == (first,)
    assert told(store, 31) == ()


def test_a_word_of_more_than_90_days_ago_is_not_read(store: SqlStore) -> None:
    with_accounts(store, "acme")
    bring(store, row_of(reported(reported_on=day_ago(89), nps=3)))
    assert len(told(store)) == 1
    bring(store, row_of(reported(reported_on=day_ago(90), source="b", nps=3)))
    assert len(told(store)) == 1


def test_a_page_gives_each_account_its_own(store: SqlStore) -> None:
    with_accounts(store, "a", "b", "c")
    of_a, of_c = reported(account_id="a", nps=1), reported(account_id="c", nps=2)
    bring(store, *rows_of(of_a, of_c, reported(account_id="nobody")))
    page = store.read_now("main", lambda unit: unit.book.page(book_context(), after="", limit=9))
    assert [facts.reported for facts in page] == [(of_a,), (), (of_c,)]


def test_a_daily_report_of_the_same_adds_a_row_a_week(store: SqlStore) -> None:
    same = reported(source="crm", nps=7, feature_adoption_rate=0.45)
    for ago in range(29, -1, -1):
        bring(store, row_of(replace(same, reported_on=day_ago(ago))))
    assert stored(store) == 5
    with_accounts(store, "acme")
    assert [one.reported_on for one in told(store)] == [day_ago(1)]


def test_a_month_in_one_file_is_thinned_like_a_month_of_days(store: SqlStore) -> None:
    same = reported(source="crm", nps=7)
    rows = rows_of(*(replace(same, reported_on=day_ago(ago)) for ago in range(30)))
    assert bring(store, *rows) == UpsertCount(inserted=5, unchanged=25)
    assert bring(store, *rows) == UpsertCount(unchanged=30)


def test_what_changed_is_written_the_same_day(store: SqlStore) -> None:
    with_accounts(store, "acme")
    bring(store, row_of(reported(reported_on=day_ago(2), nps=7)))
    assert bring(store, row_of(reported(reported_on=day_ago(1), nps=6))).inserted == 1
    assert bring(store, row_of(reported(reported_on=TODAY))).inserted == 1
    assert told(store) == (reported(reported_on=TODAY),)


def test_a_day_told_again_is_corrected_column_by_column(store: SqlStore) -> None:
    with_accounts(store, "acme")
    bring(store, row_of(reported(nps=7)))
    nps_left_out: FactRow = {
        "account_id": "acme",
        "reported_on": day_ago(3),
        "logins_per_week": 1.0,
    }
    assert bring(store, nps_left_out) == UpsertCount(updated=1)
    assert told(store) == (reported(nps=7, logins_per_week=1.0),)
