"""Usage rolled up by week, held against the daily rows counted by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.activity import UsageDay
from app.domain.book import AccountFacts, UsageWindow
from app.domain.feed import FactKind
from app.storage.sql_store import SqlStore
from tests.builders import account, feed, rows_of, usage_day

START = date(2025, 11, 24)
"""A Monday, fifteen weeks before the last full week."""


def bring(store: SqlStore, days: Sequence[UsageDay], tenant: str = "main") -> None:
    store.write_now(tenant, lambda unit: unit.facts.upsert(FactKind.USAGE, rows_of(*days)))


def facts_on(store: SqlStore, day: date, tenant: str = "main") -> AccountFacts:
    """The account as read at seven in the morning of `day`."""
    now = datetime.combine(day, time(7), UTC)
    return store.read_now(tenant, lambda unit: unit.book.one(unit.book.context(now, "UTC"), "acme"))


def naive_window(days: Iterable[UsageDay], until: date) -> UsageWindow | None:
    """The window as its fields say it, from daily rows up to `until`."""
    known = [day for day in days if day.account_id == "acme" and day.day <= until]
    if not known:
        return None
    by_day: dict[date, list[UsageDay]] = {}
    for row in known:
        by_day.setdefault(row.day, []).append(row)
    totals = {
        day: [row for row in rows if row.feature == ""] or rows for day, rows in by_day.items()
    }
    used = sorted(
        day
        for day, rows in totals.items()
        if any(row.active_users or row.logins or row.events for row in rows)
    )
    sunday = until - timedelta(days=(until.weekday() + 1) % 7)

    def within(first_week: int, last_week: int) -> list[date]:
        """Days of the complete weeks so many weeks back, 1 being the newest."""
        oldest = sunday - timedelta(weeks=first_week)
        newest = sunday - timedelta(weeks=last_week - 1)
        return [day for day in totals if oldest < day <= newest]

    def summed(days: list[date], name: str) -> int:
        return sum(getattr(row, name) for day in days for row in totals[day])

    mondays = [sunday - timedelta(days=6, weeks=back) for back in range(4, 12)]
    return UsageWindow(
        until=sunday,
        events_recent=summed(within(4, 1), "events"),
        events_before=summed(within(12, 5), "events"),
        weeks_before=sum(1 for monday in mondays if used and used[0] <= monday),
        active_days_recent=sum(1 for day in within(4, 1) if any(row.logins for row in totals[day])),
        logins_recent=summed(within(4, 1), "logins"),
        active_days_90=sum(1 for day in within(13, 1) if day in used),
        last_active_day=used[-1] if used else None,
    )


def naive_features(days: Iterable[UsageDay], until: date) -> tuple[str, ...]:
    start = until - timedelta(days=27)
    return tuple(
        sorted(
            {
                row.feature
                for row in days
                if row.account_id == "acme"
                and row.feature
                and start <= row.day <= until
                and (row.active_users or row.logins or row.events)
            }
        )
    )


usage_days = st.builds(
    usage_day,
    account_id=st.sampled_from(["acme", "other"]),
    day=st.integers(0, 120).map(lambda offset: START + timedelta(days=offset)),
    feature=st.sampled_from(["", "", "export", "api"]),
    active_users=st.integers(0, 1),
    logins=st.integers(0, 2),
    events=st.integers(0, 3),
)
books = st.lists(
    usage_days, max_size=40, unique_by=lambda row: (row.account_id, row.day, row.feature)
)


_tenants = (f"tenant-{number}" for number in count())
"""A fresh tenant for each example: they share one store."""


@given(first=books, later=books, day=st.integers(1, 125))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_windows_and_features_are_what_the_daily_rows_say(
    store: SqlStore, first: list[UsageDay], later: list[UsageDay], day: int
) -> None:
    tenant, today = next(_tenants), START + timedelta(days=day)
    store.write_now(tenant, lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account())))
    bring(store, first, tenant)
    bring(store, later, tenant)
    corrected = {(row.account_id, row.day, row.feature): row for row in (*first, *later)}
    known = [row for row in corrected.values() if row.day < today]
    read = facts_on(store, today, tenant)
    if not known:
        assert (read.usage, read.features_used) == (None, ())
        return
    until = max(row.day for row in known)
    assert read.usage == naive_window(known, until)
    assert read.features_used == naive_features(known, until)


def test_usage_that_comes_in_pieces_rolls_up_like_usage_that_comes_at_once(
    store: SqlStore,
) -> None:
    days = [
        usage_day(day=START + timedelta(days=offset), feature=feature, logins=offset % 3)
        for offset in range(60)
        for feature in ("", "export")
    ]
    for tenant in ("whole", "pieces"):
        store.write_now(
            tenant, lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account()))
        )
    bring(store, days, "whole")
    for start in range(0, len(days), 7):
        bring(store, days[start : start + 7][::-1], "pieces")
    today = START + timedelta(days=61)
    assert facts_on(store, today, "pieces") == facts_on(store, today, "whole")


def test_the_whole_product_row_counts_instead_of_its_features(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account())))
    sunday = START + timedelta(days=6)
    bring(
        store,
        [
            usage_day(day=START, feature="", events=10, logins=1),
            usage_day(day=START, feature="export", events=7, logins=9),
            usage_day(day=sunday, feature="export", events=3, logins=0),
            usage_day(day=sunday, feature="api", events=4, logins=2),
        ],
    )
    usage = facts_on(store, sunday + timedelta(days=1)).usage
    assert usage is not None
    assert (usage.events_recent, usage.logins_recent) == (17, 3)


def test_a_running_day_is_no_usage_yet(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account())))
    bring(store, [usage_day(day=START, feature="export")])
    assert facts_on(store, START).usage is None
    assert facts_on(store, START + timedelta(days=1)).usage is not None


def test_a_correction_to_nothing_takes_a_features_use_away(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account())))
    bring(store, [usage_day(day=START, feature="export"), usage_day(day=START, feature="api")])
    bring(store, [usage_day(day=START, feature="export", active_users=0, logins=0, events=0)])
    assert facts_on(store, START + timedelta(days=1)).features_used == ("api",)


def test_the_context_knows_what_usage_had_shown_by_then(store: SqlStore) -> None:
    bring(
        store,
        [
            usage_day(day=START, feature="export"),
            usage_day(day=START + timedelta(days=3), feature="api"),
            usage_day(day=START + timedelta(days=9)),
        ],
    )

    def told(day: date) -> tuple[date | None, tuple[str, ...]]:
        now = datetime.combine(day, time(7), UTC)
        context = store.read_now("main", lambda unit: unit.book.context(now, "Europe/Berlin"))
        return context.usage_until, context.feature_catalogue

    assert told(START) == (None, ())
    assert told(START + timedelta(days=1)) == (START, ("export",))
    assert told(START + timedelta(days=5)) == (START + timedelta(days=3), ("api", "export"))
    assert told(START + timedelta(days=30))[0] == START + timedelta(days=9)


def test_a_feed_that_delivered_silence_moves_the_end_of_usage_on(store: SqlStore) -> None:
    bring(store, [usage_day(day=START)])
    until = START + timedelta(days=20)
    product = feed(name="product", provides=frozenset({FactKind.USAGE}), data_until=until)
    store.write_now("main", lambda unit: unit.feeds.save(product))
    now = datetime.combine(START + timedelta(days=30), time(7), UTC)
    context = store.read_now("main", lambda unit: unit.book.context(now, "UTC"))
    assert context.usage_until == until
    then = datetime.combine(START + timedelta(days=10), time(7), UTC)
    context = store.read_now("main", lambda unit: unit.book.context(then, "UTC"))
    assert context.usage_until == START + timedelta(days=9)
